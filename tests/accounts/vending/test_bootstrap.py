"""Every account is prepared for the CDK, in two regions, trusted by nobody, with the policy of its baseline."""

import pytest
from botocore.stub import Stubber

from accounts.platform_policies import platform_policies
from accounts.vending.account_changes import AccountChanges, toolkit_parameters
from accounts.vending.bootstrap_step import BootstrapAccount, bootstrap_tag
from accounts.vending.inside import bootstraps_inside, policies_inside
from accounts.vending.managed_policies import ManagedPolicies
from accounts.vending.platform_policies_step import platform_policies_of
from accounts.vending.waits import Watch
from constructs_lib.specs.errors import CellsError
from tests.accounts.vending.pictures import EMPTY, finished
from tests.accounts.vending.test_plan import PRODUCTS, changed, planned
from tests.accounts.vending.world import BARE, MANAGEMENT, Faults, Killed, organization

BOOTSTRAP = {"settings": {**BARE["settings"], "bootstrap": True}}


@pytest.fixture
def spec():
    return organization(**BOOTSTRAP)


@pytest.fixture
def world(world, few_services, spec):
    world.spec = spec
    return world


def test_every_account_is_prepared_at_home_and_where_cloudfront_is(spec):
    steps = [step for step in planned(EMPTY, spec).steps if isinstance(step, BootstrapAccount)]

    assert {step.region for step in steps} == {"eu-west-1", "us-east-1"}
    assert len(steps) == 9 * 2
    policies = {step.name: step.execution_policy for step in steps}
    assert policies["acme-crm-prod"] == "cell-cloudformation-execution"
    assert policies["management"] == policies["ci-cd"] == "platform-cloudformation-execution"


def test_the_policy_is_the_accounts_own():
    step = BootstrapAccount(name="a", account=None, region="eu-west-1", execution_policy="mine")

    assert step.policy_arn("444455556666", "aws-cn") == "arn:aws-cn:iam::444455556666:policy/mine"


def test_a_run_bootstraps_with_the_credentials_of_each_account(world):
    applied = world.apply(world.plan())

    made = {(account, region): rest for account, region, *rest in world.bootstrapper.made}
    assert len(made) == 9 * 2
    policy, untrust, token = made[(applied.accounts["acme-crm-dev"], "us-east-1")]
    assert policy == f"arn:aws:iam::{applied.accounts['acme-crm-dev']}:policy/cell-cloudformation-execution"
    assert untrust == ()
    assert token
    assert made[(MANAGEMENT, "eu-west-1")][2] is None
    assert world.plan().steps == ()
    assert world.apply(world.plan()).done == ()
    assert len(world.bootstrapper.made) == 9 * 2


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_at_a_bootstrap_is_mended_by_the_next_run(world, side):
    world.spec = organization()
    world.apply(world.plan())
    world.spec = organization(**BOOTSTRAP)
    plan = world.plan()
    assert {step.kind for step in plan.steps} == {"put-platform-policies", "bootstrap-account"}

    # Each step has calls of its own and the tag that remembers it.
    for number in (0, 1, 2, 3, 4, 7, 20):
        world.faults = Faults(kill_at=number, side=side)
        with pytest.raises(Killed):
            world.apply(plan, break_lock=True)
    world.faults = Faults()

    world.apply(plan, break_lock=True)

    assert len({entry[:2] for entry in world.bootstrapper.made}) == 18
    assert world.plan().steps == ()


def test_another_policy_is_another_bootstrap(spec):
    live = finished(spec, PRODUCTS)
    old = {**live.account(email="aws+acme-crm-dev@example.com").tags, bootstrap_tag("eu-west-1"): "0123456789abcdef"}

    assert planned(changed(live, "acme-crm-dev", tags=old), spec).names == ("bootstrap-account:acme-crm-dev:eu-west-1",)


def test_a_policy_that_the_baseline_brings_is_waited_for(spec):
    live = finished(spec, PRODUCTS)
    tags = {key: value for key, value in live.accounts[0].tags.items() if not key.startswith("cells:")}
    spoiled = changed(live, "acme-crm-dev", tags={**tags, "product": "acme-crm", "environment": "dev"})

    names = planned(spoiled.model_copy(update={"baselines": {}}), spec).names

    assert [name.partition(":")[0] for name in names] == ["wait-for-baseline", "bootstrap-account", "bootstrap-account"]


def test_without_anybody_who_runs_it_the_step_waits(world):
    plan = world.plan()
    world.bootstrapper = None

    applied = world.apply(plan)

    assert any("cells org bootstrap" in reason for reason in applied.waiting.values())
    # Who cannot be deployed into is not let out.
    assert {one.unit for one in applied.live.accounts if one.name == "acme-crm-dev"} == {("Onboarding",)}


def test_a_bootstrap_that_failed_keeps_its_account_in_onboarding(world):
    def fail(account, region, **_):
        raise CellsError(f"account {account} was not bootstrapped in {region}: said the test")

    world.bootstrapper.bootstrap = fail

    with pytest.raises(CellsError, match="was not bootstrapped in eu-west-1: said the test"):
        world.apply(world.plan())

    members = [one for one in world.observe().accounts if one.id != MANAGEMENT]
    assert {one.unit for one in members} == {("Onboarding",)}


def test_a_region_that_is_governed_from_now_on_is_bootstrapped_where_something_is_deployed(world):
    world.apply(world.plan())
    world.spec = world.spec.model_copy(update={"governed_regions": ("eu-west-1", "us-east-1", "eu-central-1")})
    plan = world.plan().of_kinds(("bootstrap-account",))
    made, tooling = len(world.bootstrapper.made), world.ids()["security-tooling"]

    assert plan.names == (
        "bootstrap-account:management:eu-central-1",
        "bootstrap-account:security-tooling:eu-central-1",
    )
    # The first bootstrap has been done then, and no tag says so.
    world.faults = Faults(kill_at=0, side="after")
    with pytest.raises(Killed):
        world.apply(plan, break_lock=True)
    world.faults = Faults()
    world.apply(plan, break_lock=True)

    there = {entry[:2] for entry in world.bootstrapper.made[made:]}
    assert there == {(MANAGEMENT, "eu-central-1"), (tooling, "eu-central-1")}
    assert not [name for name in world.plan().names if name.startswith("bootstrap-account")]


def test_a_bootstrap_that_somebody_deleted_in_a_further_region_is_drift(world, few_services, monkeypatch):
    world.spec = world.spec.model_copy(update={"governed_regions": ("eu-west-1", "us-east-1", "eu-central-1")})
    world.apply(world.plan())
    account = world.ids()["security-tooling"]
    policy = f"arn:aws:iam::{account}:policy/platform-cloudformation-execution"
    monkeypatch.setattr(
        "accounts.vending.inside.toolkit_parameters",
        lambda _, __, region: {} if region == "eu-central-1" else {"CloudFormationExecutionPolicies": policy},
    )
    [tooling] = [one for one in world.topology.accounts if one.name == "security-tooling"]
    [there] = [one for one in world.observe().accounts if one.id == account]

    [finding] = list(bootstraps_inside(world.clients, world.spec, tooling, there))

    assert finding.name == "account:security-tooling:bootstrap:eu-central-1"
    assert "there is no CDKToolkit" in finding.line
    assert [step.remove for step in finding.revert] == [("cells:bootstrap:eu-central-1",)]


def test_only_what_somebody_chose_is_bootstrapped(world):
    world.spec = organization()
    world.apply(world.plan())
    world.spec = organization(**BOOTSTRAP)

    chosen = world.plan().of_kinds(("bootstrap-account",), ("acme-crm-dev",))
    applied = world.apply(chosen)

    assert applied.done == ("bootstrap-account:acme-crm-dev:eu-west-1", "bootstrap-account:acme-crm-dev:us-east-1")
    assert len(world.plan().steps) == 16 + 6


def test_who_an_earlier_bootstrap_trusts_is_taken_out(world, monkeypatch):
    trusted = {"TrustedAccounts": "444455556666,777788889999", "TrustedAccountsForLookup": "444455556666"}
    monkeypatch.setattr("accounts.vending.account_changes.toolkit_parameters", lambda *_: trusted)
    plan = world.plan()
    first = next(step for step in plan.steps if step.kind == "bootstrap-account" and step.name == "management")
    rooms = AccountChanges(world.clients, "eu-west-1", world.bootstrapper, Watch(world.clients.patience, on=False))
    world.clients.organizations.create_organization(FeatureSet="ALL")

    rooms.make(first, MANAGEMENT)

    assert world.bootstrapper.made[0][3] == ("444455556666", "777788889999")


def test_accounts_that_were_trusted_are_named(world):
    client = world.clients.open("cloudformation", "eu-west-1")
    world.clients.members.cloudformation = lambda account, region: client
    parameters = [{"ParameterKey": "TrustedAccounts", "ParameterValue": "444455556666,777788889999"}]
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", {"Stacks": [stack(parameters)]}, {"StackName": "CDKToolkit"})
        assert toolkit_parameters(world.clients, MANAGEMENT, "eu-west-1") == {
            "TrustedAccounts": "444455556666,777788889999"
        }
        stub.add_client_error("describe_stacks", "ValidationError", "Stack with id CDKToolkit does not exist")
        assert toolkit_parameters(world.clients, MANAGEMENT, "eu-west-1") == {}


def stack(parameters):
    return {
        "StackName": "CDKToolkit",
        "CreationTime": "2026-11-01T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "Parameters": parameters,
    }


def test_the_platform_s_policies_are_there_before_its_bootstrap_and_wait_for_no_baseline(spec):
    chain = [step.kind for step in planned(EMPTY, spec).steps if getattr(step, "name", "") == "security-tooling"]

    assert chain.index("put-platform-policies") < chain.index("bootstrap-account")
    assert "wait-for-baseline" not in chain
    management = [step.kind for step in planned(EMPTY, spec).steps if getattr(step, "name", "") == "management"]
    assert management[:3] == ["tag-account", "put-platform-policies", "bootstrap-account"]
    cell = [step.kind for step in planned(EMPTY, spec).steps if getattr(step, "name", "") == "acme-crm-dev"]
    assert "put-platform-policies" not in cell


def test_a_run_makes_the_policies_that_it_bootstraps_with(world):
    applied = world.apply(world.plan())

    for name in ("management", "security-tooling"):
        account = applied.accounts.get(name, MANAGEMENT)
        step = platform_policies_of(world.spec, world.topology.account(name), account)
        wanted = platform_policies(step.access, account=account, partition="aws")
        assert set(wanted) == {"platform-cloudformation-execution", "platform-permission-boundary"}
        assert list(ManagedPolicies(world.clients, account).differences(wanted)) == []


def test_another_policy_is_another_version_and_old_ones_make_room(world):
    world.apply(world.plan())
    policies = ManagedPolicies(world.clients, MANAGEMENT)
    iam = world.clients.members.iam(MANAGEMENT)
    arn = f"arn:aws:iam::{MANAGEMENT}:policy/platform-permission-boundary"

    for number in range(6):
        statement = {"Sid": f"V{number}", "Effect": "Deny", "Action": "*", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        policies.put({"platform-permission-boundary": document})
        policies.put({"platform-permission-boundary": document})

    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [one["VersionId"] for one in versions if one["IsDefaultVersion"]] == ["v7"]
    assert len(versions) == 5
    assert list(policies.differences({"platform-permission-boundary": document})) == []


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_kill_while_policies_are_made_is_mended_by_the_next_run(world, side, number):
    world.spec = organization()
    world.apply(world.plan())
    world.spec = organization(**BOOTSTRAP)
    chosen = world.plan().of_kinds(("put-platform-policies",), ("log-archive",))

    world.faults = Faults(kill_at=number, side=side)
    if number < 3:
        with pytest.raises(Killed):
            world.apply(chosen)
    world.faults = Faults()
    world.apply(chosen, break_lock=True)

    assert "put-platform-policies:log-archive" not in world.plan().names


def test_a_policy_that_somebody_changed_is_drift(world, few_services):
    world.apply(world.plan())
    account = world.ids()["log-archive"]
    iam = world.clients.members.iam(account)
    iam.create_policy_version(
        PolicyArn=f"arn:aws:iam::{account}:policy/platform-cloudformation-execution",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        SetAsDefault=True,
    )
    log_archive = world.topology.account("log-archive")
    there = next(one for one in world.observe().accounts if one.id == account)
    found = list(policies_inside(world.clients, world.spec, log_archive, there))

    assert [one.line for one in found] == [
        f"account log-archive ({account}): the policy platform-cloudformation-execution says something else; after "
        "--revert, cells org apply sets it again"
    ]
