"""The comment of a pull request: its first line, the steps, and the comparison, always within GitHub's size."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cells.cli.ci import COMMENT_LIMIT
from cells.fleet.change_file import ChangeFile
from cells.fleet.comment import MARKER, Step, comment_text
from cells.fleet.diff import CellDiff, FleetDiff
from cells.fleet.gate import Verdict, judge
from constructs_lib.specs.document import parse_value
from tests.cells.fleet.fleets import DAY, bucket_goes, changed, fleet, topic_renamed
from tests.cells.fleet.rendered import outside_code
from tests.cells.fleet.test_markdown import SENTINEL, comparisons, hostile, long

PASSED: Step = ("validate", "passed", 0.4, "organization, registry, 1 product", ())


def comment(
    *cells: CellDiff, steps: tuple[Step, ...] = (PASSED,), limit: int = COMMENT_LIMIT, full_at: str = ""
) -> str:
    diff = fleet(*cells)
    return comment_text(steps, diff, judge(diff, {}, DAY), limit=limit, full_at=full_at)


def not_compared(*steps: Step) -> str:
    return comment_text(steps, None, None, limit=COMMENT_LIMIT)


def test_the_first_line_is_the_marker_by_which_the_comment_is_found_again() -> None:
    for text in (comment(), not_compared(), comment(changed("acme/dev", bucket_goes()), limit=2_000)):
        assert text.splitlines()[0] == MARKER
        assert text.count(MARKER) == 1


def test_the_conclusion_comes_first_then_the_steps_then_the_changes() -> None:
    text = comment(changed("acme/dev", topic_renamed()))

    assert text.index("### Cells: 1 of 1 cell changes") < text.index("| step |") < text.index("| cell |")
    assert text.index("| cell |") < text.index("#### `acme/dev`")


@pytest.mark.parametrize(
    "step, row",
    [
        (PASSED, "| validate | passed | 0 s | `organization, registry, 1 product` |"),
        (("synth", "failed", 61.6, "a | b", ()), "| synth | **failed** | 62 s | `a \\| b` |"),
        (("check", "skipped", 0.0, "", ()), "| check | skipped | 0 s |  |"),
        (("tests", "not run", 0.0, "", ()), "| tests | not run | 0 s |  |"),
        (("tests", "passed", 1.0, "x" * 300, ()), f"| tests | passed | 1 s | `{'x' * 240}…` |"),
    ],
)
def test_each_step_has_a_row(step: Step, row: str) -> None:
    assert row in comment(steps=(step,)).splitlines()


def test_a_failed_step_tells_what_went_wrong_and_one_that_passed_does_not() -> None:
    failed: Step = ("check", "failed", 1.0, "2 findings", ("acme/dev: one", "acme/dev: two"))
    passed: Step = ("tests", "passed", 1.0, "12 passed", ("12 passed",))

    text = comment(steps=(failed, passed))

    assert "#### check failed\n\n```text\nacme/dev: one\nacme/dev: two\n```" in text
    assert "#### tests" not in text


def test_lines_that_are_too_many_are_counted() -> None:
    text = comment(steps=(("tests", "failed", 1.0, "x", tuple(f"line {number}" for number in range(45))),))

    assert "line 39\n… and 5 more\n```" in text
    assert "line 40" not in text


def test_the_diff_tells_its_own_unless_it_raised() -> None:
    step: Step = ("diff", "failed", 1.0, "no commit 'mian'", ("no commit 'mian'", "hint: did you mean 'main'?"))

    assert "#### diff failed" not in comment(changed("acme/dev", bucket_goes()), steps=(step,))
    assert "hint: did you mean 'main'?" in not_compared(step)
    assert "### Cells: not compared" in not_compared(step)


def test_the_change_file_to_copy_is_one_once_its_three_open_lines_are_filled_in() -> None:
    losing = [changed(f"acme/{name}", bucket_goes(), bucket_goes("Logs")) for name in ("dev", "prod")]
    text = comment(*losing)

    [found] = re.findall(r"```yaml\n(.*?)\n```", text, re.DOTALL)
    said = {"reason": "the objects were copied", "owner": "crm-team", "expires": DAY.isoformat()}
    lines = [
        f"{key}: {said[key]}  {line.partition(' ')[2]}" if (key := line.partition(":")[0]) in said else line
        for line in found.splitlines()
    ]
    file = ChangeFile.model_validate(parse_value("\n".join(lines)))

    assert len([line for line in found.splitlines() if line.partition(":")[0] in said]) == 3
    assert "cells/changes/<name>.yaml" in found
    assert judge(fleet(*losing), {"a": file}, DAY).blocked == ()


def test_what_is_cut_is_counted_and_pointed_to() -> None:
    cells = [changed(f"p{number}/dev", bucket_goes(f"Files{number}")) for number in range(400)]

    text = comment(*cells, full_at="https://example.com/run/1")

    assert len(text) <= COMMENT_LIMIT
    assert re.search(
        r"\n_\d+ parts of this text are cut: see \[the whole text\]\(https://example.com/run/1\)\._\n$", text
    )


states = st.sampled_from(("passed", "failed", "skipped", "not run"))
steps = st.lists(
    st.tuples(st.sampled_from(("synth", "diff", "tests")), states, st.floats(0, 1e4), long, st.lists(long).map(tuple)),
    max_size=5,
)


@settings(deadline=None, max_examples=40)
@given(steps, st.none() | comparisons(), st.sampled_from((2_000, 10_000, COMMENT_LIMIT)), st.just("") | hostile)
def test_no_comment_is_too_long_and_nothing_of_the_input_is_outside_of_code(
    given_steps: list[Step], compared: tuple[FleetDiff, Verdict] | None, limit: int, word: str
) -> None:
    diff, verdict = compared or (None, None)

    text = comment_text([*given_steps, ("check", "failed", 1.0, word, (word,))], diff, verdict, limit=limit)

    assert len(text) <= limit
    assert text.splitlines()[0] == MARKER
    left = outside_code(text.removeprefix(MARKER))
    assert SENTINEL not in left
    assert not re.search(r"@|<!--|<script", left)
