"""A database beside the application's, as CloudFormation sees it."""

import pytest

from tests.constructs_lib.sample_data import RETAIN, SampleData, findings, only, properties
from tests.constructs_lib.test_database import DEV, database_in


def build(sample):
    database = database_in(sample, DEV, RETAIN)
    own = database.add_logical_database(sample.data, "Own", name="openfga")
    own.grant_connect(sample.reader)
    sample.client.connections.allow_to_default_port(own, "Reaches its database")
    return sample


@pytest.fixture(scope="module")
def sample():
    return build(SampleData())


def test_it_is_in_the_cluster_of_the_cell_with_a_user_of_its_name(sample):
    template = sample.template()
    (cluster,) = template.find_resources("AWS::RDS::DBCluster")
    found = properties(template, "Custom::LogicalDatabase")

    assert (found["Database"], found["UserName"]) == ("openfga", "openfga")
    assert {"Ref": cluster} in found["ClusterArn"]["Fn::Join"][1]


def test_it_is_made_when_the_writer_is_there(sample):
    template = sample.template()
    (writer,) = template.find_resources("AWS::RDS::DBInstance")

    assert writer in only(template.find_resources("Custom::LogicalDatabase"))["DependsOn"]


def test_the_function_may_run_statements_on_this_cluster_read_its_secret_and_log(sample):
    (policy,) = (
        one["Properties"]["PolicyDocument"]["Statement"]
        for id, one in sample.template().find_resources("AWS::IAM::Policy").items()
        if id.startswith("OwnRole")
    )
    actions = {
        action for one in policy for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }

    assert actions == {
        "rds-data:ExecuteStatement",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_whoever_is_let_in_signs_in_as_its_user_and_as_no_other(sample):
    (statement,) = sample.allowed()["rds-db:connect"]

    assert str(statement["Resource"]).count("/openfga") == 1
    assert "*" not in str(statement["Resource"])


def test_its_door_is_that_of_the_cluster(sample):
    (rule,) = sample.readers().find_resources("AWS::EC2::SecurityGroupIngress").values()

    assert rule["Properties"]["FromPort"] == 5432


def test_passes_every_check(tmp_path):
    assert findings(tmp_path, build) == []
