"""What is set inside an account: no default VPC unless it is in use, encrypted volumes, long passwords."""

import pytest

from accounts.settings import AccountSettings, PasswordPolicy
from accounts.vending.account_room import AccountRoom
from accounts.vending.settings_step import SETTINGS_TAG, ApplySettings, settings_of
from constructs_lib.specs.errors import CellsError
from tests.accounts.vending.pictures import EMPTY, finished
from tests.accounts.vending.test_plan import PRODUCTS, changed, planned
from tests.accounts.vending.world import FULL, MANAGEMENT, Faults, Killed, World, organization, products_named

HOME, EDGE = "eu-west-1", "us-east-1"
ONLY = {"identity_center": False, "settings": {"bootstrap": False}}
"""Settings, and nothing that waits for anybody."""


@pytest.fixture
def world(aws, few_services, tmp_path):
    """Platform accounts only, as they are before anything is set in them."""
    world = World(tmp_path, organization(), {}, creation=aws)
    world.apply(world.plan())
    world.faults = Faults()
    world.spec = organization(**ONLY)
    return world


@pytest.fixture
def built(world):
    """One account that is set up."""
    room(world).apply(settings_of(world.spec))
    world.faults = Faults()
    return world


def room(world, name="log-archive"):
    return AccountRoom(world.clients, world.ids()[name])


def ec2(world, region=HOME, name="log-archive"):
    return world.clients.members.ec2(world.ids()[name], region)


def attach_gateway(client):
    """AWS's default VPC has one, the emulator's has none."""
    (vpc,) = client.describe_vpcs()["Vpcs"]
    gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc["VpcId"])


def test_a_run_sets_up_every_account_from_inside(world):
    plan = world.plan()
    world.apply(plan)

    settings = settings_of(world.spec)
    assert [step.kind for step in plan.steps] == ["apply-settings"] * 6
    assert {name: list(room(world, name).differences(settings)) for name in world.ids()} == dict.fromkeys(
        world.ids(), []
    )
    assert {one.tags.get(SETTINGS_TAG) for one in world.observe().accounts} == {settings.digest}
    assert world.plan().steps == ()


def test_each_account_is_entered_by_its_role_and_only_governed_regions_are_touched(built):
    assert [ec2(built, region).describe_vpcs()["Vpcs"] for region in (HOME, EDGE)] == [[], []]
    # A region that is not governed is closed by policy, and left as it is.
    assert len(ec2(built, "eu-central-1").describe_vpcs()["Vpcs"]) == 1
    assert len(ec2(built, name="ci-cd").describe_vpcs()["Vpcs"]) == 1


def test_other_settings_are_planned_and_applied_again(built):
    built.spec = organization(
        identity_center=False, settings={"bootstrap": False, "password_policy": {"max_age_days": 30}}
    )

    assert "apply-settings:log-archive" in built.plan().names
    room(built).apply(settings_of(built.spec))

    assert "apply-settings:log-archive" not in built.plan().names
    policy = built.clients.members.iam(built.ids()["log-archive"]).get_account_password_policy()["PasswordPolicy"]
    assert policy["MaxPasswordAge"] == 30


DIFFERENCES = [
    ("a default VPC", lambda world: ec2(world).create_default_vpc(), "there is a default VPC vpc-"),
    (
        "volumes",
        lambda world: ec2(world, EDGE).disable_ebs_encryption_by_default(),
        "new volumes are not encrypted by default in us-east-1",
    ),
    (
        "another password policy",
        lambda world: world.clients.members.iam(world.ids()["log-archive"]).update_account_password_policy(
            MinimumPasswordLength=8
        ),
        "the password policy is another one",
    ),
    (
        "no password policy",
        lambda world: world.clients.members.iam(world.ids()["log-archive"]).delete_account_password_policy(),
        "the password policy is another one",
    ),
]


@pytest.mark.parametrize(("spoil", "told"), [row[1:] for row in DIFFERENCES], ids=[row[0] for row in DIFFERENCES])
def test_what_somebody_changed_inside_is_seen_by_looking_inside(built, spoil, told):
    spoil(built)

    (difference,) = room(built).differences(settings_of(built.spec))

    assert difference.startswith(told)


def test_a_default_vpc_in_use_stays_whole_and_stops_its_account_only(world):
    client = ec2(world)
    subnet = client.describe_subnets()["Subnets"][0]["SubnetId"]
    interface = client.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]

    with pytest.raises(CellsError, match="^1 of 6 steps failed") as error:
        world.apply(world.plan())

    assert f"of the account {world.ids()['log-archive']} in eu-west-1 is in use by {interface}" in error.value.message
    assert "default_network" in error.value.hint
    assert len(client.describe_subnets()["Subnets"]) == 3
    assert world.plan().names == ("apply-settings:log-archive",)

    client.delete_network_interface(NetworkInterfaceId=interface)
    assert world.apply(world.plan()).done == ("apply-settings:log-archive",)
    assert client.describe_vpcs()["Vpcs"] == []


def test_a_network_of_its_own_is_never_touched(built):
    made = ec2(built).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    room(built).apply(settings_of(built.spec))

    assert [vpc["VpcId"] for vpc in ec2(built).describe_vpcs()["Vpcs"]] == [made]


def test_an_account_without_the_role_is_an_error_with_a_cure(world):
    world.faults = Faults(answers={"AssumeRole": ["AccessDenied"] * 5})

    with pytest.raises(CellsError, match="OrganizationAccountAccessRole of the account") as error:
        room(world).apply(settings_of(world.spec))

    assert "sts:AssumeRole" in error.value.message
    assert "trusted by the management account" in error.value.hint


def test_new_accounts_get_the_role_that_the_engine_comes_in_by(world, monkeypatch):
    asked = []
    client = world.clients.organizations
    monkeypatch.setattr(client, "create_account", lambda **request: asked.append(request["RoleName"]) or 1 / 0)
    world.products = products_named("acme-crm")

    with pytest.raises(ZeroDivisionError):
        world.apply(world.plan())

    assert asked == ["OrganizationAccountAccessRole"]


def test_a_role_that_is_not_everywhere_yet_is_waited_for(world):
    world.slept.clear()
    world.faults = Faults(answers={"AssumeRole": ["AccessDenied", "AccessDenied"]})

    room(world).apply(settings_of(world.spec))

    assert world.slept == [2.0, 4.0]


def test_without_settings_nothing_is_set():
    live = finished(organization(), PRODUCTS)

    assert not any(step.kind == "apply-settings" for step in planned(live).steps)
    assert not any(step.kind == "apply-settings" for step in planned(EMPTY).steps)


def test_one_step_for_an_account_says_everything_that_it_sets():
    spec = organization(**FULL)
    live = changed(
        finished(spec, PRODUCTS), "acme-crm-dev", tags=dict(finished(organization(), PRODUCTS).accounts[0].tags)
    )

    step = next(one for one in planned(live, spec).steps if isinstance(one, ApplySettings))

    assert step.settings.regions == ("eu-west-1", "us-east-1")
    assert step.settings.password_policy == PasswordPolicy()
    assert AccountSettings().default_network == "removed"


def test_an_account_leaves_onboarding_after_everything_in_it_is_done():
    spec = organization(**FULL)
    kinds = [step.kind for step in planned(EMPTY, spec).steps if getattr(step, "name", "") == "acme-crm-dev"]

    assert kinds == [
        "create-account",
        "move-account",
        "apply-settings",
        "wait-for-baseline",
        "bootstrap-account",
        "bootstrap-account",
        "move-account",
    ]


def test_an_account_that_a_killed_run_left_in_the_root_goes_through_onboarding():
    spec = organization(**FULL)
    live = changed(finished(spec, PRODUCTS), "acme-crm-dev", unit=(), tags={})
    live = live.model_copy(update={"baselines": {}})

    moves = [step for step in planned(live, spec).steps if step.kind == "move-account"]

    assert [(step.source, step.target) for step in moves] == [
        ((), ("Onboarding",)),
        (("Onboarding",), ("Workloads", "acme-crm")),
    ]


def test_settings_that_failed_keep_an_account_in_onboarding(world):
    world.products = products_named("acme-crm")
    world.faults = Faults(answers={"UpdateAccountPasswordPolicy": [None] * 6 + ["AccessDenied"]})

    with pytest.raises(CellsError, match="UpdateAccountPasswordPolicy|password policy") as error:
        world.apply(world.plan())

    assert "the credentials need UpdateAccountPasswordPolicy" in error.value.hint
    assert [one.unit for one in world.observe().accounts].count(("Onboarding",)) == 1
    world.apply(world.plan())
    assert ("Onboarding",) not in [one.unit for one in world.observe().accounts]


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_at_any_call_inside_an_account_is_mended_by_the_next_run(built, side):
    """All calls in one account and both regions; the others are alike."""
    settings = settings_of(built.spec)

    def spoiled():
        for region in (HOME, EDGE):
            client = ec2(built, region)
            if not client.describe_vpcs()["Vpcs"]:
                client.create_default_vpc()
                attach_gateway(client)
            client.disable_ebs_encryption_by_default()
        built.faults = Faults()

    spoiled()
    room(built).apply(settings)
    calls = built.faults.calls
    # A gateway has two calls; us-east-1 has six default subnets.
    assert len(calls) == (2 + 3 + 2) + (2 + 6 + 2) + 2

    for number in range(len(calls)):
        spoiled()
        built.faults = Faults(kill_at=number, side=side)
        with pytest.raises(Killed):
            room(built).apply(settings)
        built.faults = Faults()

        room(built).apply(settings)

        assert list(room(built).differences(settings)) == []


@pytest.mark.parametrize("operation", ["DetachInternetGateway", "DeleteInternetGateway", "DeleteSubnet", "DeleteVpc"])
def test_a_removal_whose_answer_was_lost_counts_as_done(built, operation):
    client = ec2(built)
    client.create_default_vpc()
    attach_gateway(client)
    built.faults = Faults(late={operation: ["RequestLimitExceeded"]})

    room(built).apply(settings_of(built.spec))

    assert client.describe_vpcs()["Vpcs"] == []


def test_the_management_account_is_set_up_with_its_own_credentials(built):
    assert built.clients.members.credentials(MANAGEMENT) is None
    assert built.clients.members.credentials(built.ids()["log-archive"]).token
