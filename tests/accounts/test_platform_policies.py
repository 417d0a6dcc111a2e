"""What CloudFormation may do in the platform's accounts is enough for every stack of theirs, and no way to more."""

import json
from fnmatch import fnmatchcase

import pytest

from accounts.names import PLATFORM_BOUNDARY_NAME, PLATFORM_EXECUTION_POLICY_NAME
from accounts.platform_access import platform_access_of
from accounts.platform_policies import platform_policies, platform_policies_digest
from accounts.spec import PLATFORM_ACCOUNTS, OrganizationSpec
from constructs_lib.specs.registry import OrganizationEntry
from tests.accounts.conftest import resolved
from tests.accounts.test_account_policies import decide
from tests.accounts.test_cost import BUDGETS
from tests.accounts.test_everything_on import OPTIONS
from tests.accounts.test_people import INSTANCE, PEOPLE

IAM_SIZE = 6144
HOME = {"aws:RequestedRegion": "eu-west-1"}
ACTIONS_OF_TYPE = {
    "AWS::AccessAnalyzer::Analyzer": ["access-analyzer:CreateAnalyzer", "access-analyzer:DeleteAnalyzer"],
    "AWS::Budgets::Budget": ["budgets:ModifyBudget", "budgets:ViewBudget", "budgets:TagResource"],
    "AWS::CE::AnomalyMonitor": ["ce:CreateAnomalyMonitor", "ce:GetAnomalyMonitors", "ce:TagResource"],
    "AWS::CE::AnomalySubscription": ["ce:CreateAnomalySubscription", "ce:UpdateAnomalySubscription"],
    "AWS::CE::CostCategory": ["ce:CreateCostCategoryDefinition", "ce:ListCostCategoryDefinitions"],
    "AWS::CloudFormation::WaitConditionHandle": [],  # a signed address that CloudFormation keeps itself
    "AWS::CloudFormation::StackSet": [
        "cloudformation:CreateStackSet",
        "cloudformation:UpdateStackSet",
        "cloudformation:CreateStackInstances",
        "cloudformation:DescribeStackSetOperation",
        "cloudformation:TagResource",
    ],
    "AWS::CodeArtifact": ["codeartifact:CreateDomain", "codeartifact:CreateRepository"],
    "AWS::CodeBuild::Project": [
        "codebuild:CreateProject",
        "codebuild:CreateWebhook",
        "codeconnections:PassConnection",
        "codeconnections:GetConnection",
    ],
    "AWS::Cognito": ["cognito-idp:CreateUserPool", "cognito-idp:CreateManagedLoginBranding"],
    "AWS::Config::ConfigurationAggregator": [
        "config:PutConfigurationAggregator",
        "config:DescribeConfigurationAggregators",
        "config:DeleteConfigurationAggregator",
        "config:TagResource",
    ],
    "AWS::DirectConnect": ["directconnect:CreateDirectConnectGateway"],
    "AWS::EC2::FlowLog": ["ec2:CreateFlowLogs", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"],
    "AWS::EC2": ["ec2:CreateTransitGateway", "ec2:CreateIpam", "ec2:CreateVpnConnection", "ec2:CreateTags"],
    "AWS::ECR": ["ecr:CreateRepository", "ecr:PutRegistryScanningConfiguration", "ecr:PutSigningConfiguration"],
    "AWS::Events": ["events:PutRule", "events:PutPermission", "events:CreateEventBus"],
    "AWS::KMS": ["kms:CreateKey", "kms:PutKeyPolicy", "kms:CreateAlias"],
    "AWS::Lambda": ["lambda:CreateFunction", "lambda:InvokeFunction"],
    "AWS::Logs": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
    "AWS::ObservabilityAdmin": ["observabilityadmin:CreateCentralizationRuleForOrganization"],
    "AWS::Organizations::Policy": [
        "organizations:CreatePolicy",
        "organizations:DescribePolicy",
        "organizations:UpdatePolicy",
        "organizations:DeletePolicy",
        "organizations:ListTargetsForPolicy",
        "organizations:TagResource",
    ],
    "AWS::RAM": ["ram:CreateResourceShare"],
    "AWS::Route53": ["route53:CreateHostedZone", "route53:ChangeResourceRecordSets"],
    "AWS::S3": ["s3:CreateBucket", "s3:PutBucketPolicy", "s3:PutBucketObjectLockConfiguration"],
    "AWS::SNS": ["sns:CreateTopic", "sns:SetTopicAttributes"],
    "AWS::SQS": ["sqs:CreateQueue"],
    "AWS::SSO::Assignment": ["sso:CreateAccountAssignment", "sso:DescribeAccountAssignmentCreationStatus"],
    "AWS::SSO::PermissionSet": [
        "sso:CreatePermissionSet",
        "sso:AttachManagedPolicyToPermissionSet",
        "sso:ProvisionPermissionSet",
    ],
    "AWS::SecretsManager": ["secretsmanager:CreateSecret", "secretsmanager:PutResourcePolicy"],
    "AWS::SecurityHub": ["securityhub:EnableSecurityHub", "securityhub:CreateConfigurationPolicy"],
    "AWS::Signer": ["signer:PutSigningProfile", "signer:AddProfilePermission"],
    "Custom": ["lambda:InvokeFunction"],
}
"""What CloudFormation calls for a type or a family of types."""


@pytest.fixture(scope="module")
def declared(organization):
    everything = {
        **organization.model_dump(mode="json"),
        **OPTIONS,
        "people": {name: group.model_dump(mode="json") for name, group in PEOPLE.items()},
        "budgets": BUDGETS.model_dump(mode="json"),
        "break_glass_provider": "Okta",
    }
    return OrganizationSpec.model_validate(everything)


@pytest.fixture(scope="module")
def everything(lay_ground, declared, registry):
    """The organization with every option on."""
    cells = [
        cell.model_copy(update={"attachment": f"tgw-attach-{number:08x}"}) for number, cell in enumerate(registry.cells)
    ]
    known = {"cells": cells, "organization": OrganizationEntry(identity_center=INSTANCE)}
    return lay_ground(declared, registry.model_copy(update=known))


@pytest.fixture(scope="module")
def policies(declared, registry):
    """Both policies of each account, by its id."""
    return {
        registry.accounts[name].id: platform_policies(
            platform_access_of(declared, name), account=registry.accounts[name].id, partition="aws"
        )
        for name in PLATFORM_ACCOUNTS
    }


def executed(ground):
    """The stacks that CloudFormation executes with the policy of their account."""
    for stack in ground.assembly.stacks:
        if "cloudFormationExecutionRoleArn" in ground.artifact(stack.id):
            yield stack


def roles(ground):
    for stack in executed(ground):
        name = ground.artifact(stack.id).get("stackName", stack.id)
        for id, resource in stack.resources.items():
            if stack.resource_type(id) == "AWS::IAM::Role":
                properties = resolved(resource["Properties"])
                yield stack.environment.account, properties.get("RoleName", f"{name}-{id}-1"), properties


def actions_of(type):
    found = [prefix for prefix in ACTIONS_OF_TYPE if type == prefix or type.startswith(f"{prefix}::")]
    assert found, f"nobody has said what CloudFormation calls for {type}"
    return {action for prefix in found for action in ACTIONS_OF_TYPE[prefix]}


def execution(policies, account):
    return policies[account][PLATFORM_EXECUTION_POLICY_NAME]


def test_the_execution_policy_can_make_every_resource_of_its_account(everything, policies):
    refused = {
        (stack.id, type, action)
        for stack in executed(everything)
        for type in {stack.resource_type(id) for id in stack.resources} - {"AWS::CDK::Metadata"}
        if not type.startswith("AWS::IAM::")
        for action in actions_of(type)
        if decide(execution(policies, stack.environment.account), action, "*", HOME) != "allow"
    }

    assert refused == set()


def test_nothing_is_allowed_that_no_stack_of_the_account_is_made_of(everything, policies):
    """A service without a resource would be a right that nobody needs."""
    for account in policies:
        needed = {
            action
            for stack in executed(everything)
            if stack.environment.account == account
            for id in stack.resources
            if not stack.resource_type(id).startswith(("AWS::IAM::", "AWS::CDK::"))
            for action in actions_of(stack.resource_type(id))
        }
        make = execution(policies, account)["Statement"][0]["Action"]
        services = {one.partition(":")[0] for one in make} - {"organizations"}

        assert services - {one.partition(":")[0] for one in needed} <= {"s3"}, account


def test_every_role_of_the_platform_s_stacks_can_be_made_and_has_the_boundary(everything, policies):
    found = list(roles(everything))
    assert len(found) == 8

    for account, name, properties in found:
        boundary = f"arn:aws:iam::{account}:policy/{PLATFORM_BOUNDARY_NAME}"
        given = json.dumps(properties["PermissionsBoundary"])
        assert given.endswith(f'policy/{PLATFORM_BOUNDARY_NAME}"')
        assert "ManagedPolicyArns" not in properties
        role = f"arn:aws:iam::{account}:role/{name}"
        for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"):
            assert decide(execution(policies, account), action, role, {"iam:PermissionsBoundary": boundary}) == "allow"


def test_roles_are_handed_to_the_services_that_they_trust(everything, policies):
    for account, name, properties in roles(everything):
        for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
            service = statement["Principal"].get("Service")
            if service:
                role, context = f"arn:aws:iam::{account}:role/{name}", {"iam:PassedToService": service}
                assert decide(execution(policies, account), "iam:PassRole", role, context) == "allow"


@pytest.mark.parametrize("name", PLATFORM_ACCOUNTS)
@pytest.mark.parametrize(
    ("does", "action", "resource"),
    [
        ("makes a user", "iam:CreateUser", "user/somebody"),
        ("makes a key", "iam:CreateAccessKey", "user/somebody"),
        ("makes a role without the boundary", "iam:CreateRole", "role/example-x"),
        ("widens a role without the boundary", "iam:PutRolePolicy", "role/example-x"),
        ("gives a role a policy of AWS", "iam:AttachRolePolicy", "role/example-x"),
        ("takes a boundary away", "iam:DeleteRolePermissionsBoundary", "role/example-x"),
        ("opens break-glass", "iam:UpdateAssumeRolePolicy", "role/BreakGlassRole"),
        ("opens the vending engine's role", "iam:UpdateAssumeRolePolicy", "role/OrganizationAccountAccessRole"),
        ("passes its own role on", "iam:PassRole", "role/cdk-hnb659fds-cfn-exec-role-1"),
        ("rewrites its own policy", "iam:CreatePolicyVersion", "policy/platform-cloudformation-execution"),
        ("rewrites the boundary", "iam:CreatePolicyVersion", "policy/platform-permission-boundary"),
        ("rewrites the boundary of cells", "iam:CreatePolicyVersion", "policy/cell-permission-boundary"),
        ("attaches a guardrail", "organizations:AttachPolicy", "*"),
        ("detaches a guardrail", "organizations:DetachPolicy", "*"),
        ("leaves", "organizations:LeaveOrganization", "*"),
        ("stops the trail", "cloudtrail:StopLogging", "*"),
        ("stops the recorder", "config:StopConfigurationRecorder", "*"),
        ("becomes somebody", "sts:AssumeRole", "role/DeploymentRole"),
        ("switches the hook off", "cloudformation:SetTypeConfiguration", "*"),
    ],
)
def test_no_way_leads_to_more(policies, registry, name, does, action, resource):
    account = registry.accounts[name].id
    arn = resource if resource == "*" else f"arn:aws:iam::{account}:{resource}"

    assert decide(execution(policies, account), action, arn, HOME) != "allow", does


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePolicy", "iam:CreateUser", "iam:CreatePolicyVersion"])
def test_code_of_the_platform_makes_no_identity(policies, action):
    for documents in policies.values():
        assert decide(documents[PLATFORM_BOUNDARY_NAME], action, "*", HOME) == "deny"


def test_code_of_the_platform_still_sets_the_trail_and_links_its_role(policies):
    for documents in policies.values():
        for action in ("cloudtrail:UpdateTrail", "iam:CreateServiceLinkedRole", "sts:AssumeRole"):
            assert decide(documents[PLATFORM_BOUNDARY_NAME], action, "*", HOME) == "allow"


def test_a_region_that_is_not_governed_is_closed(policies):
    for account in policies:
        for action in execution(policies, account)["Statement"][0]["Action"]:
            context = {"aws:RequestedRegion": "ap-south-1"}
            assert decide(execution(policies, account), action, "*", context) != "allow"


def test_both_policies_fit(policies):
    for documents in policies.values():
        for name, document in documents.items():
            assert len(json.dumps(document, separators=(",", ":"))) <= IAM_SIZE, name


def test_only_what_is_said_changes_the_digest(declared):
    access = platform_access_of(declared, "ci-cd")

    assert platform_policies_digest(access) == platform_policies_digest(platform_access_of(declared, "ci-cd"))
    other = access.model_copy(update={"actions": (*access.actions, "ec2:*")})
    assert platform_policies_digest(other) != platform_policies_digest(access)


def test_who_administers_identity_center_may_write_permission_sets_and_nobody_else(declared):
    def may(spec, name):
        return any(fnmatchcase("sso:CreatePermissionSet", one) for one in platform_access_of(spec, name).actions)

    moved = declared.model_copy(update={"delegated_administrators": {"sso.amazonaws.com": "security-tooling"}})
    assert [name for name in PLATFORM_ACCOUNTS if may(declared, name)] == ["management", "shared-services"]
    assert [name for name in PLATFORM_ACCOUNTS if may(moved, name)] == ["management", "security-tooling"]


def test_who_bootstraps_without_the_engine_gets_roles_without_the_boundary(lay_ground, organization, registry):
    """Its policy would not be there, and no role could be made."""
    settings = organization.settings.model_copy(update={"bootstrap": False})
    ground = lay_ground(organization.model_copy(update={"settings": settings}), registry)

    assert not any("PermissionsBoundary" in properties for _, _, properties in roles(ground))
