"""Products: every row of docs/products.md is true of the synthesized templates."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from assembly.load import CloudAssembly
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.idle_cost import LEFT_OUT, idle_cost_of
from tests.cells.billing import LEFT_OUT_TYPES, is_known, line_of

PAGE = Path(__file__).parents[2] / "docs" / "products.md"
STACKS = {
    "Foundation": "ProductCell-Foundation",
    "Data": "ProductCell-Data",
    "Service": "ProductCell-Service",
    "Edge": "ProductCell-Edge",
    "Cell": "ProductCell",
}


def rows_of(page: str) -> list[tuple[str, ...]]:
    """Product, what is asked, stack, type, property and value, for every row of every table."""
    product, found = "", []
    for line in page.splitlines():
        if line.startswith("## "):
            product = line.removeprefix("## ").strip()
        elif line.startswith("| ") and not line.startswith("| what is asked"):
            found.append((product, *(cell.strip() for cell in line.strip("|").split(" | "))))
    return found


ROWS = rows_of(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def assemblies(product_cell: Callable[[str, str], Path]) -> Callable[[str], CloudAssembly]:
    done: dict[str, CloudAssembly] = {}

    def of(product: str) -> CloudAssembly:
        if product not in done:
            done[product] = CloudAssembly.load(product_cell(product, "prod"))
        return done[product]

    return of


def at(value: JsonValue, path: str) -> JsonValue:
    for step in path.split("."):
        if isinstance(value, list):
            value = {
                str(one["Id"]) if "Id" in one else str(one["Key"]): one if "Id" in one else one["Value"]
                for one in value
                if isinstance(one, dict) and ("Id" in one or "Key" in one)
            }
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def test_the_page_has_a_table_for_every_product_it_names() -> None:
    assert {row[0] for row in ROWS} == {"webapp", "shop3d", "nexusstream", "nerdwork"}
    assert len(ROWS) > 25
    assert all(len(row) == 6 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1]}")
def test_what_the_page_says_is_in_the_template(
    row: tuple[str, ...], assemblies: Callable[[str], CloudAssembly]
) -> None:
    product, _, stack, type, path, value = row
    found = assemblies(product).stack(STACKS[stack])
    wanted = json.loads(value.strip("`"))

    values = [
        at(found.resources[id].get("Properties", {}), path) for id in found.resources if found.resource_type(id) == type
    ]

    assert wanted in values, f"{stack} has {type} with {path} {values}"


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_the_prototype_costs_little_in_every_environment(workspace: Workspace, environment: str) -> None:
    plan = workspace.plan("webapp", choice(environment=environment))

    assert plan.size == "prototype"
    assert plan.settings.database.min_acu == 0
    assert (plan.settings.network.nat, plan.settings.api.min_tasks) == ("single", 1)


@pytest.mark.parametrize("product", ["acme-crm", *sorted({row[0] for row in ROWS})])
def test_what_is_billed_while_nobody_uses_it_is_a_line_of_the_idle_cost(
    workspace: Workspace, assemblies: Callable[[str], CloudAssembly], product: str
) -> None:
    told = {line.name for line in idle_cost_of(workspace.plan(product, choice(environment="prod"))).lines}

    for stack in STACKS.values():
        found = assemblies(product).stack(stack)
        for id, resource in found.resources.items():
            type = found.resource_type(id)
            line = line_of(type, resource.get("Properties", {}))
            assert line is None or line in told, f"{id} is billed as {line}, which is not in {sorted(told)}"
            assert is_known(type), f"{type} is new: is it billed by the hour? Then it takes a line, else a reason"


def test_what_the_sum_leaves_out_is_what_it_says() -> None:
    said = LEFT_OUT.split("; ")[0].split(", ")

    assert set(LEFT_OUT_TYPES) == set(said) - {"taxes"}
