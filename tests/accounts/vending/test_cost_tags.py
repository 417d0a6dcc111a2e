"""Cost allocation tags: activated once AWS has seen them, told until then."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from pydantic import ValidationError

from accounts.vending.cost_tags import CostTag, activate, read_cost_tags
from accounts.vending.members import Members
from accounts.vending.patience import Patience
from accounts.vending.waits import Waits
from constructs_lib.specs.errors import CellsError
from tests.accounts.vending.pictures import finished
from tests.accounts.vending.test_plan import planned
from tests.accounts.vending.world import Faults, Killed, organization

CLIENTS = SimpleNamespace(patience=Patience(lambda _: None))
"""Clients without any AWS."""
TAGS = {"budgets": {"cost_allocation_tags": ["product", "environment"]}}


@pytest.fixture
def world(world, few_services, cost_tags):
    """Built, before any tag is declared."""
    world.apply(world.plan())
    world.faults = Faults()
    world.spec = organization(**TAGS)
    return world


def notes(world):
    return [note for note in world.plan().notes if "cost allocation" in note]


def test_a_tag_that_aws_has_seen_is_activated(world, cost_tags):
    cost_tags.update(("product", "environment", "owner"))

    plan = world.plan()
    world.apply(plan)

    assert plan.names == ("activate-cost-tag:product", "activate-cost-tag:environment")
    assert world.observe().cost_tags == {"product": "Active", "environment": "Active"}
    assert (world.plan().steps, notes(world)) == ((), [])


def test_a_tag_that_aws_has_not_seen_is_no_step_and_the_plan_says_what_it_waits_for(world, cost_tags):
    cost_tags.add("product")

    assert world.plan().names == ("activate-cost-tag:product",)
    assert [note.partition(";")[0] for note in notes(world)] == [
        "cost allocation tags wait until AWS has seen them: environment"
    ]


def test_a_tag_that_aws_sees_after_a_plan_was_approved_is_for_the_next_plan(world, cost_tags):
    cost_tags.add("product")
    approved = world.plan()
    cost_tags.add("environment")

    assert world.apply(approved).done == ("activate-cost-tag:product",)
    assert world.plan().names == ("activate-cost-tag:environment",)


def test_a_run_that_was_killed_after_it_activated_a_tag_goes_on(world, cost_tags):
    cost_tags.update(("product", "environment"))
    plan = world.plan()
    world.faults = Faults(kill_at=1, side="after")
    with pytest.raises(Killed):
        world.apply(plan)
    world.faults = Faults()

    world.apply(plan, break_lock=True)

    assert world.observe().cost_tags == {"product": "Active", "environment": "Active"}


def test_a_tag_that_aws_says_it_has_not_seen_is_a_wait(world, cost_tags):
    with pytest.raises(Waits, match="AWS has not seen it on a resource yet"):
        activate(world.clients, "product")


def test_a_tag_that_aws_refuses_is_an_error_with_its_words(monkeypatch):
    class Refusing:
        def update_cost_allocation_tags_status(self, *, CostAllocationTagsStatus):
            return {"Errors": [{"TagKey": "product", "Code": "InternalException", "Message": "try later"}]}

    monkeypatch.setattr("accounts.vending.cost_tags._client", lambda _: Refusing())

    with pytest.raises(CellsError, match=r"product was not activated: try later \(InternalException\)"):
        activate(CLIENTS, "product")


def test_before_anybody_opened_cost_explorer_no_tag_is_known(monkeypatch):
    said = "User not enabled for cost explorer access"
    monkeypatch.setattr("accounts.vending.cost_tags._client", lambda _: Closed(said))

    assert read_cost_tags(CLIENTS, ["product"]) == {}


def test_credentials_that_may_not_read_them_are_an_error_that_names_the_call(monkeypatch):
    said = "User: x is not authorized to perform: ce:ListCostAllocationTags"
    monkeypatch.setattr("accounts.vending.cost_tags._client", lambda _: Closed(said))

    with pytest.raises(CellsError) as refused:
        read_cost_tags(CLIENTS, ["product"])

    assert refused.value.hint.startswith("the credentials need ce:ListCostAllocationTags")


def test_all_pages_are_read(monkeypatch):
    monkeypatch.setattr("accounts.vending.cost_tags._client", lambda _: Paged())

    assert read_cost_tags(CLIENTS, ["b", "a"]) == {"a": "Active", "b": "Inactive"}


def test_nobody_is_asked_when_no_tag_is_declared(monkeypatch):
    monkeypatch.setattr("accounts.vending.cost_tags._client", lambda _: pytest.fail("asked"))

    assert read_cost_tags(CLIENTS, []) == {}


def test_a_member_account_cannot_split_the_bill(world, cost_tags):
    client = Members(world.clients).open("ce", world.ids()["log-archive"], "us-east-1")

    with pytest.raises(ClientError, match="Linked account doesn't have access"):
        client.list_cost_allocation_tags()


def test_offline_every_declared_tag_counts_as_active():
    spec = organization(**TAGS)

    assert planned(finished(spec, {}), spec, {}).steps == ()


@pytest.mark.parametrize("tag", ["aws:createdBy", "", "x" * 129])
def test_a_key_that_is_not_ones_own_is_no_declaration(tag):
    with pytest.raises(ValidationError, match="cost_allocation_tags"):
        organization(budgets={"cost_allocation_tags": [tag]})


class Closed:
    """Cost Explorer that answers nobody."""

    def __init__(self, said):
        self.said = said

    def list_cost_allocation_tags(self, **_):
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": self.said}}, "ListCostAllocationTags")


class Paged:
    """Cost Explorer with one tag on each page."""

    def list_cost_allocation_tags(self, *, TagKeys, Type, NextToken=""):
        assert (TagKeys, Type) == (["a", "b"], "UserDefined")
        if NextToken:
            return {"CostAllocationTags": [CostTag(TagKey="b", Status="Inactive")]}
        return {"CostAllocationTags": [CostTag(TagKey="a", Status="Active")], "NextToken": "more"}
