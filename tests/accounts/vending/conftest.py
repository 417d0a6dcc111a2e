"""AWS in this process, new for each test."""

import pytest
from moto import mock_aws
from moto.organizations import models

from local.repairs.account_creation import AccountCreation, Quotas
from local.repairs.contacts import guard_contacts
from local.repairs.cost_tags import CostTags
from local.repairs.designations import take_designations
from local.repairs.identity_center import mend_identity_center
from local.repairs.lookups import remember_lookups
from local.repairs.organization_ends import guard_ends
from local.repairs.organizations import mend_organizations
from local.repairs.quotas import QuotaDesk
from local.repairs.root_access import give_root_access
from tests.accounts.vending.world import MANAGEMENT, World, organization, products_named


@pytest.fixture(scope="session")
def creation():
    """The creation of accounts as AWS does it. The emulator's classes are mended once for all tests."""
    mend_organizations()
    give_root_access()
    guard_contacts()
    guard_ends()
    mend_identity_center()
    take_designations()
    creation = AccountCreation()
    creation.install()
    remember_lookups()
    return creation


@pytest.fixture(scope="session")
def all_quotas():
    """Where requests for higher quotas end up. Installed once for all tests."""
    desk = QuotaDesk()
    desk.install()
    return desk


@pytest.fixture(scope="session")
def all_cost_tags():
    """What splits the bill. Installed once for all tests."""
    tags = CostTags()
    tags.install()
    return tags


@pytest.fixture
def cost_tags(all_cost_tags, monkeypatch):
    """The keys of tags that AWS has seen; none at first, and none is active."""
    seen = set()
    monkeypatch.setattr(all_cost_tags, "seen", lambda _: seen)
    monkeypatch.setattr(all_cost_tags, "_active", set())
    return seen


@pytest.fixture
def quotas(all_quotas):
    """No request was made yet."""
    all_quotas.clear()
    return all_quotas


@pytest.fixture
def aws(creation, monkeypatch):
    """An AWS in which nothing is."""
    # Whose keys nobody made. The variable MOTO_ACCOUNT_ID would also win over the roles of other accounts.
    monkeypatch.setattr("moto.iam.models.DEFAULT_ACCOUNT_ID", MANAGEMENT)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    creation.quotas = Quotas()
    with mock_aws():
        yield creation


@pytest.fixture(autouse=True)
def baselines(monkeypatch):
    """The state of the baseline of every account; None while no baseline is deployed. Everything is there at first."""
    states = {"of all": "current"}

    def baseline_states(clients, names, *, region):
        if states["of all"] is None:
            return {}
        organization = models.organizations_backends[MANAGEMENT]["aws"]
        return {one.id: states.get(one.id) or states["of all"] for one in organization.accounts}

    monkeypatch.setattr("accounts.vending.observe.baseline_states", baseline_states)
    monkeypatch.setattr("accounts.vending.baseline_gate.baseline_states", baseline_states)
    monkeypatch.setattr("accounts.vending.baseline_gate.FRESH_SECONDS", 0.0)
    return states


@pytest.fixture
def world(aws, tmp_path):
    """An organization of six platform accounts and one product, before it is there."""
    return World(tmp_path, organization(), products_named("acme-crm"), creation=aws)


@pytest.fixture
def few_services(monkeypatch):
    """Fewer services, policy types and administrators: their steps are all alike."""
    types = ("SERVICE_CONTROL_POLICY", "DECLARATIVE_POLICY_EC2")
    for module in ("services", "vending.policy_observation"):
        monkeypatch.setattr(f"accounts.{module}.POLICY_TYPES", types)
    monkeypatch.setattr(
        "accounts.services.TRUSTED_SERVICES",
        ("account.amazonaws.com", "config.amazonaws.com", "guardduty.amazonaws.com", "iam.amazonaws.com"),
    )
    monkeypatch.setattr(
        "accounts.services.ADMINISTRATORS",
        {"config.amazonaws.com": "security-tooling", "guardduty.amazonaws.com": "security-tooling"},
    )
