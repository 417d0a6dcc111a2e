"""The application's database user, as CloudFormation sees it."""

from pathlib import Path

import pytest

import constructs_lib.database_user as construct_module
import constructs_lib.lambdas.database_user.index as handler_module
from constructs_lib.database import Database
from tests.constructs_lib.sample_data import DESTROY, SampleData, only, properties
from tests.constructs_lib.test_database import DEV


def build():
    sample = SampleData()
    database = Database(
        sample.data,
        "Database",
        spec=DEV,
        network_vpc=sample.vpc,
        subnets=sample.subnets,
        key=sample.key,
        log_key=sample.log_key,
        protection=DESTROY,
    )
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


def test_what_python_leaves_beside_the_code_does_not_change_the_template(template):
    leftovers = Path(handler_module.__file__).parent / "__pycache__"
    leftovers.mkdir(exist_ok=True)
    extra = leftovers / "left_by_a_test.pyc"
    extra.write_bytes(b"anything")
    try:
        again = build().template().to_json()
    finally:
        extra.unlink()

    assert again == template.to_json()


def test_new_code_runs_again_so_that_a_user_that_is_there_gets_new_grants(template, tmp_path, monkeypatch):
    changed = tmp_path / "index.py"
    changed.write_text(Path(handler_module.__file__).read_text() + "# changed\n")
    monkeypatch.setattr(construct_module, "_CODE", tmp_path)
    before = properties(template, "Custom::DatabaseUser")["Code"]

    assert properties(build().template(), "Custom::DatabaseUser")["Code"] != before
