import pytest
from pydantic import ValidationError

from accounts.network_spec import NetworkSpec
from accounts.spec import OrganizationSpec
from constructs_lib.specs.identity import segment_of

VPN = {"name": "berlin", "address": "203.0.113.10", "ranges": ["192.168.0.0/16"]}
OTHER = {"name": "bonn", "address": "203.0.113.11", "ranges": ["172.16.0.0/12"]}


def test_nothing_is_attached_and_no_line_ends_in_the_hub_by_default():
    network = NetworkSpec()

    assert network.lines == ()
    assert not network.is_attached("acme-crm", "prod")


@pytest.mark.parametrize(
    "environment,segment", [("prod", "prod"), ("staging", "non-prod"), ("dev", "non-prod"), ("sandbox", "non-prod")]
)
def test_only_prod_is_in_the_segment_prod(environment, segment):
    assert segment_of(environment) == segment


@pytest.mark.parametrize(
    "name,network,message",
    [
        ("a private address of a device", {"vpn": [{**VPN, "address": "192.168.1.1"}]}, "public address"),
        ("an address that is none", {"vpn": [{**VPN, "address": "berlin"}]}, "not an IPv4 address"),
        ("a range that is none", {"vpn": [{**VPN, "ranges": ["192.168.0.1/16"]}]}, "not an IPv4 range"),
        ("the whole internet", {"vpn": [{**VPN, "ranges": ["0.0.0.0/0"]}]}, "whole internet"),
        ("two lines of one name", {"vpn": [VPN, {**OTHER, "name": "berlin"}]}, "name berlin twice"),
        ("two lines to one device", {"vpn": [VPN, {**OTHER, "address": "203.0.113.10"}]}, "address 203.0.113.10 twice"),
        (
            "two lines to one range",
            {"vpn": [VPN], "direct_connect": {"asn": 64600, "ranges": ["192.168.7.0/24"]}},
            "192.168.7.0/24 overlaps 192.168.0.0/16",
        ),
        ("two equal numbers", {"direct_connect": {"asn": 64512, "ranges": ["172.16.0.0/12"]}}, "both are 64512"),
        ("what is no attachment", {"vpn": [{**VPN, "attachment": "vpn-0123"}]}, "attachment"),
    ],
)  # fmt: skip
def test_a_network_that_cannot_be_is_refused(name, network, message):
    with pytest.raises(ValidationError, match=message):
        NetworkSpec.model_validate(network)


def test_a_range_outside_never_overlaps_the_addresses_of_cells(organization):
    declared = organization.model_dump(mode="json")
    declared["network"] = {"vpn": [{**VPN, "ranges": ["10.1.0.0/16"]}]}

    with pytest.raises(ValidationError, match=r"10\.1\.0\.0/16 of network overlaps the pool 10\.0\.0\.0/10"):
        OrganizationSpec.model_validate(declared)
