"""The function that creates the application's database user, with a Data API that is a fake."""

import json

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.lambdas.database_statements.statements import custom_resource, user

REQUEST = {
    "RequestType": "Create",
    "ResponseURL": "https://answers.example.com/1",
    "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/Data/1",
    "RequestId": "request-1",
    "LogicalResourceId": "ApplicationUser",
    "ResourceProperties": {
        "ServiceToken": "function",
        "ClusterArn": "cluster",
        "SecretArn": "secret",
        "Database": "app",
        "UserName": "app",
    },
}


def refusal(code, message="refused"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "ExecuteStatement")


class FakeDataApi:
    """Knows roles, records statements, and fails when told to."""

    def __init__(self, roles=(), failures=()):
        self.roles = set(roles)
        self.failures = list(failures)
        self.statements = []
        self.calls = []

    def execute_statement(self, *, resourceArn, secretArn, database, sql, parameters):
        self.calls.append((resourceArn, secretArn, database))
        if self.failures:
            failure = self.failures.pop(0)
            if failure is not None:
                raise failure
        self.statements.append(sql)
        if sql.startswith("SELECT"):
            name = parameters[0]["value"]["stringValue"]
            return {"records": [[{"longValue": 1}]] if name in self.roles else []}
        if sql.startswith("CREATE ROLE"):
            self.roles.add(sql.split('"')[1])
        return {}


class Run:
    """One request, from CloudFormation's side."""

    def __init__(self, client, request=REQUEST, seconds=300.0, **changes):
        self.answers = []
        self.slept = 0.0
        self.seconds = seconds
        custom_resource.handle(
            {**request, **changes},
            user.create_user,
            client=client,
            respond=lambda url, body: self.answers.append((url, json.loads(body))),
            remaining_seconds=lambda: self.seconds - self.slept,
            sleep=self.sleep,
        )

    def sleep(self, seconds):
        self.slept += seconds

    @property
    def answer(self):
        ((url, answer),) = self.answers
        assert url == REQUEST["ResponseURL"]
        return answer


def test_the_user_is_created_and_signs_in_with_iam():
    client = FakeDataApi()

    assert Run(client).answer["Status"] == "SUCCESS"
    assert 'CREATE ROLE "app" LOGIN' in client.statements
    assert 'GRANT rds_iam TO "app"' in client.statements


def test_the_user_never_gets_a_password():
    client = FakeDataApi()
    Run(client)

    assert not [sql for sql in client.statements if "PASSWORD" in sql.upper()]


def test_the_user_reads_and_writes_tables_that_later_migrations_make():
    client = FakeDataApi()
    Run(client)

    rights = "SELECT, INSERT, UPDATE, DELETE"
    assert f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO "app"' in client.statements


def test_the_user_makes_no_tables():
    client = FakeDataApi()
    Run(client)

    assert not [sql for sql in client.statements if sql.startswith("GRANT") and "CREATE" in sql]


def test_nobody_else_may_connect_to_the_database():
    client = FakeDataApi()
    Run(client)

    assert 'REVOKE ALL ON DATABASE "app" FROM PUBLIC' in client.statements


def test_a_user_that_is_there_is_not_created_again():
    client = FakeDataApi(roles=["app"])

    assert Run(client).answer["Status"] == "SUCCESS"
    assert not [sql for sql in client.statements if sql.startswith("CREATE")]
    assert 'GRANT rds_iam TO "app"' in client.statements


def test_a_user_that_another_request_created_in_between_is_taken():
    exists = refusal("DatabaseErrorException", 'ERROR: role "app" already exists; SQLState: 42710')
    client = FakeDataApi(failures=[None, exists])

    assert Run(client).answer["Status"] == "SUCCESS"
    assert 'GRANT rds_iam TO "app"' in client.statements


def test_statements_go_to_the_cluster_with_its_master_secret():
    client = FakeDataApi()
    Run(client)

    assert set(client.calls) == {("cluster", "secret", "app")}


@pytest.mark.parametrize("code", ["DatabaseResumingException", "DatabaseUnavailableException"])
def test_it_waits_while_a_paused_cluster_resumes(code):
    client = FakeDataApi(failures=[refusal(code)] * 6)
    run = Run(client)

    assert run.answer["Status"] == "SUCCESS"
    assert run.slept == 30


def test_it_gives_up_early_enough_to_answer():
    run = Run(FakeDataApi(failures=[refusal("DatabaseResumingException")] * 1000), seconds=120)

    assert run.answer["Status"] == "FAILED"
    assert "DatabaseResumingException" in run.answer["Reason"]
    assert run.slept <= 100


def test_a_refusal_that_time_does_not_mend_fails_at_once_with_its_reason():
    run = Run(FakeDataApi(failures=[refusal("AccessDeniedException", "not authorized to rds-data:ExecuteStatement")]))

    assert run.answer["Status"] == "FAILED"
    assert "not authorized to rds-data:ExecuteStatement" in run.answer["Reason"]
    assert run.slept == 0


def test_a_failed_create_role_that_is_another_error_fails():
    client = FakeDataApi(failures=[None, refusal("DatabaseErrorException", "ERROR: permission denied")])

    assert Run(client).answer["Status"] == "FAILED"


def test_deleting_the_resource_leaves_the_user_alone():
    client = FakeDataApi(roles=["app"])

    assert Run(client, RequestType="Delete").answer["Status"] == "SUCCESS"
    assert client.statements == []


def test_an_update_keeps_the_physical_id_so_that_nothing_is_replaced():
    create = Run(FakeDataApi()).answer
    update = Run(FakeDataApi(roles=["app"]), RequestType="Update").answer

    assert create["PhysicalResourceId"] == update["PhysicalResourceId"] == "app/app"


def test_the_answer_names_the_request():
    answer = Run(FakeDataApi()).answer

    assert {key: answer[key] for key in ("StackId", "RequestId", "LogicalResourceId")} == {
        key: REQUEST[key] for key in ("StackId", "RequestId", "LogicalResourceId")
    }


def test_an_answer_stays_within_the_4_kilobytes_that_cloudformation_takes():
    run = Run(FakeDataApi(failures=[refusal("DatabaseErrorException", "x" * 10_000)]))

    assert len(json.dumps(run.answer)) < 4096


@given(failures=st.lists(st.sampled_from(["DatabaseResumingException", "DatabaseErrorException", "Other"]), max_size=8))
def test_every_request_is_answered_exactly_once(failures):
    run = Run(FakeDataApi(failures=[refusal(code) for code in failures]))

    assert len(run.answers) == 1


@given(name=st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_a_name_cannot_leave_its_quotes(name):
    for statement in user.grants(name=name, database="app"):
        inside = statement.split(' TO "', 1)
        if len(inside) == 2:
            assert inside[1].endswith('"')
            assert '"' not in inside[1][:-1].replace('""', "")
