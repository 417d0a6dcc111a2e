"""The DNS records that an outside host asks for."""

import pytest
from aws_cdk import aws_route53 as route53
from aws_cdk.assertions import Template

from constructs_lib.outside_names import OutsideNames
from constructs_lib.specs.frontend import ExternalFrontend
from tests.constructs_lib.sample_edge import findings

SPEC = ExternalFrontend.model_validate(
    {
        "kind": "external",
        "host": "vercel",
        "records": [
            {"name": "@", "addresses": ["76.76.21.21"]},
            {"name": "www", "target": "cname.vercel-dns.com"},
        ],
        "verifications": [{"name": "_vercel", "values": ["vc-domain-verify=crm.example.com,a1"]}],
    }
)


@pytest.fixture(scope="module")
def records(new_stack):
    stack = new_stack()
    zone = route53.PublicHostedZone(stack, "Zone", zone_name="crm.example.com")
    OutsideNames(stack, "Names", spec=SPEC, domain="crm.example.com", zone=zone)
    found = Template.from_stack(stack).find_resources("AWS::Route53::RecordSet").values()
    return {(one["Properties"]["Name"], one["Properties"]["Type"]): one["Properties"] for one in found}


def test_the_domain_itself_has_addresses_and_a_name_below_it_a_target(records):
    assert records["crm.example.com.", "A"]["ResourceRecords"] == ["76.76.21.21"]
    assert records["www.crm.example.com.", "CNAME"]["ResourceRecords"] == ["cname.vercel-dns.com"]


def test_the_host_sees_that_the_domain_is_ours(records):
    assert records["_vercel.crm.example.com.", "TXT"]["ResourceRecords"] == ['"vc-domain-verify=crm.example.com,a1"']


def test_the_host_and_amazon_sign_certificates_and_nobody_else(records):
    assert records["crm.example.com.", "CAA"]["ResourceRecords"] == [
        '0 issue "amazon.com"',
        '0 issue "letsencrypt.org"',
    ]


def test_there_is_nothing_else(records):
    assert len(records) == 4


def test_checks_find_nothing_in_it_nor_in_a_front_door_without_a_site(tmp_path):
    assert findings(tmp_path, frontend=SPEC) == []
