"""A service control policy closes regions to member accounts: what is denied there, and in which words."""

import json

import pytest
from botocore.exceptions import ClientError

from local.accounts import ensure_accounts
from tests.local.conftest import Local

OWNER, MEMBER, OUTSIDE = "555555555551", "555555555552", "555555555553"
CLOSED, OPEN = "ap-south-1", "eu-west-1"
CONTENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "NotAction": ["ec2:DescribeRegions", "s3:ListAllMyBuckets", "sts:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [OPEN, "us-east-1"]}},
        },
        {
            "Effect": "Deny",
            "NotAction": "sts:*",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:RequestedRegion": "us-east-1"},
                "ArnNotLike": {"aws:PrincipalArn": "x"},
            },
        },
    ],
}


@pytest.fixture(scope="module")
def organizations(local: Local):
    """The policies of an organization with one member."""
    ensure_accounts(
        local.server.endpoint, OWNER, [("owner", OWNER, "o@example.com"), ("member", MEMBER, "m@example.com")]
    )
    return local.session(OWNER).client("organizations", endpoint_url=local.server.endpoint)


@pytest.fixture(scope="module")
def policy(organizations) -> str:
    """The id of a policy that is attached nowhere."""
    made = organizations.create_policy(
        Name="regions", Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(CONTENT)
    )
    return str(made["Policy"]["PolicySummary"]["Id"])


@pytest.fixture(scope="module")
def root(organizations) -> str:
    """The id of the root, on which policies of this type may be."""
    [found] = organizations.list_roots()["Roots"]
    organizations.enable_policy_type(RootId=found["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    return str(found["Id"])


@pytest.fixture
def closed(organizations, policy, root):
    """The policy is attached to the root."""
    organizations.attach_policy(PolicyId=policy, TargetId=root)
    yield
    organizations.detach_policy(PolicyId=policy, TargetId=root)


def client(local: Local, service: str, account: str = MEMBER, region: str = CLOSED):
    return local.session(account, region).client(service, endpoint_url=local.server.endpoint)


CALLS = [
    ("ec2", "describe_vpcs", {}, "UnauthorizedOperation", "ec2:DescribeVpcs"),
    ("cloudformation", "describe_stacks", {"StackName": "CDKToolkit"}, "AccessDenied", "cloudformation:DescribeStacks"),
    ("ssm", "get_parameter", {"Name": "/x"}, "AccessDeniedException", "ssm:GetParameter"),
    ("lambda", "list_functions", {}, "AccessDeniedException", "lambda"),
]


@pytest.mark.parametrize(("service", "call", "request_", "code", "action"), CALLS, ids=[row[0] for row in CALLS])
def test_a_call_in_a_closed_region_is_denied_in_the_words_of_aws(local, closed, service, call, request_, code, action):
    with pytest.raises(ClientError) as refused:
        getattr(client(local, service), call)(**request_)

    error = refused.value.response["Error"]
    assert error["Code"] == code
    assert error["Message"].endswith(
        f"is not authorized to perform: {action} with an explicit deny in a service control policy"
    )


def test_what_the_policy_spares_is_answered_everywhere(local, closed):
    assert client(local, "ec2").describe_regions()["Regions"]
    assert client(local, "sts").get_caller_identity()["Account"] == MEMBER


def test_other_regions_the_management_account_and_strangers_are_not_bound(local, closed):
    for account, region in ((MEMBER, OPEN), (MEMBER, "us-east-1"), (OWNER, CLOSED), (OUTSIDE, CLOSED)):
        assert "Vpcs" in client(local, "ec2", account, region).describe_vpcs()


def test_a_policy_that_is_not_attached_closes_nothing(local, policy):
    assert "Vpcs" in client(local, "ec2").describe_vpcs()


def test_a_policy_binds_who_is_in_its_unit_only(local, organizations, policy, root):
    unit = organizations.create_organizational_unit(ParentId=root, Name="Closed")["OrganizationalUnit"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=unit)
    assert "Vpcs" in client(local, "ec2").describe_vpcs()

    organizations.move_account(AccountId=MEMBER, SourceParentId=root, DestinationParentId=unit)

    with pytest.raises(ClientError, match="explicit deny"):
        client(local, "ec2").describe_vpcs()
    organizations.move_account(AccountId=MEMBER, SourceParentId=unit, DestinationParentId=root)
    organizations.detach_policy(PolicyId=policy, TargetId=unit)
