"""The example organization's guardrails as AWS gets them."""

import pytest

from accounts.policies.facts import facts_of
from accounts.policies.packing import policies_of
from accounts.policies.registry import GUARDRAILS


@pytest.fixture(scope="session")
def facts(organization, registry):
    return facts_of(organization, registry, "o-exampleorgid")


@pytest.fixture(scope="session")
def policies(facts):
    return policies_of(GUARDRAILS, facts)
