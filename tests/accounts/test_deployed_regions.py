"""Every account is bootstrapped where the CDK deploys something into it, and nowhere else."""

import pytest

from accounts.topology import topology_of
from accounts.vending.bootstrap_step import bootstraps_of
from constructs_lib.specs.registry import CellEntry

HOME, EDGE, FAR, FARTHER = "eu-west-1", "us-east-1", "eu-central-1", "ap-southeast-2"
PRODUCTS = {"acme-crm": ("dev", "prod")}


@pytest.fixture(scope="module")
def wide(organization):
    """Four governed regions, and cells may be in two of them."""
    return organization.model_copy(
        update={
            "governed_regions": (HOME, EDGE, FAR, FARTHER),
            "address_pools": {HOME: "10.0.0.0/10", FAR: "10.64.0.0/10"},
        }
    )


@pytest.fixture(scope="module")
def cells(registry):
    """A cell at home, one in two regions, and no other."""
    placed = (("dev", HOME, 1), ("prod", HOME, 2), ("prod", FAR, 1025))
    entries = tuple(
        CellEntry(
            product="acme-crm",
            environment=environment,
            region=region,
            account={"dev": "777777777777", "prod": "888888888888"}[environment],
            cidr=f"10.{number // 16}.{number % 16 * 16}.0/20",
            domain=f"crm-{environment}-{number}.example.com",
            state="active",
        )
        for environment, region, number in placed
    )
    return registry.model_copy(update={"cells": entries})


@pytest.fixture(scope="module")
def bootstrapped(wide, cells):
    topology = topology_of(wide, PRODUCTS, cells)
    return {
        account.name: [step.region for step in bootstraps_of(wide, account, account.id)]
        for account in topology.accounts
    }


def test_what_is_in_every_governed_region_is_bootstrapped_there(bootstrapped):
    assert bootstrapped["security-tooling"] == [HOME, EDGE, FAR, FARTHER]
    assert bootstrapped["management"] == [HOME, EDGE, FAR, FARTHER]


def test_the_log_archive_and_the_hub_are_bootstrapped_where_cells_are(bootstrapped):
    assert bootstrapped["log-archive"] == [HOME, EDGE, FAR]
    assert bootstrapped["network-hub"] == [HOME, EDGE, FAR]


def test_a_cell_is_bootstrapped_in_its_own_regions(bootstrapped):
    assert bootstrapped["acme-crm-prod"] == [HOME, EDGE, FAR]
    assert bootstrapped["acme-crm-dev"] == [HOME, EDGE]


def test_all_others_are_bootstrapped_at_home_and_where_cloudfront_is(bootstrapped):
    assert {name: bootstrapped[name] for name in ("shared-services", "ci-cd")} == {
        name: [HOME, EDGE] for name in ("shared-services", "ci-cd")
    }


def test_a_hub_without_a_record_of_addresses_has_nothing_in_other_regions(wide, cells):
    without = wide.model_copy(update={"network": wide.network.model_copy(update={"ipam": False})})

    assert topology_of(without, PRODUCTS, cells).account("network-hub").regions == (HOME, EDGE)


def test_a_region_that_is_not_governed_any_more_is_not_bootstrapped(organization, cells):
    """A guardrail closes it: the bootstrap would fail for ever."""
    topology = topology_of(organization, PRODUCTS, cells)

    assert topology.account("acme-crm-prod").regions == topology.account("network-hub").regions == (HOME, EDGE)


def test_every_stack_is_where_its_account_has_a_bucket_for_its_template(lay_ground, wide, cells, bootstrapped):
    ground = lay_ground(wide, cells, PRODUCTS)
    names = {one.id: one.name for one in topology_of(wide, PRODUCTS, cells).accounts}
    placed = {(names[stack.environment.account], stack.region) for stack in ground.assembly.stacks}

    assert {(name, region) for name, region in placed if region not in bootstrapped[name]} == set()
    assert {(name, region) for name, region in placed if region in (FAR, FARTHER)} == {
        (name, region)
        for name, regions in bootstrapped.items()
        for region in regions
        if region in (FAR, FARTHER) and not name.startswith("acme-crm")
    }
