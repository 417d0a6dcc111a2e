"""What becomes of many cells: counts, reasons and groups."""

import json
from dataclasses import replace

import pytest

from assembly.diff.change import AssemblyDiff, OutputChange, StackDiff
from cells.fleet.diff import CellDiff, FleetDiff, fleet_json, short_stack
from tests.cells.fleet.fleets import (
    assembly,
    bucket_goes,
    changed,
    failed,
    fleet,
    name,
    resource,
    same,
    topic_renamed,
)

SERVICE = StackDiff(
    "ProductCell-Service", "service", "111122223333", "eu-west-1", "update", (topic_renamed("A"), topic_renamed("B"))
)


def two_stacks() -> CellDiff:
    cell = changed("acme/dev", bucket_goes(), topic_renamed())
    kept = replace(SERVICE, id="ProductCell-Edge", action="keep", resources=())
    return replace(cell, diff=AssemblyDiff((*cell.diff.stacks, kept, SERVICE)))


@pytest.mark.parametrize(
    "cell, reason",
    [
        (same("acme/dev"), ""),
        (changed("acme/dev", topic_renamed()), "Data 1 updated"),
        (changed("acme/dev", bucket_goes()), "Data 1 replaced (loses data)"),
        (changed("acme/dev", outputs=[OutputChange("Url", None, "x")]), "Data 1 output new"),
        (two_stacks(), "Data 1 updated, 1 replaced (loses data); Service 2 updated"),
        (CellDiff(name("acme/dev"), "new", assembly(resource("A", "create"))), "new: 1 resource"),
        (CellDiff(name("acme/dev"), "new", assembly(resource("A"), resource("B"))), "new: 2 resources"),
        (
            CellDiff(name("acme/dev"), "gone"),
            "not declared any more; nothing of it is destroyed before `cells destroy`",
        ),
        (failed("acme/dev", "app.py has no end"), "does not synthesize: app.py has no end"),
    ],
)
def test_the_reason_says_in_a_few_words_why_a_cell_is_affected(cell: CellDiff, reason: str) -> None:
    assert cell.reason == reason
    assert cell.affected == (cell.status != "same")


@pytest.mark.parametrize("status, lost", [("changed", 1), ("new", 0), ("gone", 0), ("failed", 0)])
def test_only_a_cell_on_both_sides_can_lose_data(status: str, lost: int) -> None:
    assert len(CellDiff(name("acme/dev"), status, assembly(bucket_goes())).lost) == lost


@pytest.mark.parametrize(
    "diff, summary",
    [
        (fleet(), "no change in 0 cells"),
        (fleet(same("a/dev")), "no change in 1 cell"),
        (fleet(same("a/dev"), same("a/prod")), "no change in 2 cells"),
        (fleet(changed("a/dev", topic_renamed())), "1 of 1 cell changes"),
        (fleet(same("a/dev"), changed("a/prod", topic_renamed())), "1 of 2 cells changes"),
        (fleet(failed("a/dev", "x"), changed("a/prod", topic_renamed())), "2 of 2 cells change"),
    ],
)
def test_the_summary_has_the_right_numerus(diff: FleetDiff, summary: str) -> None:
    assert diff.summary == summary


def test_cells_are_counted_by_what_becomes_of_them() -> None:
    diff = fleet(same("a/dev"), same("a/prod"), failed("b/dev", "x"), changed("b/prod", topic_renamed()))

    assert {status: diff.count(status) for status in ("same", "changed", "new", "gone", "failed")} == {
        "same": 2,
        "changed": 1,
        "new": 0,
        "gone": 0,
        "failed": 1,
    }
    assert [str(cell.cell) for cell in diff.affected] == ["b/dev", "b/prod"]
    assert [str(cell.cell) for cell in diff.failed] == ["b/dev"]


def test_groups_are_of_the_cells_on_both_sides_only() -> None:
    new = CellDiff(name("core/dev"), "new", assembly(topic_renamed()))
    diff = fleet(
        changed("acme/dev", topic_renamed()), changed("billing/dev", topic_renamed()), new, failed("x/dev", "x")
    )

    assert [one.labels for one in diff.groups] == [("acme/dev", "billing/dev")]


@pytest.mark.parametrize(
    "id, short", [("ProductCell-Data", "Data"), ("ProductCell", "Cell"), ("ProductCell-My-Data", "My-Data")]
)
def test_a_stack_is_called_by_its_layer(id: str, short: str) -> None:
    assert short_stack(id) == short


def test_a_machine_reads_the_diff_as_json() -> None:
    diff = fleet(changed("acme/dev", bucket_goes()), failed("billing/?", "no"), notes=["look"])

    found = json.loads(json.dumps(fleet_json(diff)))

    assert (found["base"], found["now"], found["notes"]) == (diff.base, diff.now, ["look"])
    assert found["cells"] == [
        {
            "cell": "acme/dev",
            "product": "acme",
            "environment": "dev",
            "status": "changed",
            "reason": "Data 1 replaced (loses data)",
            "counts": {"create": 0, "update": 0, "replace": 1, "remove": 0},
            "loses": ["ProductCell-Data/Files"],
            "error": "",
            "hint": "",
        },
        {
            "cell": "billing/?",
            "product": "billing",
            "environment": "?",
            "status": "failed",
            "reason": "does not synthesize: no",
            "counts": {"create": 0, "update": 0, "replace": 0, "remove": 0},
            "loses": [],
            "error": "no",
            "hint": "mend it",
        },
    ]
    assert [(one["cells"], one["diff"]["stacks"][0]["id"]) for one in found["groups"]] == [
        (["acme/dev"], "ProductCell-Data")
    ]
