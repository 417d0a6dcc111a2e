"""What the boundary and the execution policy let through, read from the synthesized baseline.

The evaluator knows the operators that these two policies use, and no more: a new one fails loudly.
"""

import json
import re
from itertools import pairwise

import pytest

from constructs_lib.specs.landing import EXECUTION_POLICY_NAME, PERMISSION_BOUNDARY_NAME

BASELINE = "BaselineGlobal"
ACCOUNT = "111122223333"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/cell-permission-boundary"
STACK = "StackSet-BaselineGlobal-1a2b"
REPORTS = "stackset-baselineglobal-1a2b-guardhookreports-x"
VAULT = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:cell-recovery"
WATCH = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/StackSet-BaselineRegional-1-BreakGlassWatch-1"
HOME = {"aws:RequestedRegion": "eu-west-1"}
BOUNDED = {**HOME, "iam:PermissionsBoundary": BOUNDARY_ARN}


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def matches(patterns, value, *, ignore_case=False):
    patterns = [patterns] if isinstance(patterns, str) else [p for p in patterns if isinstance(p, str)]
    flags = re.IGNORECASE if ignore_case else 0
    return any(re.fullmatch(re.escape(p).replace(r"\*", ".*"), value, flags) for p in patterns)


def condition_holds(condition, context):
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            wanted = [wanted] if isinstance(wanted, str) else wanted
            held = {"StringEquals": context.get(key) in wanted, "StringNotEquals": context.get(key) not in wanted}
            if not held[operator]:
                return False
    return True


def decide(document, action, resource, context):
    """`allow`, `deny` (explicit) or `none`."""
    effects = set()
    for statement in document["Statement"]:
        if "Action" in statement:
            hit = matches(statement["Action"], action, ignore_case=True)
        else:
            hit = not matches(statement["NotAction"], action, ignore_case=True)
        if "Resource" in statement:
            here = matches(statement["Resource"], resource)
        else:
            here = not matches(statement["NotResource"], resource)
        if hit and here and condition_holds(statement.get("Condition", {}), context):
            effects.add(statement["Effect"])
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "none"


@pytest.fixture(scope="module")
def boundary(ground):
    return ground.policy(BASELINE, PERMISSION_BOUNDARY_NAME)


@pytest.fixture(scope="module")
def execution(ground):
    return ground.policy(BASELINE, EXECUTION_POLICY_NAME)


TO_TASKS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
EXECUTION_ARN = f"arn:aws:iam::{ACCOUNT}:policy/cell-cloudformation-execution"
HUB_ROLE = "arn:aws:iam::444444444444:role/cell-dns-acme-crm"
BOUNDARY_TABLE = [
    ("reads objects", "s3:GetObject", "arn:aws:s3:::files/a", HOME, "allow"),
    ("connects to the database", "rds-db:connect", "*", HOME, "allow"),
    ("reads a secret", "secretsmanager:GetSecretValue", "*", HOME, "allow"),
    ("works off a queue", "sqs:DeleteMessage", "*", HOME, "allow"),
    ("sees that its update rolls back", "cloudformation:DescribeStacks", "*", HOME, "allow"),
    ("starts the migration task", "ecs:RunTask", "*", HOME, "allow"),
    (
        "passes a role to the task",
        "iam:PassRole",
        role("x"),
        {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        "allow",
    ),
    ("passes a role to a function", "iam:PassRole", role("x"), {"iam:PassedToService": "lambda.amazonaws.com"}, "none"),
    ("delegates its own zone", "sts:AssumeRole", f"{HUB_ROLE}-dev-eu-west-1", {}, "allow"),
    ("becomes another role of the hub", "sts:AssumeRole", "arn:aws:iam::444444444444:role/cdk-x", {}, "none"),
    ("becomes such a role of another account", "sts:AssumeRole", role("cell-dns-acme-crm-dev"), {}, "none"),
    ("becomes the break-glass role", "sts:AssumeRole", role("BreakGlassRole"), {}, "none"),
    ("becomes the deployment role", "sts:AssumeRole", role("DeploymentRole"), {}, "none"),
    ("works in a region that is not governed", "s3:GetObject", "*", {"aws:RequestedRegion": "ap-south-1"}, "none"),
    ("uses a service that cells do not have", "redshift:GetClusterCredentials", "*", HOME, "none"),
    ("creates a user", "iam:CreateUser", "*", HOME, "deny"),
    ("creates a role, bounded or not", "iam:CreateRole", role("x"), BOUNDED, "deny"),
    ("changes the boundary", "iam:CreatePolicyVersion", BOUNDARY_ARN, HOME, "deny"),
    ("drops its own boundary", "iam:DeleteRolePermissionsBoundary", role("x"), HOME, "deny"),
    ("leaves the organization", "organizations:LeaveOrganization", "*", HOME, "deny"),
    ("stops the trail", "cloudtrail:StopLogging", "*", HOME, "deny"),
    ("deletes flow logs", "ec2:DeleteFlowLogs", "*", HOME, "deny"),
    ("deletes its log group", "logs:DeleteLogGroup", "*", HOME, "deny"),
    ("deletes the key of the data", "kms:ScheduleKeyDeletion", "*", HOME, "deny"),
    ("deletes recovery points", "backup:DeleteRecoveryPoint", "*", HOME, "deny"),
    ("rewrites the rules of the hook", "s3:PutObject", "arn:aws:s3:::cdk-hnb659fds-assets-x/a.guard", HOME, "deny"),
    ("reads code from the assets", "s3:GetObject", "arn:aws:s3:::cdk-hnb659fds-assets-x/a.zip", HOME, "allow"),
    ("deletes what the hook reported", "s3:DeleteObject", f"arn:aws:s3:::{REPORTS}/a", HOME, "deny"),
    ("opens a bucket", "s3:PutBucketPublicAccessBlock", "*", HOME, "deny"),
]


@pytest.mark.parametrize(
    ("name", "action", "resource", "context", "expected"), BOUNDARY_TABLE, ids=[row[0] for row in BOUNDARY_TABLE]
)
def test_a_role_of_a_cell(boundary, name, action, resource, context, expected):
    assert decide(boundary, action, resource, context) == expected


EXECUTION_TABLE = [
    ("makes a database", "rds:CreateDBCluster", "*", HOME, "allow"),
    ("makes a web ACL in us-east-1", "wafv2:CreateWebACL", "*", {"aws:RequestedRegion": "us-east-1"}, "allow"),
    ("makes a network in another region", "ec2:CreateVpc", "*", {"aws:RequestedRegion": "ap-south-1"}, "none"),
    ("makes something a cell is not made of", "redshift:CreateCluster", "*", HOME, "none"),
    ("makes a bounded role", "iam:CreateRole", role("acme-crm-dev-x"), BOUNDED, "allow"),
    ("gives a bounded role a policy", "iam:PutRolePolicy", role("acme-crm-dev-x"), BOUNDED, "allow"),
    ("makes a role without boundary", "iam:CreateRole", role("acme-crm-dev-x"), HOME, "deny"),
    (
        "makes a role with another boundary",
        "iam:CreateRole",
        role("acme-crm-dev-x"),
        {**HOME, "iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/own"},
        "deny",
    ),
    ("gives a role without boundary a policy", "iam:AttachRolePolicy", role("acme-crm-dev-x"), HOME, "deny"),
    ("drops a boundary", "iam:DeleteRolePermissionsBoundary", role("acme-crm-dev-x"), BOUNDED, "deny"),
    ("changes the boundary", "iam:CreatePolicyVersion", BOUNDARY_ARN, HOME, "deny"),
    (
        "deletes its own policy",
        "iam:DeletePolicy",
        EXECUTION_ARN,
        HOME,
        "deny",
    ),
    ("makes a policy", "iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/acme", HOME, "allow"),
    ("opens the deployment role", "iam:UpdateAssumeRolePolicy", role("DeploymentRole"), HOME, "deny"),
    ("opens a bootstrap role", "iam:UpdateAssumeRolePolicy", role("cdk-hnb659fds-cfn-exec-role-x"), HOME, "deny"),
    ("passes a bootstrap role", "iam:PassRole", role("cdk-hnb659fds-cfn-exec-role-x"), TO_TASKS, "deny"),
    ("passes a role to the tasks", "iam:PassRole", role("acme-crm-dev-x"), TO_TASKS, "allow"),
    (
        "passes a role to an instance",
        "iam:PassRole",
        role("acme-crm-dev-x"),
        {"iam:PassedToService": "ec2.amazonaws.com"},
        "none",
    ),
    ("creates a user", "iam:CreateUser", "*", HOME, "deny"),
    ("creates an access key", "iam:CreateAccessKey", "*", HOME, "deny"),
    ("trusts an identity provider", "iam:CreateOpenIDConnectProvider", "*", HOME, "deny"),
    ("turns the hook off", "cloudformation:SetTypeConfiguration", "*", HOME, "deny"),
    ("removes the hook", "cloudformation:DeactivateType", "*", HOME, "deny"),
    ("rewrites the rules of the hook", "s3:PutObject", "arn:aws:s3:::cdk-hnb659fds-assets-x/a.guard", HOME, "deny"),
    ("reads code from the assets", "s3:GetObject", "arn:aws:s3:::cdk-hnb659fds-assets-x/a.zip", HOME, "allow"),
    ("deletes the hook's reports", "s3:DeleteObject", f"arn:aws:s3:::{REPORTS}/a", HOME, "deny"),
    ("lets everybody become the break-glass role", "iam:UpdateAssumeRolePolicy", role("BreakGlassRole"), HOME, "deny"),
    ("gives the auditor a policy", "iam:PutRolePolicy", role("AuditorRole"), BOUNDED, "deny"),
    ("changes what backs up", "iam:DetachRolePolicy", role("CellBackupRole"), BOUNDED, "deny"),
    (
        "hands AWS Backup its role",
        "iam:PassRole",
        role("CellBackupRole"),
        {**HOME, "iam:PassedToService": "backup.amazonaws.com"},
        "allow",
    ),
    ("changes the role of the hook", "iam:PutRolePolicy", role(f"{STACK}-GuardHookRole-1"), BOUNDED, "deny"),
    ("becomes a stack set", "iam:UpdateAssumeRolePolicy", role("stacksets-exec-1"), HOME, "deny"),
    ("deletes the backups", "backup:DeleteBackupVault", VAULT, HOME, "deny"),
    ("makes a vault of its own", "backup:CreateBackupVault", f"{VAULT}-own", HOME, "allow"),
    ("silences the watch over break-glass", "events:DisableRule", WATCH, HOME, "deny"),
    ("makes a rule of its own", "events:PutRule", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/acme", HOME, "allow"),
    ("leaves the organization", "organizations:LeaveOrganization", "*", HOME, "deny"),
    ("stops the recorder", "config:StopConfigurationRecorder", "*", HOME, "deny"),
    ("opens buckets of the account", "s3:PutAccountPublicAccessBlock", "*", HOME, "deny"),
    (
        "reads the outputs of a layer",
        "cloudformation:DescribeStacks",
        f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/acme-crm-dev-edge/1",
        HOME,
        "allow",
    ),
]


@pytest.mark.parametrize(
    ("name", "action", "resource", "context", "expected"), EXECUTION_TABLE, ids=[row[0] for row in EXECUTION_TABLE]
)
def test_cloudformation(execution, name, action, resource, context, expected):
    assert decide(execution, action, resource, context) == expected


@pytest.mark.parametrize("name", [PERMISSION_BOUNDARY_NAME, EXECUTION_POLICY_NAME])
def test_a_policy_fits_the_limit_of_managed_policies(ground, name):
    """6,144 characters, white space not counted; `aws-us-gov` is the longest partition that has all of it."""
    text = json.dumps(ground.policy(BASELINE, name), separators=(",", ":")).replace("arn:aws:", "arn:aws-us-gov:")

    assert len(text) <= 6144


@pytest.mark.parametrize("name", [PERMISSION_BOUNDARY_NAME, EXECUTION_POLICY_NAME])
def test_every_statement_says_what_it_is_for(ground, name):
    sids = [statement.get("Sid", "") for statement in ground.policy(BASELINE, name)["Statement"]]

    assert all(sids)
    assert all(one != other for one, other in pairwise(sorted(sids)))


def test_nothing_is_allowed_everywhere_without_a_condition(boundary, execution):
    wide = [
        statement["Sid"]
        for document in (boundary, execution)
        for statement in document["Statement"]
        if statement["Effect"] == "Allow" and statement["Resource"] == "*" and "Condition" not in statement
    ]

    assert wide == []


def test_a_cell_is_protected_by_shield_advanced_but_never_subscribes_to_it(execution):
    assert decide(execution, "shield:CreateProtection", "*", HOME) == "allow"
    assert decide(execution, "shield:CreateSubscription", "*", HOME) == "none"


def test_a_cell_scans_its_uploads_but_never_touches_the_detector(execution):
    assert decide(execution, "guardduty:CreateMalwareProtectionPlan", "*", HOME) == "allow"
    assert decide(execution, "guardduty:UpdateMalwareProtectionPlan", "*", HOME) == "allow"
    for action in ("DeleteDetector", "UpdateDetector", "CreateFilter", "CreateIPSet", "DisassociateMembers"):
        assert decide(execution, f"guardduty:{action}", "*", HOME) == "deny"


def test_a_role_of_a_cell_becomes_the_administrator_of_its_search_domain_and_no_other_role(boundary):
    assert decide(boundary, "sts:AssumeRole", role("cells/search/data-Role"), HOME) == "allow"
    assert decide(boundary, "sts:AssumeRole", role("DeploymentRole"), HOME) == "none"
    assert decide(boundary, "es:ESHttpGet", "*", HOME) == "allow"
    assert decide(boundary, "es:DeleteDomain", "*", HOME) == "none"
