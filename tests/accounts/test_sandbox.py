from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from accounts.budgets import Budgets
from accounts.policies.exemption import CELL_DEPLOYMENT, STACK_SETS, VENDING
from accounts.policies.sandbox import SANDBOX_LIMITS
from accounts.sandbox_spec import Sandbox
from accounts.spec import OrganizationSpec
from accounts.stacks.sandbox import sandbox_stacks
from accounts.topology import SANDBOX, topology_of
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.registry import AccountEntry, Registry
from tests.accounts.platforms import Platform, templates, too_large

ROOT = Path(__file__).parents[2]
ANN = Sandbox(name="sandbox-ann", owner="ann@example.com", budget_usd=50, expires=date(2027, 6, 30))


@pytest.fixture(scope="module")
def sandboxes(lay_ground, organization, registry):
    known = {"sandbox-ann": AccountEntry(id="121212121212"), "sandbox-bob": AccountEntry(id="131313131313")}
    declared = organization.model_copy(update={"sandboxes": (ANN, "sandbox-bob", "sandbox-new"), "budgets": Budgets()})
    return lay_ground(declared, registry.model_copy(update={"accounts": {**registry.accounts, **known}}))


def budget(ground, stack):
    return ground.only(stack, "AWS::Budgets::Budget")["Properties"]


def test_a_sandbox_has_its_budget_by_the_month(sandboxes):
    declared = budget(sandboxes, "Sandbox-sandbox-ann")["Budget"]

    assert declared["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    assert (declared["TimeUnit"], declared["BudgetType"]) == ("MONTHLY", "COST")


def test_a_name_alone_gets_the_default_budget(sandboxes):
    assert budget(sandboxes, "Sandbox-sandbox-bob")["Budget"]["BudgetLimit"]["Amount"] == 100


def test_the_owner_is_told_before_and_when_the_budget_is_spent(sandboxes):
    told = budget(sandboxes, "Sandbox-sandbox-ann")["NotificationsWithSubscribers"]

    assert [(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in told] == [
        ("ACTUAL", 50),
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    for one in told:
        assert one["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": "ann@example.com"}]


def test_without_an_owner_the_root_address_is_told(sandboxes):
    told = budget(sandboxes, "Sandbox-sandbox-bob")["NotificationsWithSubscribers"]

    assert told[0]["Subscribers"][0]["Address"] == "aws+sandbox-bob@example.com"


def test_no_more_are_told_than_a_budget_takes(lay_ground, organization, registry):
    many = organization.budgets.model_copy(update={"notify": tuple(f"n{number}@example.com" for number in range(10))})
    declared = organization.model_copy(update={"sandboxes": (ANN,), "budgets": many})
    known = {**registry.accounts, "sandbox-ann": AccountEntry(id="121212121212")}
    ground = lay_ground(declared, registry.model_copy(update={"accounts": known}))

    addresses = [
        one["Address"]
        for one in budget(ground, "Sandbox-sandbox-ann")["NotificationsWithSubscribers"][0]["Subscribers"]
    ]
    assert addresses[0] == "ann@example.com"
    assert len(addresses) == 10


def test_a_sandbox_that_is_not_vended_has_no_stack_yet(sandboxes):
    assert {stack.id for stack in sandboxes.assembly.stacks if stack.id.startswith("Sandbox-")} == {
        "Sandbox-sandbox-ann",
        "Sandbox-sandbox-bob",
    }


def test_a_sandbox_is_deployed_by_who_may_change_its_budget(sandboxes):
    """The guardrail lets the vending engine only, so the stack goes past the bootstrap roles of the account."""
    keep = next(one for one in SANDBOX_LIMITS.statements if one.sid == "KeepBudget")

    assert "budgets:ModifyBudget" in keep.actions
    assert keep.exempt == (VENDING, STACK_SETS)
    assert CELL_DEPLOYMENT not in keep.exempt
    assert "assumeRoleArn" not in sandboxes.artifact("Sandbox-sandbox-ann")


def test_owner_and_last_day_are_tags_of_the_account(organization):
    tree = topology_of(organization.model_copy(update={"sandboxes": (ANN, "sandbox-bob")}), {}, Registry())

    ann, bob = tree.inside(SANDBOX)
    assert (ann.tags["owner"], ann.tags["expires"]) == ("ann@example.com", "2027-06-30")
    assert not {"owner", "expires"} & set(bob.tags)


def test_fifty_sandboxes_stay_small_and_a_new_one_changes_no_other(organization, registry, tmp_path):
    def stacks(count, folder):
        names = [f"sandbox-{number:02d}" for number in range(count)]
        known = {name: AccountEntry(id=f"{800_000_000_000 + number:012d}") for number, name in enumerate(names)}
        platform = Platform(
            organization.model_copy(update={"sandboxes": tuple(names)}),
            registry.model_copy(update={"accounts": {**registry.accounts, **known}}),
            {},
        )
        return templates(sandbox_stacks, platform, folder)

    many, more = stacks(50, tmp_path / "many"), stacks(51, tmp_path / "more")
    assert len(many) == 50
    assert too_large(many) == {}
    assert many.items() <= more.items()


def test_a_sandbox_is_declared_by_its_name_or_in_full(tmp_path):
    path = tmp_path / "organization.yaml"
    example = (ROOT / "accounts" / "organization.yaml").read_text()
    path.write_text(
        f"{example}\nsandboxes:\n  - sandbox-bob\n"
        "  - {name: sandbox-ann, owner: ann@example.com, budget_usd: 50, expires: 2027-06-30}\n"
    )

    assert load_spec(path, OrganizationSpec).declared_sandboxes == (Sandbox(name="sandbox-bob"), ANN)


def test_the_last_day_still_counts():
    assert not ANN.expired(date(2027, 6, 30))
    assert ANN.expired(date(2027, 7, 1))
    assert not Sandbox(name="sandbox-bob").expired(date(2999, 1, 1))


@pytest.mark.parametrize(
    "name,changes",
    [
        ("a budget of nothing", {"budget_usd": 0}),
        ("a day that is none", {"expires": "soon"}),
        ("an owner that is no address", {"owner": "ann"}),
    ],
)
def test_a_sandbox_that_cannot_be_is_refused(name, changes):
    with pytest.raises(ValidationError, match=next(iter(changes))):
        Sandbox.model_validate({"name": "sandbox-ann", **changes})
