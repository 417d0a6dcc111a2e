"""What is looked up once is what would be looked up for every request."""

import subprocess
import sys

PROGRAM = """
from moto import backends
from moto.core import responses
from moto.guardduty.models import guardduty_backends
from moto.iam.models import iam_backends
from moto.organizations.responses import OrganizationsResponse
from local.repairs.lookups import remember_lookups

def looked_up(account):
    return (
        list(backends.list_of_moto_modules()),
        responses.method_names_from_class(OrganizationsResponse),
        guardduty_backends[account].regions,
        iam_backends[account].regions,
    )

before = looked_up("111111111111")
remember_lookups()
assert looked_up("222222222222") == looked_up("333333333333") == before
assert "eu-west-1" in before[2] and "create_account" in before[1] and "organizations" in before[0]
assert guardduty_backends["222222222222"].regions is not guardduty_backends["333333333333"].regions
"""


def test_services_methods_and_regions_are_those_of_the_emulator():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
