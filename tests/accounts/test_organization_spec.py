import pytest

from accounts.spec import OrganizationSpec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.errors import InputError


def declared(**changes):
    return {
        "name": "example",
        "email": "aws+{account}@example.com",
        "home_region": "eu-west-1",
        "governed_regions": ["eu-west-1", "us-east-1"],
        "base_domain": "example.com",
        "address_pools": {"eu-west-1": "10.0.0.0/10"},
        "log_archive": {"lock_mode": "GOVERNANCE", "lock_days": 1},
        **changes,
    }


REJECTED = [
    ("a name with capitals", {"name": "Example"}, "name"),
    ("a name too long for the flow-log bucket", {"name": "a" * 21}, "name"),
    ("an e-mail without the account", {"email": "aws@example.com"}, "{account}"),
    ("an e-mail with the account twice", {"email": "{account}+{account}@example.com"}, "{account}"),
    ("something that is no e-mail", {"email": "aws+{account}"}, "e-mail"),
    ("a home region that is not governed", {"home_region": "eu-north-1"}, "eu-north-1"),
    ("no governed us-east-1", {"governed_regions": ["eu-west-1"]}, "us-east-1"),
    ("a governed region twice", {"governed_regions": ["eu-west-1", "us-east-1", "eu-west-1"]}, "twice"),
    ("a domain with a dot at the end", {"base_domain": "example.com."}, "domain"),
    ("a platform account missing", {"platform_accounts": ["management", "ci-cd"]}, "network-hub"),
    ("a platform account unknown", {"platform_accounts": ["root"]}, "management"),
    ("no pool for the home region", {"address_pools": {"us-east-1": "10.0.0.0/10"}}, "eu-west-1"),
    (
        "a pool in a region that is not governed",
        {"address_pools": {"eu-west-1": "10.0.0.0/10", "eu-north-1": "10.64.0.0/10"}},
        "eu-north-1",
    ),
    (
        "pools that overlap",
        {"address_pools": {"eu-west-1": "10.0.0.0/9", "us-east-1": "10.64.0.0/10"}},
        "overlaps",
    ),
    ("a pool with host bits", {"address_pools": {"eu-west-1": "10.0.0.1/10"}}, "host bits"),
    ("a public pool", {"address_pools": {"eu-west-1": "52.0.0.0/10"}}, "private"),
    ("a cell range too small for three zones", {"cidr_prefix": {"prototype": 23}}, "22"),
    ("a cell range larger than a VPC", {"cidr_prefix": {"prod": 15}}, "16"),
    ("an unknown field", {"adress_pools": {}}, "adress_pools"),
]


@pytest.mark.parametrize(("name", "changes", "expected"), REJECTED, ids=[row[0] for row in REJECTED])
def test_rejects(name, changes, expected):
    with pytest.raises(ValueError, match=expected.replace("{", r"\{")):
        OrganizationSpec.model_validate(declared(**changes))


def test_the_example_organization_is_valid(organization):
    assert organization.address_pools == {"eu-west-1": "10.0.0.0/10"}
    assert [organization.cidr_prefix.of(size) for size in ("prototype", "dev", "staging", "prod")] == [22, 21, 20, 20]


def test_each_account_has_an_address_of_its_own(organization):
    assert organization.email_of("log-archive") == "aws+log-archive@example.com"


def test_an_error_names_file_and_line(tmp_path):
    file = tmp_path / "organization.yaml"
    file.write_text("name: example\nemail: nobody\nhome_region: eu-west-1\ngoverned_regions: [eu-west-1, us-east-1]\n")

    with pytest.raises(InputError) as raised:
        load_spec(file, OrganizationSpec)

    assert "organization.yaml:2: email must contain {account} once" in raised.value.message


def test_every_field_is_described_for_editors():
    properties = OrganizationSpec.model_json_schema()["properties"]

    assert [name for name, schema in properties.items() if not schema.get("description")] == []
