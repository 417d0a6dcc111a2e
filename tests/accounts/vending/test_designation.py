"""Services that want to be told themselves are told, in each governed region, and once."""

import pytest

from accounts.vending.designation import Designation
from accounts.vending.words import name_of
from tests.accounts.vending.world import Faults, Killed, session

REGIONS = ("eu-west-1", "us-east-1")
CALLS = {
    "guardduty": "EnableOrganizationAdminAccount",
    "securityhub": "EnableOrganizationAdminAccount",
    "inspector2": "EnableDelegatedAdminAccount",
}


@pytest.fixture
def built(world):
    world.apply(world.plan())
    return world


@pytest.fixture
def asked(built, monkeypatch):
    """The operations that a designation asks for, by service and region."""
    calls = []
    original = built.clients.open

    def opened(service, region=None, credentials=None):
        client = original(service, region, credentials)
        client.meta.events.register("before-call", lambda model, **_: calls.append((service, region, model.name)))
        return client

    monkeypatch.setattr(built.clients, "open", opened)
    return calls


def administrators(service, region):
    client = session().client(service, region_name=region)
    if service == "inspector2":
        return {one["accountId"] for one in client.list_delegated_admin_accounts()["delegatedAdminAccounts"]}
    found = client.list_organization_admin_accounts()["AdminAccounts"]
    return {one.get("AdminAccountId") or one.get("AccountId") for one in found}


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("region", REGIONS)
def test_detection_is_administered_by_security_tooling_in_each_region(built, service, region):
    assert administrators(service, region) == {built.ids()["security-tooling"]}


@pytest.mark.parametrize("service", CALLS)
def test_a_service_that_knows_its_administrator_is_not_told_again(built, asked, service):
    account = built.ids()["security-tooling"]
    Designation(built.clients, REGIONS).designate(f"{service}.amazonaws.com", account)

    assert CALLS[service] not in {name for _, _, name in asked}
    assert {region for _, region, _ in asked} == set(REGIONS)


@pytest.mark.parametrize(
    ("principal", "name", "call"),
    [
        ("ipam.amazonaws.com", "network-hub", ("ec2", "eu-west-1", "EnableIpamOrganizationAdminAccount")),
        (
            "cloudtrail.amazonaws.com",
            "security-tooling",
            ("cloudtrail", "eu-west-1", "RegisterOrganizationDelegatedAdmin"),
        ),
    ],
)
def test_a_service_that_has_no_regions_is_told_once(built, asked, principal, name, call):
    Designation(built.clients, REGIONS).designate(principal, built.ids()[name])

    assert asked == [call]


def test_sharing_within_the_organization_is_turned_on_with_its_service(built, asked):
    Designation(built.clients, REGIONS).enable("ram.amazonaws.com")

    assert asked == [("ram", "eu-west-1", "EnableSharingWithAwsOrganization")]


def test_a_service_to_which_registering_is_enough_is_not_told(built, asked):
    designation = Designation(built.clients, REGIONS)
    designation.designate("config.amazonaws.com", built.ids()["security-tooling"])
    designation.enable("config.amazonaws.com")

    assert asked == []


def test_a_service_that_was_told_in_one_region_only_is_in_the_next_plan(world):
    """As when a run is killed between two regions: AWS Organizations has the administrator already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Designation, "designate", lambda *_: None)
        world.apply(world.plan())
    account = world.ids()["security-tooling"]
    session().client("guardduty", region_name=REGIONS[0]).enable_organization_admin_account(AdminAccountId=account)

    plan = world.plan()

    told = {f"{service}.amazonaws.com" for service in CALLS}
    assert {step.principal for step in plan.steps} == told
    world.apply(plan)
    assert administrators("guardduty", REGIONS[1]) == {account}
    assert world.plan().steps == ()


def test_a_region_that_is_governed_from_now_on_is_told(built):
    built.spec = built.spec.model_copy(update={"governed_regions": (*REGIONS, "eu-central-1")})

    plan = built.plan()

    assert {step.kind for step in plan.steps} >= {"register-administrator"}
    built.apply(plan)
    assert administrators("inspector2", "eu-central-1") == {built.ids()["security-tooling"]}
    assert built.plan().steps == ()


@pytest.mark.parametrize("killed_again", [False, True])
def test_a_run_that_was_killed_between_two_regions_goes_on_with_the_next_one(world, killed_again):
    """GuardDuty: the emulator has one answer for all regions of the other two."""
    principal, step = "guardduty.amazonaws.com", "register-administrator:guardduty.amazonaws.com"
    world.apply(world.plan().chosen(lambda one: one.kind != "register-administrator"))
    world.faults = Faults(kill_at=1, side="before")
    with pytest.raises(Killed):
        world.apply(world.plan().chosen(lambda one: step in name_of(one)))
    world.faults = Faults()
    account = world.ids()["security-tooling"]
    assert [administrators("guardduty", region) for region in REGIONS] == [{account}, set()]
    # In AWS the first region that is told registers the account with Organizations.
    session().client("organizations").register_delegated_administrator(AccountId=account, ServicePrincipal=principal)

    assert step in world.plan().names
    if killed_again:
        world.faults = Faults(kill_at=0, side="after")
        with pytest.raises(Killed):
            world.apply(world.plan().chosen(lambda one: step in name_of(one)), break_lock=True)
        world.faults = Faults()
    world.apply(world.plan(), break_lock=True)

    assert [administrators("guardduty", region) for region in REGIONS] == [{account}, {account}]
    assert step not in world.plan().names
