"""An organization with every option on passes the checks as the default one does."""

from datetime import date

import pytest

from accounts.spec import OrganizationSpec
from assembly.check import check

CONNECTION = "arn:aws:codeconnections:eu-west-1:666666666666:connection/0c1d2e3f-0000-4000-8000-000000000000"
OPTIONS = {
    "network": {
        "attached": {"acme-crm": ["dev", "staging", "prod"]},
        "outside_segments": ["prod", "non-prod"],
        "vpn": [
            {
                "name": "berlin",
                "address": "203.0.113.10",
                "ranges": ["192.168.0.0/16"],
                "attachment": "tgw-attach-0123456789abcdef0",
            }
        ],
        "direct_connect": {"asn": 64600, "ranges": ["172.16.0.0/12"], "attachment": "tgw-attach-0123456789abcdef1"},
    },
    "shared_services": {"secrets": [{"name": "geocoder", "products": ["acme-crm"]}]},
    "ci_cd": {
        "repositories": [{"name": "example/platform", "branches": ["main"], "environments": ["prod"]}],
        "runners": {"connection": CONNECTION},
    },
}


@pytest.fixture(scope="module")
def everything(lay_ground, organization, registry):
    declared = OrganizationSpec.model_validate({**organization.model_dump(mode="json"), **OPTIONS})
    cells = [
        cell.model_copy(update={"attachment": f"tgw-attach-{number:08x}"}) for number, cell in enumerate(registry.cells)
    ]
    return lay_ground(declared, registry.model_copy(update={"cells": cells}))


def test_with_every_option_there_is_no_finding_that_is_not_excused(everything):
    report = check(everything.assembly, on=date(2026, 11, 21), app=everything.app)

    assert report.judgement.unexcused == ()
    assert report.judgement.unused == ()
    assert report.passed
