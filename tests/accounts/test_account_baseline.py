"""The templates that the stack sets bring into every account."""

import json

import pytest
from aws_cdk import App, BootstraplessSynthesizer
from aws_cdk.assertions import Template

from accounts.budgets import Budgets
from accounts.platform import Platform
from accounts.spec import OrganizationSpec
from accounts.stacks.baseline_regional import BaselineRegional
from accounts.stacks.guard_hook import Rules
from constructs_lib.specs.document import load_spec
from tests.accounts.conftest import ROOT
from tests.accounts.vending.world import CONTACT

GLOBAL, REGIONAL = "BaselineGlobal", "BaselineRegional"
SECURITY = "222222222222"
STACK_SETS = "arn:aws:iam::111122223333:role/stacksets-exec-*"


@pytest.fixture(scope="module")
def roles(ground):
    return {role["Properties"].get("RoleName"): role for role in ground.all(GLOBAL, "AWS::IAM::Role")}


def trust(role):
    return role["Properties"]["AssumeRolePolicyDocument"]["Statement"]


def test_only_the_pipeline_may_deploy(roles):
    assert trust(roles["DeploymentRole"]) == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::666666666666:root"},
            "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::666666666666:role/cell-pipeline"}},
        }
    ]


def test_deploying_means_becoming_the_bootstrap_roles_of_this_account(roles):
    (policy,) = roles["DeploymentRole"]["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"] == [
        f"arn:aws:iam::111122223333:role/cdk-hnb659fds-{role}-111122223333-{region}"
        for region in ("eu-west-1", "us-east-1")
        for role in ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")
    ]
    assert "ManagedPolicyArns" not in roles["DeploymentRole"]["Properties"]


@pytest.mark.parametrize("stack", [GLOBAL, REGIONAL])
def test_no_account_of_the_platform_is_for_cells(ground, registry, stack):
    """In the log archive or the security tooling a pipeline would own what watches it."""
    (condition,) = [
        one for name, one in json.loads(ground.text(stack))["Conditions"].items() if name.startswith("CellAccount")
    ]

    (left_out,) = condition["Fn::Not"]
    compared = {pair["Fn::Equals"][1] for pair in left_out["Fn::Or"]}
    assert compared == {entry.id for entry in registry.accounts.values()}
    assert all(pair["Fn::Equals"][0] == {"Ref": "AWS::AccountId"} for pair in left_out["Fn::Or"])


def test_what_cells_need_is_in_accounts_of_cells_only(ground, roles):
    named = {name for name, role in roles.items() if role.get("Condition", "").startswith("CellAccount")}

    assert named == {"DeploymentRole", "CellBackupRole"}


@pytest.mark.parametrize("type", ["AWS::Backup::BackupVault", "AWS::KMS::Key"])
def test_a_vault_and_its_key_are_in_accounts_and_regions_of_cells_only(ground, type):
    condition = json.loads(ground.text(REGIONAL))["Conditions"][ground.only(REGIONAL, type)["Condition"]]

    account, region = condition["Fn::And"]
    assert account["Condition"].startswith("CellAccount")
    assert region == {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}


@pytest.mark.parametrize("stack", [GLOBAL, REGIONAL])
def test_the_hook_refuses_and_does_not_only_warn(ground, stack):
    hook = ground.only(stack, "AWS::CloudFormation::GuardHook")["Properties"]

    assert (hook["FailureMode"], hook["HookStatus"]) == ("FAIL", "ENABLED")
    assert hook["TargetOperations"] == ["RESOURCE", "CHANGE_SET", "CLOUD_CONTROL"]
    assert hook["StackFilters"] == {"FilteringCriteria": "ALL", "StackNames": {"Exclude": ["StackSet-Baseline*"]}}


def test_each_governed_region_has_one_hook(ground):
    """The home region's is in the global template; a second one there would have the name of the first."""
    regional = json.loads(ground.text(REGIONAL))
    hook = ground.only(REGIONAL, "AWS::CloudFormation::GuardHook")

    assert regional["Conditions"][hook["Condition"]] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}]
    }
    assert "Condition" not in ground.only(GLOBAL, "AWS::CloudFormation::GuardHook")


def test_what_a_hook_needs_is_where_the_hook_is(ground):
    regional = json.loads(ground.text(REGIONAL))["Resources"]
    parts = {id: one for id, one in regional.items() if id.startswith("GuardHook")}
    hook = ground.only(REGIONAL, "AWS::CloudFormation::GuardHook")

    assert sorted(one["Type"] for one in parts.values()) == [
        "AWS::CloudFormation::GuardHook",
        "AWS::IAM::Role",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
    ]
    assert {one["Condition"] for one in parts.values()} == {hook["Condition"]}


def test_a_hook_elsewhere_reads_the_rules_of_its_region(ground):
    """These templates are resolved as if they were in the home region."""
    hook = ground.only(REGIONAL, "AWS::CloudFormation::GuardHook")["Properties"]
    at_home = ground.only(GLOBAL, "AWS::CloudFormation::GuardHook")["Properties"]
    key = at_home["RuleLocation"]["Uri"].rpartition("/")[2]
    (role,) = [one for one in ground.all(REGIONAL, "AWS::IAM::Role") if "Condition" in one]
    (policy,) = role["Properties"]["Policies"]
    read = policy["PolicyDocument"]["Statement"][0]

    assert hook["RuleLocation"]["Uri"] == f"s3://example-baseline-rules-{SECURITY}-eu-west-1/{key}"
    assert read["Resource"] == f"arn:aws:s3:::example-baseline-rules-{SECURITY}-eu-west-1/{key}"


def test_the_role_of_a_hook_elsewhere_is_for_the_hook_of_its_region_only(ground):
    (role,) = [one for one in ground.all(REGIONAL, "AWS::IAM::Role") if "Condition" in one]
    (statement,) = trust(role)

    assert statement["Condition"]["ArnLike"] == {
        "aws:SourceArn": "arn:aws:cloudformation:eu-west-1:111122223333:type/hook/Cells-Data-Protection*"
    }
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


def test_the_role_of_the_hook_is_for_this_hook_only(roles):
    (statement,) = trust(roles[None])

    assert statement["Principal"] == {"Service": "hooks.cloudformation.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudformation:eu-west-1:111122223333:type/hook/Cells-Data-Protection*"},
    }


def test_the_hook_reads_its_rules_and_writes_its_reports_and_no_more(roles):
    (policy,) = roles[None]["Properties"]["Policies"]
    statements = {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}

    assert {sid: statement["Action"] for sid, statement in statements.items()} == {
        "ReadRules": ["s3:GetObject", "s3:GetObjectVersion"],
        "FindThem": "s3:ListBucket",
        "WriteReports": "s3:PutObject",
    }
    assert statements["ReadRules"]["Resource"].startswith(f"arn:aws:s3:::example-baseline-rules-{SECURITY}/")


def test_break_glass_is_for_the_operator_of_the_security_account_who_says_who_he_is(roles):
    role = roles["BreakGlassRole"]["Properties"]
    condition = {
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{SECURITY}:role/BreakGlassOperator"},
        "Null": {"sts:SourceIdentity": "false"},
    }

    assert [(one["Action"], one["Principal"], one["Condition"]) for one in trust(roles["BreakGlassRole"])] == [
        (action, {"AWS": f"arn:aws:iam::{SECURITY}:root"}, condition)
        for action in ("sts:AssumeRole", "sts:SetSourceIdentity")
    ]
    assert role["MaxSessionDuration"] == 3600
    assert role["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]


def test_the_auditor_reads_configuration_and_no_data(roles):
    (statement,) = trust(roles["AuditorRole"])
    people = f"arn:aws:iam::{SECURITY}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_auditor_*"

    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{SECURITY}:root"}
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": people}}
    assert roles["AuditorRole"]["Properties"]["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/SecurityAudit",
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
    ]
    assert "Policies" not in roles["AuditorRole"]["Properties"]


def test_backups_work_as_a_role_for_this_account_s_backups_only(ground, roles):
    (statement,) = trust(roles["CellBackupRole"])

    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


@pytest.mark.parametrize("type", ["AWS::Backup::BackupVault", "AWS::KMS::Key"])
def test_a_vault_and_its_key_stay(ground, type):
    resource = ground.only(REGIONAL, type)

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_nobody_deletes_a_recovery_point_and_only_the_baseline_changes_the_vault(ground):
    vault = ground.only(REGIONAL, "AWS::Backup::BackupVault")["Properties"]
    points, door = vault["AccessPolicy"]["Statement"]

    assert vault["BackupVaultName"] == "cell-recovery"
    assert (points["Effect"], points["Principal"], points.get("Condition")) == ("Deny", {"AWS": "*"}, None)
    assert {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"} < set(points["Action"])
    assert (door["Effect"], door["Principal"]) == ("Deny", {"AWS": "*"})
    assert {"backup:DeleteBackupVault", "backup:DeleteBackupVaultLockConfiguration"} < set(door["Action"])
    assert door["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": STACK_SETS}}


def test_nobody_but_the_baseline_takes_the_key_away_from_recovery_points(ground):
    statements = {
        one["Sid"]: one for one in ground.only(REGIONAL, "AWS::KMS::Key")["Properties"]["KeyPolicy"]["Statement"]
    }

    ending = statements["NobodyEndsTheKey"]
    assert (ending["Effect"], ending["Principal"]) == ("Deny", {"AWS": "*"})
    assert {"kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"} < set(ending["Action"])
    assert ending["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": STACK_SETS}}
    assert statements["BackUpAndRestore"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/CellBackupRole"}
    }


def test_a_vault_takes_what_the_plans_keep_and_its_lock_can_be_changed(ground):
    vault = ground.only(REGIONAL, "AWS::Backup::BackupVault")["Properties"]

    assert vault["LockConfiguration"] == {"MinRetentionDays": 35, "MaxRetentionDays": 365}


def test_a_lock_in_compliance_mode_closes_when_it_was_decided(ground, registry):
    spec = OrganizationSpec.model_validate(
        {
            **load_spec(ROOT / "accounts" / "organization.yaml", OrganizationSpec).model_dump(mode="json"),
            "vault_lock": {"lock_mode": "COMPLIANCE", "changeable_days": 30},
        }
    )
    stack = BaselineRegional(
        App(),
        REGIONAL,
        platform=Platform(spec, registry, {}),
        rules=Rules(bucket="rules", key="protect_data.guard"),
        synthesizer=BootstraplessSynthesizer(),
    )

    (vault,) = Template.from_stack(stack).find_resources("AWS::Backup::BackupVault").values()
    assert vault["Properties"]["LockConfiguration"]["ChangeableForDays"] == 30


def test_buckets_are_backed_up_with_the_rights_that_aws_has_for_it(roles):
    policies = [str(arn).rpartition("/")[2] for arn in roles["CellBackupRole"]["Properties"]["ManagedPolicyArns"]]

    assert {"AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"} < set(policies)


def test_everything_is_recorded_and_iam_in_the_home_region_only(ground):
    recorder = ground.only(REGIONAL, "AWS::Config::ConfigurationRecorder")["Properties"]
    condition, there, elsewhere = recorder["RecordingGroup"]["IncludeGlobalResourceTypes"]["Fn::If"]

    assert recorder["RecordingGroup"]["AllSupported"] is True
    assert (there, elsewhere) == (True, False)
    assert json.loads(ground.text(REGIONAL))["Conditions"][condition] == {
        "Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]
    }
    assert recorder["RoleARN"].endswith("role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")


def test_the_roles_that_an_account_has_once_for_config_and_for_search_are_made_here(ground):
    roles = json.loads(ground.text(GLOBAL))["Resources"].values()

    assert [role["Properties"] for role in roles if role["Type"] == "AWS::IAM::ServiceLinkedRole"] == [
        {"AWSServiceName": "config.amazonaws.com"},
        {"AWSServiceName": "opensearchservice.amazonaws.com"},
    ]


def test_what_is_recorded_goes_to_the_log_archive(ground):
    channel = ground.only(REGIONAL, "AWS::Config::DeliveryChannel")["Properties"]

    assert channel["S3BucketName"] == "example-config-333333333333-eu-west-1"


def test_becoming_break_glass_is_told_to_the_security_account(ground):
    """AssumeRole counts as reading, which a rule gets in this state only."""
    rule = ground.only(REGIONAL, "AWS::Events::Rule")["Properties"]
    (target,) = rule["Targets"]

    assert rule["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert rule["EventPattern"] == {
        "source": ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
            "requestParameters": {"roleArn": [{"suffix": ":role/BreakGlassRole"}]},
        },
    }
    assert target["Arn"] == f"arn:aws:events:eu-west-1:{SECURITY}:event-bus/example-security"
    (role,) = [one for one in ground.all(REGIONAL, "AWS::IAM::Role") if "Condition" not in one]
    assert trust(role)[0]["Principal"] == {"Service": "events.amazonaws.com"}


def test_what_has_a_name_in_the_account_is_made_once(ground):
    """IAM has no regions: a named role in the regional template would be made twice."""
    assert [role for role in ground.all(REGIONAL, "AWS::IAM::Role") if "RoleName" in role["Properties"]] == []


@pytest.mark.parametrize("stack", [GLOBAL, REGIONAL])
def test_a_stack_set_needs_no_parameters_and_no_assets(ground, stack):
    template = json.loads(ground.text(stack))

    assert "Parameters" not in template
    assert "cdk-hnb659fds-assets" not in json.dumps(
        [one for one in template["Resources"].values() if one["Type"] == "AWS::CloudFormation::GuardHook"]
    )


def budget(ground):
    return ground.only(GLOBAL, "AWS::Budgets::Budget")["Properties"]


def test_every_account_has_a_budget_that_somebody_is_told_of(ground):
    found = budget(ground)
    alarms = found["NotificationsWithSubscribers"]

    assert found["Budget"] == {
        "BudgetLimit": {"Amount": 1000, "Unit": "USD"},
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
    }
    assert {(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in alarms} == {
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    }
    assert {who["Address"] for one in alarms for who in one["Subscribers"]} == {"billing@example.com"}


@pytest.mark.parametrize(
    ("declared", "dollars"),
    [
        ({}, 1000),
        ({"cells": {"dev": 300}, "notify": ["a@example.com"]}, 1000),
        ({"cells": {"prod": 3000}, "notify": ["a@example.com"]}, 3000),
        ({"products": {"acme-crm": {"prod": 9000}}, "notify": ["a@example.com"]}, 1000),
        ({"cells": {"prod": 3000}, "account": 50, "notify": ["a@example.com"]}, 50),
    ],
)
def test_the_budget_of_an_account_covers_what_is_declared_for_cells(declared, dollars):
    """Not what is declared for one product: a product changes no template of the baseline."""
    assert Budgets.model_validate(declared).of_account == dollars


@pytest.mark.parametrize(
    ("told", "declared"),
    [
        ("aws+management@example.com", {}),
        ("ops@example.com", {"contacts": {"operations": {**CONTACT, "email": "ops@example.com"}}}),
        (
            "bill@example.com",
            {
                "contacts": {
                    "operations": {**CONTACT, "email": "ops@example.com"},
                    "billing": {**CONTACT, "email": "bill@example.com"},
                }
            },
        ),
        (
            "costs@example.com",
            {
                "budgets": {"notify": ["costs@example.com"]},
                "contacts": {"billing": {**CONTACT, "email": "bill@example.com"}},
            },
        ),
    ],
)
def test_somebody_is_always_told(organization, told, declared):
    spec = OrganizationSpec.model_validate({**organization.model_dump(mode="json"), "budgets": {}, **declared})

    assert spec.told_of_costs == (told,)
