"""A diff in words."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assembly.diff.change import OutputChange, PropertyChange, ResourceChange, StackDiff
from assembly.diff.text import (
    causes_text,
    counted_noun,
    danger,
    fate,
    lines_of,
    name_of,
    outputs_text,
    pair,
    property_text,
    stack_summary,
    value_text,
    values_of,
)
from assembly.document import Json

TABLE = ResourceChange("Data", "Table", "AWS::DynamoDB::Table", "update")
STACK = StackDiff("Data", "acme-data", "111122223333", "eu-west-1", "update")


def own(path: str, effect: str = "in-place", before: Json = 1, after: Json = 2) -> PropertyChange:
    return PropertyChange(path, before, after, effect)


def follows(path: str, cause: str, effect: str = "in-place") -> PropertyChange:
    return PropertyChange(path, None, None, effect, cause)


def change(action: str, *properties: PropertyChange, **others) -> ResourceChange:
    return replace(TABLE, action=action, properties=properties, **others)


@pytest.mark.parametrize(
    "made, said",
    [
        (change("create"), "created"),
        (change("update", own("Mode")), "updated"),
        (change("remove"), "removed"),
        (change("remove", kept=True), "leaves the stack and stays where it is"),
        (change("replace"), "replaced"),
        (change("replace", own("Engine", "replacement")), "replaced, because Engine cannot change in place"),
        (
            change("replace", own("Key[a].B", "replacement"), own("Key[b].B", "replacement"), own("Mode")),
            "replaced, because Key cannot change in place",
        ),
        (
            change("replace", own("A.B", "replacement"), own("B", "replacement")),
            "replaced, because A, B cannot change in place",
        ),
        (
            change("replace", *(own(name, "replacement") for name in "EDCBA")),
            "replaced, because A, B, C and 2 more cannot change in place",
        ),
        (
            change("replace", own("A", "conditional"), certain=False),
            "replaced, perhaps, because A cannot always change in place",
        ),
        (
            change("replace", follows("KeyId", "Data/Key", "replacement")),
            "replaced, because Key is replaced",
        ),
        (
            change("replace", follows("A", "Data/Key", "replacement"), follows("B", "Edge/Bus", "replacement")),
            "replaced, because Bus, Key are replaced",
        ),
        (
            change("replace", own("A", "replacement"), follows("B", "Data/Key", "replacement")),
            "replaced, because A cannot change in place and Key is replaced",
        ),
        (
            change("replace", follows("A", "Data/output Url", "replacement")),
            "replaced, because output Url has another value",
        ),
        (
            change("replace", moved_from="Old", holds="items"),
            "replaced, because its logical id is not Old any more",
        ),
        (change("update", follows("KeyId", "Data/Key")), "updated, because Key is replaced"),
        (
            change("update", follows("A", "Data/Key"), follows("B", "Data/Bus")),
            "updated, because Bus, Key are replaced",
        ),
        (change("update", follows("A", "Data/Key"), own("Mode")), "updated"),
    ],
)
def test_says_what_becomes_of_a_resource_and_why(made: ResourceChange, said: str) -> None:
    assert fate(made) == said


@pytest.mark.parametrize(
    "causes, said",
    [
        ([], ""),
        (["Data/Key", "Edge/Key"], "Key is replaced"),
        (["Data/output Url"], "output Url has another value"),
        (["Data/output A", "Data/output B"], "outputs A, B have other values"),
        (["Data/output PublishOutputRefQueue1234ABCD"], "output Queue has another value"),
        (["Data/output Url", "Data/Key"], "Key is replaced and output Url has another value"),
        (["Key"], "Key is replaced"),
    ],
)
def test_says_what_others_follow(causes: list[str], said: str) -> None:
    assert causes_text(causes) == said


@pytest.mark.parametrize(
    "made, said",
    [
        (change("replace", holds="items"), "LOSES DATA: items"),
        (change("remove", holds="items"), "LOSES DATA: items"),
        (
            change("replace", holds="items", kept=True),
            "STARTS EMPTY: the old one stays outside the stack, with what it holds (items)",
        ),
        (change("remove", holds="items", kept=True), ""),
        (change("update", holds="items"), ""),
        (change("create", holds="items"), ""),
        (change("replace"), ""),
    ],
)
def test_says_what_would_be_lost(made: ResourceChange, said: str) -> None:
    assert danger(made) == said


@pytest.mark.parametrize(
    "path, name",
    [
        ("", "Table"),
        ("Data", "Table"),
        ("Data/Items/Resource", "Items"),
        ("Data/Items/Default/Key", "Items/Key"),
    ],
)
def test_a_resource_is_called_by_its_construct_path(path: str, name: str) -> None:
    assert name_of(replace(TABLE, path=path)) == name


@pytest.mark.parametrize(
    "one, line",
    [
        (own("Version", before="16.4", after="17.1"), "Version: 16.4 → 17.1"),
        (own("Version", before=None, after="17.1"), "Version: 17.1 (new)"),
        (own("Version", before="16.4", after=None), "Version: 16.4 (gone)"),
        (own("On", before=False, after=True), "On: false → true"),
        (own("Count", before="1", after=1), 'Count: "1" → 1'),
        (own("Text", before="a b", after="a  b"), 'Text: "a b" → "a  b"'),
        (own("Text", before="", after=" "), 'Text: "" → " "'),
        (own("Names", before=["a, b"], after=["a", "b"]), 'Names: ["a, b"] → ["a", "b"]'),
        (follows("KeyId", "Data/Key"), "KeyId: refers to Key"),
        (follows("Url", "Data/output PublishOutputRefQueue1234ABCD"), "Url: refers to output Queue"),
        (
            own("Tags[team]", before=None, after={"Key": "team", "Value": "crm"}),
            "Tags[team]: crm (new)",
        ),
        (
            own("Tags[team]", before={"Key": "team", "Value": "team"}, after=None),
            'Tags[team]: {"Key": "team", "Value": "team"} (gone)',
        ),
        (
            own("Rules[a]", before={"Name": "a", "X": 1, "Y": 2}, after=None),
            'Rules[a]: {"Name": "a", "X": 1, "Y": 2} (gone)',
        ),
    ],
)
def test_says_one_value_on_a_line(one: PropertyChange, line: str) -> None:
    assert property_text(one) == line


def test_a_value_that_only_follows_is_told_when_it_forces_a_replacement_or_everything_is_told() -> None:
    made = change("replace", follows("A", "Data/Key"), follows("B", "Data/Key", "replacement"), own("C"))

    assert values_of(made, full=False) == ["B: refers to Key", "C: 1 → 2"]
    assert values_of(made, full=True) == ["A: refers to Key", "B: refers to Key", "C: 1 → 2"]


def test_statements_of_a_policy_are_counted_for_each_policy() -> None:
    made = change(
        "update",
        own("Policies[a].PolicyDocument.Statement[]", before=None, after={}),
        own("Policies[a].PolicyDocument.Statement[]", before={}, after=None),
        own("Policies[a].PolicyDocument.Statement[]", before={}, after=None),
        own("Policies[b].PolicyDocument.Statement[Sid].Action[]"),
        own("Statement[]", before=None, after={}),
        own("Version"),
    )

    assert values_of(made, full=False) == [
        "Version: 1 → 2",
        "1 statement new",
        "Policies[a].PolicyDocument: 1 statement new, 2 statements gone",
        "Policies[b].PolicyDocument: 1 statement worded otherwise",
    ]
    assert len(values_of(made, full=True)) == 6


@pytest.mark.parametrize(
    "path", ["Rules[Rate].Statement.RateBasedStatement.Limit", "StatementTimeout", "MyStatement[]"]
)
def test_what_is_only_called_like_a_statement_is_told_in_full(path: str) -> None:
    assert values_of(change("update", own(path)), full=False) == [f"{path}: 1 → 2"]


def test_long_values_are_cut_around_the_difference_and_both_start_at_the_same_place() -> None:
    before, after = f"{'x' * 100}old{'y' * 100}", f"{'x' * 100}new{'y' * 200}"

    left, right = pair(before, after, limit=40)

    assert left == f"…{'x' * 18}old{'y' * 19}…"
    assert right == f"…{'x' * 18}new{'y' * 19}…"


@pytest.mark.parametrize(
    "before, after, cut",
    [
        ("short", "other", ("short", "other")),
        ("a" * 40, "b" * 40, ("a" * 40, "b" * 40)),
        ("a" * 41, "b", (f"{'a' * 40}…", "b")),
        ("a" * 41, "a" * 42, (f"…{'a' * 18}", f"…{'a' * 19}")),
        (None, "a" * 41, ("—", f"{'a' * 40}…")),
    ],
)
def test_nothing_is_cut_that_is_short_enough(before: Json, after: Json, cut: tuple[str, str]) -> None:
    assert pair(before, after, limit=40) == cut


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "—"),
        (True, "true"),
        (0, "0"),
        (1.5, "1.5"),
        ("", '""'),
        ("  ", '"  "'),
        ("two\n  lines ", "two lines"),
        ([], "[]"),
        (["a", 1, False], "[a, 1, false]"),
        ([1.5], "[1.5]"),
        ([["a"]], '[["a"]]'),
        ({"Grüße": "ä"}, '{"Grüße": "ä"}'),
        ({"Ref": "Files"}, "${Files}"),
        ({"Fn::GetAtt": "Files.Arn"}, "${Files.Arn}"),
        ({"Fn::GetAtt": ["Files", {"Ref": "Name"}]}, '{"Fn::GetAtt": ["Files", {"Ref": "Name"}]}'),
        ({"Fn::Join": ["", ["arn of ", {"Ref": "Files"}, " ", {"Ref": "Key"}, "/*"]]}, "arn of ${Files} ${Key}/*"),
        ({"Fn::Join": [",", ["a", {"Ref": "Files"}]]}, "a,${Files}"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, '{"Fn::Join": [",", {"Ref": "List"}]}'),
        ({"Fn::GetStackOutput": {"StackName": "data", "OutputName": "Url"}}, "${Url}"),
        (
            {"Fn::GetStackOutput": {"OutputName": "PublishOutputFnGetAttQueue1234ABCDArn9F00AA11"}},
            "${Queue1234ABCDArn}",
        ),
        ({"Fn::GetStackOutput": {}}, '{"Fn::GetStackOutput": {}}'),
        ({"Ref": "a", "Other": 1}, '{"Ref": "a", "Other": 1}'),
    ],
)
def test_values_read_like_what_they_mean(value: Json, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    "outputs, said",
    [
        ([], ""),
        ([(None, 1)], "1 output new"),
        ([(None, None)], "1 output new"),
        ([(1, None), (2, None)], "2 outputs gone"),
        ([(1, 2)], "1 output with another value"),
        (
            [(None, 1), (1, None), (1, None), (1, 2), (2, 3)],
            "1 output new, 2 outputs gone, 2 outputs with another value",
        ),
    ],
)
def test_outputs_are_counted(outputs: list[tuple[Json, Json]], said: str) -> None:
    changes = tuple(OutputChange(str(number), *values) for number, values in enumerate(outputs))

    assert outputs_text(replace(STACK, outputs=changes)) == said


@pytest.mark.parametrize(
    "stack, said",
    [
        (
            replace(STACK, resources=(change("replace"), change("create"), change("update"), change("create"))),
            "2 created, 1 updated, 1 replaced",
        ),
        (replace(STACK, resources=(change("remove"),), outputs=(OutputChange("A", 1, 2),)), "1 removed"),
        (replace(STACK, outputs=(OutputChange("A", 1, 2),), settings=(own("region"),)), "1 output with another value"),
        (replace(STACK, settings=(own("region"),)), "settings"),
        (replace(STACK, action="remove"), "remove"),
    ],
)
def test_a_stack_is_summed_up_by_what_changes_in_it(stack: StackDiff, said: str) -> None:
    assert stack_summary(stack) == said


def test_what_only_follows_in_place_is_told_apart_unless_everything_is_told() -> None:
    follower = change("update", follows("A", "Data/Key"))
    others = (change("update", own("A")), change("replace", follows("A", "Data/Key", "replacement")), change("create"))
    stack = replace(STACK, resources=(follower, *others))

    assert (lines_of(stack, full=False).told, lines_of(stack, full=False).followers) == (others, (follower,))
    assert (lines_of(stack, full=True).told, lines_of(stack, full=True).followers) == (stack.resources, ())


@pytest.mark.parametrize("count, text", [(0, "cells"), (1, "cell"), (2, "cells")])
def test_one_is_singular_and_nothing_is_plural(count: int, text: str) -> None:
    assert counted_noun("cell", count) == text


CALLS = st.sampled_from(("Ref", "Fn::GetAtt", "Fn::Join", "Fn::GetStackOutput", "OutputName", "Key", "Value"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CALLS | st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
@example({"Fn::Join": ["", [None, {"Fn::Join": [1, [2]]}]]})
def test_any_value_is_one_line(value: Json) -> None:
    assert len(value_text(value).splitlines()) == 1


@given(st.text(), JSON, JSON, st.sampled_from(("in-place", "replacement", "conditional", "unknown")), st.text())
def test_any_change_can_be_told(path: str, before: Json, after: Json, effect: str, cause: str) -> None:
    one = PropertyChange(path, before, after, effect, cause)
    made = change("update", one)

    assert property_text(one).startswith(f"{path}: ")
    for full in (True, False):
        assert len(values_of(made, full=full)) <= 1
    assert fate(made) and fate(replace(made, action="replace"))


@given(JSON, JSON, st.integers(20, 80))
def test_cut_values_are_short_and_different_values_never_read_alike(before: Json, after: Json, limit: int) -> None:
    left, right = pair(before, after, limit=limit)

    assert len(left) <= limit + 2 and len(right) <= limit + 2
    assert left != right or before == after


@given(st.text(max_size=200), st.text(max_size=200))
def test_windows_start_at_the_same_place(before: str, after: str) -> None:
    left, right = pair(f"{'x' * 60}{before}", f"{'x' * 60}{after}", limit=40)

    assert left.startswith("…x") == right.startswith("…x")
