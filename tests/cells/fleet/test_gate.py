"""The gate: what would lose data stops a change, unless a change file names it and its day is not over."""

import json
from datetime import timedelta

import pytest

from cells.fleet.change_file import ChangeFile
from cells.fleet.diff import CellDiff, FleetDiff
from cells.fleet.gate import Verdict, change_file_text, cure, exit_code, judge, release_text, verdict_json
from constructs_lib.specs.document import parse_value
from tests.cells.fleet.fleets import (
    DAY,
    STACK,
    assembly,
    bucket_goes,
    change_file,
    changed,
    failed,
    fleet,
    name,
    resource,
    same,
    topic_renamed,
)

LOSING = fleet(changed("acme/dev", bucket_goes()), changed("acme/prod", bucket_goes(), topic_renamed()))
YESTERDAY = DAY - timedelta(days=1)


def excused_by(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(str(loss.cell), loss.excused_by, loss.expired) for loss in verdict.losses]


def test_a_loss_that_nothing_names_blocks() -> None:
    verdict = judge(LOSING, {}, DAY)

    assert excused_by(verdict) == [("acme/dev", "", ""), ("acme/prod", "", "")]
    assert verdict.blocked == verdict.losses


@pytest.mark.parametrize(
    "made",
    [
        topic_renamed(),
        resource("Files", "create", holds="objects"),
        resource("Files", "remove", holds="objects", kept=True),
        resource("Files", "remove"),
        resource("Files", "update", holds="objects"),
    ],
)
def test_what_loses_nothing_does_not_block(made) -> None:
    assert judge(fleet(changed("acme/dev", made)), {}, DAY).losses == ()


@pytest.mark.parametrize("status", ["new", "gone", "failed", "same"])
def test_a_cell_that_comes_goes_or_fails_loses_nothing(status: str) -> None:
    cell = CellDiff(name("acme/dev"), status, assembly(bucket_goes()))

    assert judge(fleet(cell), {}, DAY).losses == ()


@pytest.mark.parametrize(
    "files, said",
    [
        ({"a": change_file(("acme/dev", "Files"))}, [("acme/dev", "a", ""), ("acme/prod", "", "")]),
        ({"a": change_file(("acme/*", "Files"))}, [("acme/dev", "a", ""), ("acme/prod", "a", "")]),
        (
            {"a": change_file(("acme/*", "Files"), expires=YESTERDAY)},
            [("acme/dev", "", "a"), ("acme/prod", "", "a")],
        ),
        (
            {"a": change_file(("acme/*", "Files"), expires=YESTERDAY), "b": change_file(("acme/dev", "Files"))},
            [("acme/dev", "b", ""), ("acme/prod", "", "a")],
        ),
        ({"a": change_file(("acme/*", "Other"))}, [("acme/dev", "", ""), ("acme/prod", "", "")]),
        ({"a": change_file(("acme/*", "Files"), stack="Data")}, [("acme/dev", "", ""), ("acme/prod", "", "")]),
    ],
)
def test_a_change_file_lets_go_exactly_what_it_names_until_the_end_of_its_day(
    files: dict[str, ChangeFile], said: list[tuple[str, str, str]]
) -> None:
    verdict = judge(LOSING, files, DAY)

    assert excused_by(verdict) == said
    assert [str(loss.cell) for loss in verdict.blocked] == [cell for cell, file, _ in said if not file]


@pytest.mark.parametrize("logical_id", ["FilesNew", "FilesOld"])
def test_a_moved_resource_may_be_named_by_its_old_id_or_its_new_one(logical_id: str) -> None:
    moved = resource("FilesNew", "replace", moved_from="FilesOld", holds="objects")

    verdict = judge(fleet(changed("acme/dev", moved)), {"a": change_file(("acme/dev", logical_id))}, DAY)

    assert verdict.blocked == ()
    assert verdict.unused == ()


def test_a_change_file_that_names_nothing_that_would_be_lost_is_unused() -> None:
    files = {
        "named": change_file(("acme/prod", "Files")),
        "redundant": change_file(("acme/*", "Files")),
        "late": change_file(("acme/*", "Files"), expires=YESTERDAY),
        "unused": change_file(("acme/*", "Topic"), ("billing/*", "Files")),
        "half": change_file(("acme/dev", "Files"), ("billing/dev", "Files")),
    }

    assert judge(LOSING, files, DAY).unused == ("unused",)


CLEAN = fleet(changed("acme/dev", topic_renamed()))
BROKEN = fleet(changed("acme/dev", topic_renamed()), failed("acme/prod", "no"))
WRONG = fleet(failed("acme/prod", "no"), failed("billing/?", "no", wrong_input=True))


@pytest.mark.parametrize(
    "diff, code, on_change",
    [
        (fleet(), 0, 0),
        (fleet(same("acme/dev")), 0, 0),
        (CLEAN, 0, 1),
        (fleet(CellDiff(name("acme/dev"), "gone")), 0, 1),
        (BROKEN, 1, 1),
        (WRONG, 2, 2),
        (LOSING, 3, 3),
        (fleet(*WRONG.cells, *LOSING.cells), 3, 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst(diff: FleetDiff, code: int, on_change: int) -> None:
    verdict = judge(diff, {}, DAY)

    assert exit_code(diff, verdict) == code
    assert exit_code(diff, verdict, fail_on_change=True) == on_change


def test_an_excused_loss_ends_with_0_or_with_1_where_every_change_counts() -> None:
    verdict = judge(LOSING, {"a": change_file(("acme/*", "Files"))}, DAY)

    assert exit_code(LOSING, verdict) == 0
    assert exit_code(LOSING, verdict, fail_on_change=True) == 1


def test_the_cure_of_a_loss_names_the_resource_as_a_change_file_does() -> None:
    loss = judge(LOSING, {}, DAY).losses[0]

    named = f"{{cell: acme/dev, stack: {STACK}, resource: Files}}"
    assert release_text(loss) == named
    assert cure(loss) == f"keep it as it was, or let it go by a file in cells/changes that names {named}"


@pytest.mark.parametrize("logical_id", ["Files", "True", "null", "12", "1E5", "Yes", "F"])
def test_the_text_of_a_change_file_reads_back_as_what_it_names(logical_id: str) -> None:
    losses = judge(fleet(changed("acme/dev", bucket_goes(logical_id))), {}, DAY).losses
    filled = {"reason: #": "reason: the objects were copied #", "owner: #": "owner: crm-team #"}
    text = change_file_text(losses, more=3).replace("expires: #", "expires: 2026-12-31 #")
    for open, done in filled.items():
        text = text.replace(open, done)

    file = ChangeFile.model_validate(parse_value(text))

    assert judge(fleet(changed("acme/dev", bucket_goes(logical_id))), {"a": file}, DAY).blocked == ()
    assert text.endswith("\n  # … and 3 more")


def test_a_machine_reads_the_verdict_as_json() -> None:
    files = {"a": change_file(("acme/dev", "Files")), "b": change_file(("x/dev", "X"))}

    found = json.loads(json.dumps(verdict_json(judge(LOSING, files, DAY))))

    assert found == {
        "on": "2026-11-24",
        "losses": [
            {
                "cell": cell,
                "stack": STACK,
                "logical_id": "Files",
                "type": "AWS::S3::Bucket",
                "action": "replace",
                "holds": "objects",
                "because": ["BucketName"],
                "excused_by": file,
                "expired": "",
            }
            for cell, file in (("acme/dev", "a"), ("acme/prod", ""))
        ],
        "unused_change_files": ["b"],
    }
