"""How large the templates are of an organization with two hundred products, each in three environments."""

import json

import pytest

from accounts.budgets import Budgets
from accounts.people import Group
from constructs_lib.specs.registry import CellEntry

PRODUCTS = {f"product-{number:03}": ("dev", "staging", "prod") for number in range(200)}
MOST_RESOURCES = 500 * 80 // 100
MOST_BYTES = 1_000_000 * 80 // 100
OURS = ("Cost", "LogArchive", "People", "SecurityTooling")
GROUPS = ("deployer", "developer", "read-only", "auditor")


@pytest.fixture(scope="module")
def large(lay_ground, organization, registry):
    cells = tuple(
        CellEntry(
            product=product,
            environment=environment,
            region="eu-west-1",
            account=f"{200_000_000_000 + 3 * number + step}",
            cidr=f"10.{number // 50}.{(number % 50) * 5 + step}.0/24",
            domain=f"{product}-{environment}.example.com",
            state="active",
        )
        for number, product in enumerate(PRODUCTS)
        for step, environment in enumerate(PRODUCTS[product])
    )
    people = {
        f"group-{name}": Group.model_validate(
            {
                "id": f"90670abc-1234-5678-9abc-def01234567{index}",
                "assignments": [{"permission_set": name, "units": ["Workloads", "Security", "Shared Services"]}],
            }
        )
        for index, name in enumerate(GROUPS)
    }
    budgets = Budgets(cells={"dev": 1, "staging": 1, "prod": 1}, notify=("billing@example.com",))
    spec = organization.model_copy(update={"people": people, "budgets": budgets})
    # The hub and shared services are another matter, with tests of their own.
    monkeypatch = pytest.MonkeyPatch()
    for others in ("network_hub.network_stacks", "shared_services.shared_services_stacks"):
        monkeypatch.setattr(f"accounts.stacks.{others}", lambda *_: [])
    try:
        return lay_ground(spec, registry.model_copy(update={"cells": cells}), PRODUCTS)
    finally:
        monkeypatch.undo()


def test_no_template_is_over_four_fifths_of_what_cloudformation_takes(large):
    sizes = {}
    for stack in large.assembly.stacks:
        if stack.id.startswith(OURS):
            file = large.assembly.directory / f"{stack.id}.template.json"
            sizes[stack.id] = (len(large.template(stack.id).to_json()["Resources"]), file.stat().st_size)

    assert len(sizes) > 200
    assert {id: size for id, size in sizes.items() if size[0] > MOST_RESOURCES or size[1] > MOST_BYTES} == {}


def test_every_cell_has_its_budget_and_every_group_its_assignments(large):
    assert len(large.all("CostBudgets-prod", "AWS::Budgets::Budget")) == 200
    assert len(large.all("People-product-007", "AWS::SSO::Assignment")) == 3 * len(GROUPS)


def test_a_rule_of_a_cost_category_names_a_hundred_accounts_at_most(large):
    for category in large.all("Cost", "AWS::CE::CostCategory"):
        rules = json.loads(category["Properties"]["Rules"])
        assert len(rules) <= 500
        assert max(len(rule["Rule"]["Dimensions"]["Values"]) for rule in rules) <= 100


def test_bucket_policies_do_not_grow_with_the_products(large, ground):
    assert large.template("LogArchive").to_json() == ground.template("LogArchive").to_json()
