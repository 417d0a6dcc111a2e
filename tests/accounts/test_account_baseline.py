import json

import pytest

from constructs_lib.specs.registry import CellEntry, Registry

BASELINE = "Baseline-acme-crm-prod"


@pytest.fixture(scope="module")
def deployment(ground):
    roles = {role["Properties"].get("RoleName"): role["Properties"] for role in ground.all(BASELINE, "AWS::IAM::Role")}
    return roles["DeploymentRole"]


@pytest.fixture(scope="module")
def hook_role(ground):
    roles = {role["Properties"].get("RoleName"): role["Properties"] for role in ground.all(BASELINE, "AWS::IAM::Role")}
    return roles[None]


def test_only_the_pipeline_that_means_this_cell_may_deploy(deployment):
    assert deployment["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::666666666666:root"},
            "Condition": {
                "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::666666666666:role/cell-pipeline"},
                "StringEquals": {"sts:ExternalId": "acme-crm-prod"},
            },
        }
    ]


def test_deploying_means_becoming_the_bootstrap_roles_of_this_account(deployment):
    (policy,) = deployment["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"] == [
        f"arn:aws:iam::777788889999:role/cdk-hnb659fds-{role}-777788889999-{region}"
        for region in ("eu-west-1", "us-east-1")
        for role in ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")
    ]
    assert "ManagedPolicyArns" not in deployment


def test_the_hook_refuses_and_does_not_only_warn(ground):
    hook = ground.only(BASELINE, "AWS::CloudFormation::GuardHook")["Properties"]

    assert (hook["FailureMode"], hook["HookStatus"]) == ("FAIL", "ENABLED")
    assert hook["TargetOperations"] == ["RESOURCE", "CHANGE_SET", "CLOUD_CONTROL"]
    assert hook["StackFilters"] == {"FilteringCriteria": "ALL", "StackNames": {"Exclude": ["example-baseline"]}}


def test_the_hook_reads_the_rules_that_were_uploaded(ground):
    hook = ground.only(BASELINE, "AWS::CloudFormation::GuardHook")["Properties"]
    assets = json.loads((ground.assembly.directory / f"{BASELINE}.assets.json").read_text())["files"].values()
    (uploaded,) = [file for file in assets if file["source"]["path"].endswith(".guard")]
    (destination,) = uploaded["destinations"].values()

    assert hook["RuleLocation"]["Uri"].startswith("s3://")
    assert hook["RuleLocation"]["Uri"].endswith("/" + destination["objectKey"])


def test_the_role_of_the_hook_is_for_this_hook_only(hook_role):
    (trust,) = hook_role["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "hooks.cloudformation.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "777788889999"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudformation:eu-west-1:777788889999:type/hook/Cells-Data-Protection*"},
    }


def test_the_hook_reads_its_rules_and_writes_its_reports_and_no_more(hook_role):
    (policy,) = hook_role["Policies"]
    actions = {statement["Sid"]: statement["Action"] for statement in policy["PolicyDocument"]["Statement"]}

    assert actions == {
        "ReadRules": ["s3:GetObject", "s3:GetObjectVersion"],
        "FindThem": "s3:ListBucket",
        "WriteReports": "s3:PutObject",
    }


def test_the_baseline_is_not_deployed_through_the_roles_that_it_bounds(ground):
    artifact = ground.artifact(BASELINE)

    assert "assumeRoleArn" not in artifact
    assert "cloudFormationExecutionRoleArn" not in artifact
    assert artifact["terminationProtection"] is True


def test_an_account_with_two_cells_has_one_baseline(lay_ground, organization, registry):
    second = CellEntry(
        product="acme-crm",
        environment="dev",
        region="us-east-1",
        cidr="10.0.64.0/21",
        domain="crm-us.example.com",
        account="111122223333",
        state="active",
    )
    grown = Registry(accounts=registry.accounts, cells=(*registry.cells, second))

    stacks = [stack.id for stack in lay_ground(organization, grown).assembly.stacks]
    assert [stack for stack in stacks if "dev" in stack] == ["Baseline-acme-crm-dev"]


def test_two_baselines_differ_only_in_account_and_cell(ground):
    def text(stack):
        return (ground.assembly.directory / f"{stack}.template.json").read_text()

    dev = text("Baseline-acme-crm-dev")
    assert dev.replace("111122223333", "777788889999").replace("acme-crm-dev", "acme-crm-prod") == text(BASELINE)
