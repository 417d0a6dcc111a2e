"""What only a person can do is told with its place in the console, looked for, and written down when it is there."""

import pytest
from moto.ssoadmin import models

from accounts.ledger import load_registry
from accounts.vending.manual_step import ManualStep
from local.properties import Properties
from local.repairs.identity_center import switch_identity_center
from tests.accounts.vending.world import MANAGEMENT, organization


def switch(enabled):
    place = {"account": MANAGEMENT, "region": "eu-west-1"}
    switch_identity_center(Properties({**place, "enabled": "yes" if enabled else "no"}))


@pytest.fixture
def world(world, few_services):
    world.spec = organization(identity_center=True)
    switch(False)
    return world


def recorded(world):
    return load_registry(world.registry_path).organization


def test_the_plan_says_what_to_do_and_where_without_naming_an_account(world):
    (step,) = [step for step in world.plan().steps if isinstance(step, ManualStep)]

    assert step.line().startswith("by hand: in the management account, enable IAM Identity Center in eu-west-1")
    assert step.console == "https://console.aws.amazon.com/singlesignon/home?region=eu-west-1"
    assert MANAGEMENT not in step.model_dump_json()


def test_it_waits_and_everything_else_is_done(world):
    applied = world.apply(world.plan())

    assert list(applied.waiting) == ["manual:identity-center"]
    assert "with --wait" in applied.waiting["manual:identity-center"]
    assert world.plan().names == ("manual:identity-center",)
    assert recorded(world).identity_center is None


def test_once_it_is_there_its_ids_are_in_the_registry(world):
    world.apply(world.plan())
    switch(True)

    world.apply(world.plan())

    (instance,) = models.ssoadmin_backends[MANAGEMENT]["eu-west-1"].instances
    assert recorded(world).identity_center == instance.instance_arn
    assert recorded(world).identity_store == instance.identity_store_id
    assert world.plan().steps == ()


def test_who_asks_to_wait_sees_it_come(world):
    def sleep(seconds):
        world.slept.append(seconds)
        switch(True)

    world.clients.patience.sleep = sleep

    applied = world.apply(world.plan(), wait=True)

    assert applied.waiting == {}
    assert "manual:identity-center" in applied.done
    assert recorded(world).identity_center is not None


def test_an_instance_of_another_account_is_not_the_organizations(world):
    world.apply(world.plan())
    switch(True)
    assert world.plan().steps == ()
    models.ssoadmin_backends[MANAGEMENT]["eu-west-1"].instances[0].account_id = "444455556666"

    assert world.plan().names == ("manual:identity-center",)


def test_who_does_not_want_it_is_not_asked(world):
    world.spec = organization()

    assert "manual:identity-center" not in world.plan().names
