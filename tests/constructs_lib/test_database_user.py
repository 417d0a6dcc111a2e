"""The application's database user, as CloudFormation sees it."""

import pytest

from tests.constructs_lib.sample_data import DESTROY, SampleData, only, properties
from tests.constructs_lib.test_database import DEV, database_in


def build():
    sample = SampleData()
    database = database_in(sample, DEV, DESTROY)
    database.add_application_user()
    return sample


@pytest.fixture(scope="module")
def template():
    return build().template()


def statements(template):
    return {
        action: statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def test_the_function_may_do_these_things_and_no_more(template):
    assert set(statements(template)) == {
        "rds-data:ExecuteStatement",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_the_function_runs_statements_on_this_cluster_only(template):
    (cluster,) = template.find_resources("AWS::RDS::DBCluster")

    assert {"Ref": cluster} in statements(template)["rds-data:ExecuteStatement"]["Resource"]["Fn::Join"][1]


def test_the_function_decrypts_the_master_secret_only(template):
    condition = statements(template)["kms:Decrypt"]["Condition"]["StringEquals"]

    assert "MasterUserSecret.SecretArn" in str(condition["kms:EncryptionContext:SecretARN"])
    assert "secretsmanager." in str(condition["kms:ViaService"])


def test_the_user_is_created_when_the_writer_is_there(template):
    (writer,) = template.find_resources("AWS::RDS::DBInstance")

    assert writer in only(template.find_resources("Custom::DatabaseUser"))["DependsOn"]


def test_the_function_has_no_name_of_ours_and_is_not_in_the_vpc(template):
    function = properties(template, "AWS::Lambda::Function")

    assert "FunctionName" not in function
    assert "VpcConfig" not in function
    assert function["Architectures"] == ["arm64"]


def test_the_log_of_the_function_is_encrypted_and_expires(template):
    (log_group,) = (
        group["Properties"]
        for group in template.find_resources("AWS::Logs::LogGroup").values()
        if "LogGroupName" not in group["Properties"]
    )

    assert log_group["RetentionInDays"] == DEV.log_retention_days
    assert "LogKey" in str(log_group["KmsKeyId"])
