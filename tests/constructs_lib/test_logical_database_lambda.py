"""The function that creates a database and its user, with a Data API that is a fake."""

import json

import pytest
from botocore.exceptions import ClientError

from constructs_lib.lambdas.database_statements.statements import custom_resource, logical_database

REQUEST = {
    "RequestType": "Create",
    "ResponseURL": "https://answers.example.com/1",
    "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/Data/1",
    "RequestId": "request-1",
    "LogicalResourceId": "PermissionsDatabase",
    "ResourceProperties": {
        "ServiceToken": "function",
        "ClusterArn": "cluster",
        "SecretArn": "secret",
        "Database": "openfga",
        "UserName": "openfga",
    },
}


def refusal(code, message="refused"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "ExecuteStatement")


class FakeCluster:
    """Knows roles and databases, refuses a statement in a database that is not there, and fails when told to."""

    def __init__(self, roles=(), databases=(), failures=None):
        self.known = {"pg_roles": set(roles), "pg_database": {"postgres", "app", *databases}}
        self.failures = failures or {}
        self.statements = []

    def execute_statement(self, *, resourceArn, secretArn, database, sql, parameters):
        assert (resourceArn, secretArn) == ("cluster", "secret")
        assert database in self.known["pg_database"], f"there is no database {database}"
        for start, errors in self.failures.items():
            if sql.startswith(start) and errors:
                error = errors.pop(0)
                if "already exists" in str(error):  # so another request was faster
                    self.known["pg_roles" if "ROLE" in sql else "pg_database"].add(sql.split('"')[1])
                raise error
        self.statements.append((database, sql))
        if sql.startswith("SELECT"):
            (parameter,) = parameters
            (names,) = (names for catalog, names in self.known.items() if catalog in sql)
            return {"records": [[{"longValue": 1}]] if parameter["value"]["stringValue"] in names else []}
        if sql.startswith("CREATE ROLE"):
            self.known["pg_roles"].add(sql.split('"')[1])
        if sql.startswith("CREATE DATABASE"):
            self.known["pg_database"].add(sql.split('"')[1])
        return {}

    @property
    def changes(self):
        return [sql for _, sql in self.statements if not sql.startswith("SELECT")]


def run(client, seconds=300.0, **changes):
    answers, slept = [], []
    custom_resource.handle(
        {**REQUEST, **changes},
        logical_database.create_database,
        client=client,
        respond=lambda url, body: answers.append((url, json.loads(body))),
        remaining_seconds=lambda: seconds - sum(slept),
        sleep=slept.append,
    )
    ((url, answer),) = answers
    assert url == REQUEST["ResponseURL"]
    return answer


def test_the_database_and_its_user_are_created_and_it_signs_in_with_iam():
    client = FakeCluster()

    assert run(client)["Status"] == "SUCCESS"
    assert client.changes[:3] == [
        'CREATE ROLE "openfga" LOGIN',
        'CREATE DATABASE "openfga"',
        'GRANT rds_iam TO "openfga"',
    ]


def test_what_its_user_may_do_is_granted_inside_of_the_new_database():
    client = FakeCluster()
    run(client)

    assert ("openfga", 'GRANT USAGE, CREATE ON SCHEMA public TO "openfga"') in client.statements
    assert {database for database, sql in client.statements if sql.startswith(("GRANT", "REVOKE"))} == {"openfga"}


def test_nobody_else_gets_in():
    client = FakeCluster()
    run(client)

    assert 'REVOKE ALL ON DATABASE "openfga" FROM PUBLIC' in client.changes
    assert not [sql for sql in client.changes if sql.startswith("GRANT") and not sql.endswith('TO "openfga"')]


def test_what_is_there_is_not_created_again_and_gets_the_grants_of_today():
    client = FakeCluster(roles=["openfga"], databases=["openfga"])

    assert run(client, RequestType="Update")["Status"] == "SUCCESS"
    assert not [sql for sql in client.changes if sql.startswith("CREATE")]
    assert 'GRANT rds_iam TO "openfga"' in client.changes


def test_a_request_that_failed_half_way_is_repeated_to_the_end():
    client = FakeCluster(failures={"CREATE DATABASE": [refusal("DatabaseErrorException")]})

    assert run(client)["Status"] == "FAILED"
    assert run(client)["Status"] == "SUCCESS"
    assert client.changes.count('CREATE ROLE "openfga" LOGIN') == 1


@pytest.mark.parametrize(
    ("statement", "state"), [("CREATE ROLE", "SQLState: 42710"), ("CREATE DATABASE", "SQLState: 42P04")]
)
def test_what_another_request_created_in_between_is_taken(statement, state):
    error = refusal("DatabaseErrorException", f"ERROR: it already exists; {state}")
    client = FakeCluster(failures={statement: [error]})

    assert run(client)["Status"] == "SUCCESS"
    assert client.failures == {statement: []}


@pytest.mark.parametrize("code", ["DatabaseResumingException", "DatabaseUnavailableException"])
def test_it_waits_while_a_paused_cluster_resumes(code):
    assert run(FakeCluster(failures={"SELECT": [refusal(code)] * 6}))["Status"] == "SUCCESS"


def test_it_gives_up_early_enough_to_answer():
    answer = run(FakeCluster(failures={"SELECT": [refusal("DatabaseResumingException")] * 99}), seconds=60)

    assert answer["Status"] == "FAILED"
    assert "DatabaseResumingException" in answer["Reason"]


def test_a_refusal_that_will_not_pass_is_told_to_cloudformation():
    answer = run(FakeCluster(failures={"GRANT": [refusal("DatabaseErrorException", "no such role")]}))

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "openfga/openfga")
    assert "no such role" in answer["Reason"]


def test_taking_the_resource_away_keeps_the_data():
    client = FakeCluster(roles=["openfga"], databases=["openfga"])

    assert run(client, RequestType="Delete")["Status"] == "SUCCESS"
    assert client.statements == []


def test_a_name_cannot_end_its_quotes():
    assert list(logical_database.grants(name='a"b', user="c"))[1] == 'REVOKE ALL ON DATABASE "a""b" FROM PUBLIC'
