import pytest

from constructs_lib.specs.registry import CellEntry, Registry

HUB = "NetworkHub"


@pytest.fixture(scope="module")
def roles(ground):
    return {role["Properties"]["RoleName"]: role["Properties"] for role in ground.all(HUB, "AWS::IAM::Role")}


def test_the_base_zone_is_public_and_outlives_its_stack(ground):
    template = ground.template(HUB)

    template.has_resource_properties("AWS::Route53::HostedZone", {"Name": "example.com."})
    template.has_resource("AWS::Route53::HostedZone", {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})


def test_every_cell_has_a_delegation_role_of_the_agreed_name(roles, registry):
    assert set(roles) == {cell.identity.delegation_role_name for cell in registry.cells}


def test_a_delegation_role_is_trusted_by_the_foundation_of_its_cell_only(roles):
    trust = roles["cell-dns-acme-crm-prod-eu-west-1"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::777788889999:root"},
            "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::777788889999:role/acme-crm-prod-foundation*"}},
        }
    ]


def test_a_delegation_role_may_change_exactly_one_record(roles):
    (policy,) = roles["cell-dns-acme-crm-dev-eu-west-1"]["Policies"]
    change, find = policy["PolicyDocument"]["Statement"]

    assert change["Action"] == "route53:ChangeResourceRecordSets"
    assert change["Condition"]["ForAllValues:StringEquals"] == {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["crm-dev.example.com"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["NS"],
        "route53:ChangeResourceRecordSetsActions": ["UPSERT", "DELETE"],
    }
    assert find["Action"] == "route53:ListHostedZonesByName"


def test_a_request_that_names_no_record_is_not_let_through(roles):
    """ForAllValues is true for a key that is not there."""
    (policy,) = roles["cell-dns-acme-crm-dev-eu-west-1"]["Policies"]
    change = policy["PolicyDocument"]["Statement"][0]["Condition"]

    assert change["Null"] == dict.fromkeys(change["ForAllValues:StringEquals"], "false")


def test_the_record_can_be_written_in_the_base_zone_only(ground, roles):
    (zone,) = ground.template(HUB).find_resources("AWS::Route53::HostedZone")
    (policy,) = roles["cell-dns-acme-crm-dev-eu-west-1"]["Policies"]

    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == "arn:aws:route53:::hostedzone/" + str({"Ref": zone})


def test_a_pending_cell_has_no_role_yet(lay_ground, organization, registry):
    pending = CellEntry(
        product="beta-shop", environment="dev", region="eu-west-1", cidr="10.0.8.0/21", domain="shop-dev.example.com"
    )
    grown = Registry(accounts=registry.accounts, cells=(*registry.cells, pending))

    roles = lay_ground(organization, grown).template(HUB).find_resources("AWS::IAM::Role")
    assert "cell-dns-beta-shop-dev-eu-west-1" not in {role["Properties"]["RoleName"] for role in roles.values()}


def test_a_long_stack_name_is_trusted_by_what_cloudformation_keeps_of_it(lay_ground, organization, registry):
    long = CellEntry(
        product="a-twenty-letter-name",
        environment="staging",
        region="eu-west-1",
        cidr="10.0.48.0/20",
        domain="long-staging.example.com",
        account="999999999999",
        state="active",
    )
    grown = Registry(accounts=registry.accounts, cells=(*registry.cells, long))

    found = (
        lay_ground(organization, grown)
        .template(HUB)
        .find_resources(
            "AWS::IAM::Role", {"Properties": {"RoleName": "cell-dns-a-twenty-letter-name-staging-eu-west-1"}}
        )
    )
    assert "role/a-twenty-letter-name-sta*" in str(found)
