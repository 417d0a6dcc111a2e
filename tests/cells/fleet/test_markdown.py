"""What becomes of cells as Markdown: within a size, and with nothing of a template outside of code."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assembly.diff.change import AssemblyDiff, OutputChange, PropertyChange, ResourceChange, SecurityChange, StackDiff
from cells.fleet.cell_name import CellName
from cells.fleet.diff import CellDiff, FleetDiff
from cells.fleet.gate import Loss, Verdict, judge
from cells.fleet.markdown import Part, cell_code, code, fence, fit, markdown
from tests.cells.fleet.fleets import (
    DAY,
    STACK,
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
from tests.cells.fleet.rendered import cells_of_row, outside_code

ENOUGH = 1_000_000


def written(*cells: CellDiff, limit: int = ENOUGH, files=None, **others) -> str:
    diff = fleet(*cells, **others)
    return markdown(diff, judge(diff, files or {}, DAY), limit=limit)


@pytest.mark.parametrize(
    "cells, files, headline",
    [
        ([same("acme/dev")], {}, "### Cells: no change in 1 cell · no data is lost"),
        ([changed("acme/dev", topic_renamed())], {}, "### Cells: 1 of 1 cell changes · no data is lost"),
        ([changed("acme/dev", bucket_goes())], {}, "### Cells: 1 of 1 cell changes · **data would be lost**"),
        (
            [changed("acme/dev", bucket_goes()), same("acme/prod")],
            {"a": change_file(("acme/dev", "Files"))},
            "### Cells: 1 of 2 cells changes · data is let go by a change file",
        ),
        (
            [failed("acme/dev", "no"), changed("acme/prod", topic_renamed())],
            {},
            "### Cells: 2 of 2 cells change · no data is lost · **1 cannot be compared**",
        ),
    ],
)
def test_the_headline_is_the_conclusion(cells: list[CellDiff], files, headline: str) -> None:
    lines = written(*cells, files=files).splitlines()

    assert lines[0] == headline
    assert lines[2] == "`working tree on 9f2c11d0a7be` compared with `main (0da4c61f3c20)`."


def test_each_affected_cell_has_a_row_with_its_reason_and_the_others_none() -> None:
    text = written(changed("acme/dev", topic_renamed()), same("acme/staging"), failed("acme/prod", "a | b\nc"))

    assert "| `acme/dev` | `Data 1 updated` |" in text
    assert "| `acme/prod` | `does not synthesize: a \\| b` |" in text
    assert "acme/staging" not in text


def test_equal_changes_stand_once_under_the_cells_that_they_touch() -> None:
    text = written(*(changed(f"{product}/dev", topic_renamed()) for product in ("acme", "billing")))

    assert "#### `acme/dev`, `billing/dev` (2 cells change alike)" in text
    assert text.count("DisplayName: News → All the news") == 1


def test_what_is_replaced_or_removed_is_open_and_the_rest_is_folded() -> None:
    stacks = [
        StackDiff(f"ProductCell-{id}", id, "111122223333", "eu-west-1", "update", (made,))
        for id, made in (
            ("Data", bucket_goes()),
            ("Edge", resource("A", "remove")),
            ("Service", topic_renamed()),
            ("Foundation", resource("A", "create")),
        )
    ]

    text = written(CellDiff(name("acme/dev"), "changed", AssemblyDiff(tuple(stacks)), {}))

    assert re.findall(r"<details( open)?><summary><code>(\w+)</code>: (.*)</summary>", text) == [
        (" open", "Data", "1 replaced"),
        (" open", "Edge", "1 removed"),
        ("", "Service", "1 updated"),
        ("", "Foundation", "1 created"),
    ]


def test_a_resource_says_what_becomes_of_it_what_is_lost_and_its_values() -> None:
    text = written(changed("acme/dev", bucket_goes(notes=("look here",))))

    assert "! Files (AWS::S3::Bucket) replaced, because BucketName cannot change in place" in text
    assert "!     LOSES DATA: objects" in text
    assert "      look here" in text
    assert "      BucketName: old → new" in text


def test_values_that_are_too_many_are_counted() -> None:
    properties = tuple(PropertyChange(f"P{number:02}", 1, 2, "in-place") for number in range(13))

    text = written(changed("acme/dev", resource("Topic", properties=properties)))

    assert "P09: 1 → 2\n      … and 3 more" in text
    assert "P10" not in text


@pytest.mark.parametrize(
    "count, line",
    [
        (1, "~ 1 more is updated in place, because Key is replaced"),
        (2, "~ 2 more are updated in place, because Key is replaced"),
    ],
)
def test_what_only_follows_is_counted(count: int, line: str) -> None:
    follows = PropertyChange("KeyId", None, None, "in-place", "ProductCell-Data/Key")
    followers = [resource(f"F{number}", properties=(follows,)) for number in range(count)]

    assert line in written(changed("acme/dev", resource("Key", "replace"), *followers))


def test_outputs_are_told_beside_resources_and_alone_only_where_nothing_else_changes() -> None:
    outputs = [OutputChange("Url", None, "x")]
    other = StackDiff(STACK, "data", "111122223333", "eu-west-1", "update", outputs=tuple(outputs))
    service = replace(other, id="ProductCell-Service", resources=(topic_renamed(),), outputs=())

    both = written(changed("acme/dev", topic_renamed(), outputs=outputs))
    alone = written(changed("acme/dev", outputs=outputs))
    elsewhere = written(CellDiff(name("acme/dev"), "changed", AssemblyDiff((other, service)), {}))

    assert "\n~ 1 output new\n" in both
    assert "\n- `Data`: 1 output new\n" in alone
    assert "`Data`: 1 output new" not in elsewhere


def test_security_comes_first_sorted_and_wrapped() -> None:
    said = [
        SecurityChange("network", "narrower", "Api is reached by nobody", STACK),
        SecurityChange("access", "wider", f"Api may now call {', '.join(['s3:GetObject'] * 20)}", STACK),
    ]

    text = written(changed("acme/dev", topic_renamed(), security=said))

    block = text[text.index("Security\n\n```diff\n") : text.index("<details")].splitlines()
    assert block[3].startswith("! access: Api may now call")
    assert block[4].startswith("      s3:GetObject")
    assert block[-3] == "- network: Api is reached by nobody"
    assert max(len(line) for line in block) <= 112


def test_notes_and_failures_are_told() -> None:
    text = written(failed("acme/dev", "app.py has no end"), notes=["two locks differ", "another"])

    assert "\n- `two locks differ`\n- `another`\n" in text
    assert "#### Cannot be compared\n\n```diff\nacme/dev: app.py has no end\n```" in text


def test_losses_come_with_the_change_file_that_would_let_them_go() -> None:
    text = written(changed("acme/dev", bucket_goes()), changed("acme/prod", topic_renamed(), bucket_goes("Logs")))

    assert "- acme/dev ProductCell-Data/Files: objects (AWS::S3::Bucket is replaced)" in text
    assert "  - {cell: acme/dev, stack: ProductCell-Data, resource: Files}" in text
    assert "  - {cell: acme/prod, stack: ProductCell-Data, resource: Logs}" in text


def test_what_a_change_file_lets_go_and_files_that_nobody_needs_are_told() -> None:
    files = {
        "cells/changes/a.yaml": change_file(("acme/dev", "Files")),
        "cells/changes/b.yaml": change_file(("x/dev", "Z")),
    }

    text = written(changed("acme/dev", bucket_goes()), files=files)

    assert "#### Data is let go\n\n```diff\ncells/changes/a.yaml: acme/dev ProductCell-Data/Files: objects" in text
    assert "can be deleted: `cells/changes/b.yaml`." in text
    assert "resources:" not in text


def test_an_expired_change_file_is_named_beside_the_loss() -> None:
    late = {"cells/changes/a.yaml": change_file(("acme/dev", "Files"), expires=DAY.replace(day=1))}

    assert "is replaced) (cells/changes/a.yaml has expired)" in written(changed("acme/dev", bucket_goes()), files=late)


MANY = [changed(f"p{number:02}/dev", bucket_goes(f"Files{number}")) for number in range(75)]


def test_rows_losses_and_the_change_file_say_how_many_more_there_are() -> None:
    text = written(*MANY)

    assert "| | … and 15 more |" in text
    assert text.count("\n… and 15 more\n```") == 1
    assert "\n  # … and 15 more\n```" in text


def test_excused_losses_failures_unused_files_and_labels_say_how_many_more_there_are() -> None:
    files = {"a": change_file(*((f"p{number:02}/dev", f"Files{number}") for number in range(75)))}
    unused = {f"f{number}": change_file(("x/dev", "Z")) for number in range(14)}

    excused = written(*MANY, files={**files, **unused})
    broken = written(*(failed(f"p{number}/dev", "no") for number in range(61)))
    alike = written(*(changed(f"p{number:02}/dev", topic_renamed()) for number in range(13)))

    assert "\n… and 15 more\n```" in excused
    assert "`f11` and 2 more." in excused
    assert "\n… and 1 more\n```" in broken
    assert "`p11/dev` and 1 more (13 cells change alike)" in alike


def test_nothing_is_cut_when_there_is_room() -> None:
    text = written(changed("acme/dev", bucket_goes(), topic_renamed()))

    assert " cut: " not in text
    assert markdown_of(changed("acme/dev", bucket_goes()), len(written(changed("acme/dev", bucket_goes()))) + 200) == (
        written(changed("acme/dev", bucket_goes()))
    )


def markdown_of(cell: CellDiff, limit: int, full_at: str = "") -> str:
    diff = fleet(cell)
    return markdown(diff, judge(diff, {}, DAY), limit=limit, full_at=full_at)


def part(number: int, size: int) -> Part:
    return Part(f"{number}" * size, f"{number}")


@pytest.mark.parametrize(
    "sizes, limit, told, cut",
    [
        ([10, 10], 1000, [10, 10], 0),
        ([10, 2000], 1000, [10, 1], 1),
        ([2000, 10], 1000, [1, 10], 1),
        ([600, 600], 1000, [600, 1], 1),
        ([907, 10, 10], 1000, [1, 10, 10], 1),
    ],
)
def test_a_part_is_shortened_when_the_short_forms_of_the_others_would_have_no_room(
    sizes: list[int], limit: int, told: list[int], cut: int
) -> None:
    text = fit([part(number, size) for number, size in enumerate(sizes)], limit=limit, full_at="")

    lines = text.rstrip("\n").split("\n\n")
    assert [len(line) for line in lines[: len(told)]] == told
    assert len(lines) == len(told) + bool(cut)
    assert not cut or lines[-1].startswith(f"_{cut} part of this text is cut: run `cells diff --base`")


def test_parts_that_have_no_room_at_all_are_counted_each() -> None:
    whole = [Part("a" * 100, "a" * 100)] * 20

    text = fit(whole, limit=500, full_at="https://example.com/run/1")

    kept = text.count("a" * 100)
    assert 0 < kept < 20
    assert text.endswith(
        f"\n\n_{20 - kept} parts of this text are cut: see [the whole text](https://example.com/run/1)._\n"
    )


def test_a_giant_error_does_not_push_out_what_would_be_lost() -> None:
    cells = [failed("acme/dev", "x" * 50_000), changed("acme/prod", bucket_goes())]

    text = written(*cells, limit=3000)

    assert "acme/prod ProductCell-Data/Files: objects" in text
    assert "resource: Files}" in text
    assert "#### Cannot be compared: 1 cell\n" in text
    assert "_1 part of this text is cut" in text


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain", "`plain`"),
        ("a | b", "`a | b`"),
        ("a `b` c", "`` a `b` c ``"),
        ("``", "``` `` ```"),
        ("two\nlines\u2028and  blanks", "`two lines and blanks`"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_a_text_in_code_ends_where_it_ends(text: str, shown: str) -> None:
    assert code(text) == shown


def test_a_cell_of_a_table_has_no_bar_and_is_cut() -> None:
    assert cell_code("a | b") == "`a \\| b`"
    assert cell_code("x" * 300) == f"`{'x' * 240}…`"


def test_nothing_ends_a_block_of_code_before_its_end() -> None:
    assert fence(["a"]) == "```diff\na\n```"
    assert fence(["```", "````x"], "text") == "`````text\n```\n````x\n`````"


SENTINEL = "QZX"
PIECES = (
    SENTINEL,
    "`",
    "```",
    "~~~",
    "|",
    "\\",
    "\n",
    "\r",
    "\u2028",
    " ",
    "@octocat",
    "<!--",
    "-->",
    "<script>",
    "</details>",
    "</code>",
    "<b>",
    "# ",
    "[x](http://x)",
    "![x](y)",
    "*",
    "_",
    "😀",
    "&amp;",
    "$x$",
    "\x00",
    "#1",
)
hostile = st.lists(st.sampled_from(PIECES), max_size=8).map(lambda found: f"{SENTINEL}{''.join(found)}{SENTINEL}")
long = st.builds(lambda text, times: text * times, hostile, st.sampled_from((1, 1, 1, 1, 30, 3000)))
values = st.none() | long | st.dictionaries(hostile, hostile, max_size=2)
properties = st.builds(
    PropertyChange,
    hostile,
    values,
    values,
    st.sampled_from(("in-place", "replacement", "conditional")),
    st.just("") | hostile,
)
resources = st.builds(
    ResourceChange,
    st.just(STACK),
    hostile,
    hostile,
    st.sampled_from(("create", "update", "replace", "remove")),
    path=hostile,
    properties=st.lists(properties, max_size=3).map(tuple),
    holds=st.just("") | hostile,
    kept=st.booleans(),
    moved_from=st.just("") | hostile,
    notes=st.lists(long, max_size=2).map(tuple),
)
securities = st.builds(
    SecurityChange, st.just("access"), st.sampled_from(("wider", "narrower", "changed")), long, hostile
)
stacks = st.builds(
    StackDiff,
    hostile,
    hostile,
    st.just("111122223333"),
    hostile,
    st.sampled_from(("create", "update", "remove", "keep")),
    st.lists(resources, max_size=3).map(tuple),
    outputs=st.lists(st.builds(OutputChange, hostile, values, values), max_size=2).map(tuple),
    security=st.lists(securities, max_size=2).map(tuple),
    settings=st.lists(properties, max_size=2).map(tuple),
)
cell_diffs = st.builds(
    CellDiff,
    st.builds(CellName, hostile, hostile),
    st.sampled_from(("same", "changed", "changed", "changed", "new", "gone", "failed")),
    st.lists(stacks, max_size=2, unique_by=lambda stack: stack.id).map(lambda found: AssemblyDiff(tuple(found))),
    st.just({}),
    long,
    hostile,
)


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[FleetDiff, Verdict]:
    cells = draw(st.lists(cell_diffs, max_size=4, unique_by=lambda cell: cell.cell))
    times = draw(st.sampled_from((1, 1, 1, 20)))
    more = [
        replace(cell, cell=CellName(f"{cell.cell.product}{number}", cell.cell.environment))
        for number in range(times)
        for cell in cells
    ]
    diff = FleetDiff(draw(hostile), draw(hostile), tuple(more), tuple(draw(st.lists(long, max_size=2))))
    texts = st.just("") | hostile
    losses = tuple(Loss(cell.cell, lost, draw(texts), draw(texts)) for cell in more for lost in cell.lost)
    return diff, Verdict(losses, tuple(draw(st.lists(hostile, max_size=3))), DAY)


URLS = st.sampled_from(("", "https://github.com/example/cells/actions/runs/1", f"https://example.com/{'x' * 400}"))


@settings(deadline=None, max_examples=40)
@given(comparisons(), st.integers(2_000, 70_000), URLS)
def test_the_text_is_never_longer_than_its_limit(
    given_comparison: tuple[FleetDiff, Verdict], limit: int, full_at: str
) -> None:
    assert len(markdown(*given_comparison, limit=limit, full_at=full_at)) <= limit


@settings(deadline=None, max_examples=40)
@given(comparisons(), st.sampled_from((2_000, 5_000, 20_000, ENOUGH)))
@example((fleet(changed("a/b", id="ProductCell-</summary>@QZX")), Verdict((), (), DAY)), ENOUGH)
def test_nothing_of_a_template_or_a_file_stands_outside_of_code(
    given_comparison: tuple[FleetDiff, Verdict], limit: int
) -> None:
    text = markdown(*given_comparison, limit=limit)

    left = outside_code(text)
    assert SENTINEL not in left
    assert not re.search(r"@|<!--|<script|\[x\]|#1|&amp|\$", left)
    assert set(re.findall(r"</?\w+[^>]*>", left)) <= {
        "<details>",
        "<details open>",
        "<summary>",
        "</summary>",
        "</details>",
    }
    assert left.count("<details") == left.count("</details>") == left.count("</summary>")


@settings(deadline=None, max_examples=40)
@given(comparisons())
def test_a_row_of_the_table_has_two_cells_whatever_is_in_it(given_comparison: tuple[FleetDiff, Verdict]) -> None:
    lines = re.split(r"\r|\n", markdown(*given_comparison, limit=ENOUGH))

    if "|---|---|" in lines:
        start = lines.index("|---|---|") + 1
        rows = lines[start : lines.index("", start)]
        affected = given_comparison[0].affected
        assert len(rows) == min(len(affected), 60) + (len(affected) > 60)
        assert {len(cells_of_row(row)) for row in rows} == {2}


@settings(deadline=None, max_examples=40)
@given(comparisons())
def test_with_enough_room_nothing_is_cut(given_comparison: tuple[FleetDiff, Verdict]) -> None:
    assert "of this text" not in outside_code(markdown(*given_comparison, limit=100_000_000))
