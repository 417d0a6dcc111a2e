"""Changes of many assemblies that are equal but for their identity are told once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assembly.diff.change import AssemblyDiff, OutputChange, PropertyChange, ResourceChange, SecurityChange, StackDiff
from assembly.diff.group import Group, Labelled, Words, group
from assembly.document import Json

ACCOUNTS = ("111122223333", "444455556666", "777788889999", "123456789012")


def words(product: str, environment: str = "prod", **others: str) -> Words:
    return {product: "product", environment: "environment", **{word: name for name, word in others.items()}}


def renamed(logical_id: str, before: Json, after: Json, path: str = "Name", stack: str = "Data") -> ResourceChange:
    return ResourceChange(
        stack, logical_id, "AWS::SNS::Topic", "update", properties=(PropertyChange(path, before, after, "in-place"),)
    )


def stack_of(product: str = "acme", *resources: ResourceChange, id: str = "Data", **others) -> StackDiff:
    return StackDiff(
        id, f"{product}-prod-{id.lower()}", ACCOUNTS[0], "eu-west-1", "update", resources=resources, **others
    )


def labelled(product: str, *resources: ResourceChange, **others) -> Labelled:
    return Labelled(product, AssemblyDiff((stack_of(product, *resources, **others),)), words(product))


def values(found: Group) -> list[tuple[Json, Json]]:
    return [(one.before, one.after) for change in found.diff.resources for one in change.properties]


def test_equal_changes_of_several_assemblies_are_one_group() -> None:
    found = group([labelled(name, renamed("Topic", "a", "b")) for name in ("acme", "beta", "core")])

    (one,) = found
    assert one.labels == ("acme", "beta", "core")
    assert values(one) == [("a", "b")]


@pytest.mark.parametrize(
    "name, other",
    [
        ("another value", renamed("Topic", "a", "c")),
        ("another type of value", renamed("Topic", "a", 1)),
        ("another property", renamed("Topic", "a", "b", "DisplayName")),
        ("another resource", renamed("Subject", "a", "b")),
        ("another action", replace(renamed("Topic", "a", "b"), action="replace")),
        (
            "another effect",
            replace(renamed("Topic", "a", "b"), properties=(PropertyChange("Name", "a", "b", "unknown"),)),
        ),
        ("another note", replace(renamed("Topic", "a", "b"), notes=("look",))),
        ("another loss", replace(renamed("Topic", "a", "b"), holds="messages")),
    ],
)
def test_changes_that_differ_in_anything_else_are_groups_of_their_own(name: str, other: ResourceChange) -> None:
    found = group([labelled("acme", renamed("Topic", "a", "b")), labelled("beta", other)])

    assert [one.labels for one in found] == [("acme",), ("beta",)]


def test_the_same_change_in_another_stack_is_another_change() -> None:
    change = renamed("Topic", "a", "b")

    found = group([labelled("acme", change), labelled("beta", replace(change, stack="Edge"), id="Edge")])

    assert len(found) == 2


def test_the_same_output_of_a_stack_that_is_new_and_of_one_that_is_not_are_two_changes() -> None:
    outputs = (OutputChange("Url", None, "x"),)
    new = replace(stack_of(outputs=outputs), action="create")

    found = group([labelled("acme", outputs=outputs), Labelled("beta", AssemblyDiff((new,)), {})])

    assert [one.labels for one in found] == [("acme",), ("beta",)]


def test_changes_that_differ_only_in_their_identity_are_equal() -> None:
    found = group(
        [
            labelled(name, renamed("Topic", f"{name}-prod-news", {f"arn:{name}": [f"for {name}", 1, True, None]}))
            for name in ("acme-crm", "billing")
        ]
    )

    (one,) = found
    assert values(one) == [("{product}-{environment}-news", {"arn:{product}": ["for {product}", 1, True, None]})]
    assert one.diff.stacks[0].stack_name == "{product}-{environment}-data"
    assert one.diff.stacks[0].account == "{account}"


@pytest.mark.parametrize("kind", ["output", "security", "setting", "note", "path"])
def test_identities_are_neutral_in_every_kind_of_change(kind: str) -> None:
    def of(name: str) -> Labelled:
        change = renamed("Topic", "a", "b", path=f"Tags[{name}]" if kind == "path" else "Name")
        others = {
            "output": {"outputs": (OutputChange("Url", f"https://{name}.example", None),)},
            "security": {"security": (SecurityChange("access", "wider", f"{name} may read", "Data"),)},
            "setting": {"settings": (PropertyChange(f"stack tags[{name}]", name, None, "in-place"),)},
        }
        note = (f"of {name}",) if kind == "note" else ()
        return labelled(name, replace(change, notes=note), **others.get(kind, {}))

    (one,) = group([of("acme"), of("beta")])

    assert "acme" not in repr(one.diff)
    assert "{product}" in repr(one.diff.stacks[0])


@pytest.mark.parametrize("around", ["{}s", "x{}", "4{}", "{}2", "X{}s"])
def test_a_word_inside_of_another_one_is_no_identity(around: str) -> None:
    found = group([labelled(name, renamed("Topic", "x", around.format(name))) for name in ("acme", "beta")])

    assert [one.labels for one in found] == [("acme",), ("beta",)]


@pytest.mark.parametrize("around", ["{}", "{}-x", "x_{}", "arn:{}/*"])
def test_a_word_by_itself_is_one_whatever_signs_are_around_it(around: str) -> None:
    (one,) = group([labelled(name, renamed("Topic", "x", around.format(name))) for name in ("acme", "beta")])

    assert values(one) == [("x", around.format("{product}"))]


def test_the_longest_word_is_replaced_first() -> None:
    def of(product: str, domain: str) -> Labelled:
        diff = AssemblyDiff((stack_of(product, renamed("Topic", f"https://{domain}/", f"{product}/x")),))
        return Labelled(product, diff, words(product, domain=domain))

    (one,) = group([of("acme", "acme.prod.example.com"), of("beta", "beta.prod.example.com")])

    assert values(one) == [("https://{domain}/", "{product}/x")]


def test_a_word_that_is_empty_or_has_signs_of_a_pattern_replaces_nothing_else() -> None:
    def of(name: str, cidr: str) -> Labelled:
        diff = AssemblyDiff((stack_of(name, renamed("Topic", f"{cidr} 10x0x0", "")),))
        return Labelled(name, diff, {"": "nothing", cidr: "cidr", name: "product"})

    (one,) = group([of("acme", "10.0.0"), of("beta", "10.1.0")][:1])
    assert values(one) == [("10.0.0 10x0x0", "")]
    (both,) = group([of("acme", "10.0.0"), of("beta", "10.1.0")])
    assert values(both) == [("{cidr} 10x0x0", "")]


def test_a_change_of_one_assembly_stays_as_it_is() -> None:
    only = labelled("acme", renamed("Topic", "acme-prod", "acme"))

    (one,) = group([only])

    assert one.diff == only.diff


def test_what_one_assembly_says_twice_is_a_change_of_one_and_nothing_is_dropped() -> None:
    may = SecurityChange("access", "wider", "Api may read", "Data")
    twice = labelled("acme", security=(may, may))

    (one,) = group([twice])
    shared, own = group([twice, labelled("beta", security=(may,))])

    assert one.labels == ("acme",)
    assert one.diff == twice.diff
    assert (shared.labels, list(shared.diff.security)) == (("acme", "beta"), [may])
    assert (own.labels, list(own.diff.security)) == (("acme",), [may])


def test_an_assembly_is_in_a_group_for_what_it_shares_and_in_one_for_what_it_does_not() -> None:
    common, own = renamed("Topic", "a", "b"), renamed("Queue", "acme", "x")

    shared, single = group([labelled("acme", common, own), labelled("beta", common)])

    assert shared.labels == ("acme", "beta")
    assert [change.logical_id for change in shared.diff.resources] == ["Topic"]
    assert single.labels == ("acme",)
    assert [change.logical_id for change in single.diff.resources] == ["Queue"]


def test_larger_groups_come_first_then_those_whose_assembly_was_given_first() -> None:
    one, two = renamed("Topic", 1, 2), renamed("Queue", 1, 2)

    found = group(
        [
            labelled("delta", renamed("Own", 1, 3)),
            labelled("acme", one),
            labelled("core", two, renamed("Own", 1, 2)),
            labelled("beta", one),
            labelled("zeta", two),
            labelled("echo", one),
        ]
    )

    assert [one.labels for one in found] == [("acme", "beta", "echo"), ("core", "zeta"), ("delta",), ("core",)]


def test_stacks_and_their_changes_keep_their_order() -> None:
    stacks = tuple(
        stack_of("acme", renamed("B", 1, 2, stack=id), renamed("A", 1, 2, stack=id), id=id) for id in ("Edge", "Data")
    )

    (one,) = group([Labelled("acme", AssemblyDiff(stacks), words("acme"))])

    assert [stack.id for stack in one.diff.stacks] == ["Edge", "Data"]
    assert [change.logical_id for change in one.diff.stacks[0].resources] == ["B", "A"]


@pytest.mark.parametrize("action", ["create", "remove"])
def test_a_stack_that_comes_or_goes_without_resources_is_told(action: str) -> None:
    diff = AssemblyDiff((replace(stack_of(), action=action),))

    (one,) = group([Labelled(name, diff, {}) for name in ("acme", "beta")])

    assert [(stack.id, stack.action) for stack in one.diff.stacks] == [("Data", action)]
    assert one.labels == ("acme", "beta")


def test_what_does_not_change_is_in_no_group() -> None:
    same = AssemblyDiff((StackDiff("Data", "acme-data", ACCOUNTS[0], "eu-west-1", "keep"),))

    assert group([]) == ()
    assert group([Labelled("acme", same, words("acme"))]) == ()


NAMES = ("acme", "acme-crm", "beta", "core")


@st.composite
def cells(draw: st.DrawFn) -> list[Labelled]:
    found = []
    for number, product in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True))):
        text = st.sampled_from(("a", "b", product, f"{product}-x", "{product}", "acme"))
        stacks = []
        for id in draw(st.lists(st.sampled_from(("Data", "Edge")), unique=True)):
            ids = draw(st.lists(st.sampled_from(("A", "B", "C")), unique=True))
            resources = tuple(renamed(name, draw(text), draw(text), stack=id) for name in ids)
            outputs = tuple(OutputChange(name, None, draw(text)) for name in draw(st.sets(st.sampled_from("XY"))))
            said = tuple(SecurityChange("access", "wider", draw(text), id) for _ in range(draw(st.integers(0, 2))))
            stack = stack_of(product, *resources, id=id, outputs=outputs, security=said)
            stacks.append(replace(stack, account=ACCOUNTS[number]))
        found.append(Labelled(product, AssemblyDiff(tuple(stacks)), words(product)))
    return found


def parts(diff: AssemblyDiff) -> list[tuple]:
    return [
        (stack.id, type(part).__name__, getattr(part, "logical_id", getattr(part, "name", "")))
        for stack in diff.stacks
        for part in (*stack.resources, *stack.outputs, *stack.security, *stack.settings)
    ]


@given(cells())
def test_every_change_of_every_assembly_is_in_exactly_one_group(given_cells: list[Labelled]) -> None:
    found = group(given_cells)

    for cell in given_cells:
        told = [part for one in found if cell.label in one.labels for part in parts(one.diff)]
        assert sorted(told) == sorted(parts(cell.diff))


@given(cells())
def test_no_two_groups_have_the_same_assemblies_and_each_label_stands_once(given_cells: list[Labelled]) -> None:
    labels = [one.labels for one in group(given_cells)]

    assert len(labels) == len({frozenset(names) for names in labels})
    assert all(len(names) == len(set(names)) for names in labels)


def backwards(cell: Labelled) -> Labelled:
    stacks = tuple(
        replace(one, resources=one.resources[::-1], outputs=one.outputs[::-1], security=one.security[::-1])
        for one in cell.diff.stacks[::-1]
    )
    return replace(cell, diff=AssemblyDiff(stacks))


def contents(found: tuple[Group, ...]) -> set[tuple]:
    return {
        (
            frozenset(one.labels),
            frozenset(
                (stack.id, stack.stack_name, repr(part))
                for stack in one.diff.stacks
                for part in (*stack.resources, *stack.outputs, *stack.security)
            ),
        )
        for one in found
    }


@given(cells())
def test_the_order_of_assemblies_and_changes_makes_no_difference(given_cells: list[Labelled]) -> None:
    turned = [backwards(cell) for cell in given_cells[::-1]]

    assert contents(group(turned)) == contents(group(given_cells))


@given(cells())
def test_grouping_again_changes_nothing_of_a_single_assembly(given_cells: list[Labelled]) -> None:
    for cell in given_cells:
        found = group([cell])
        assert [one.diff.stacks for one in found] in (
            [],
            [tuple(stack for stack in cell.diff.stacks if parts(AssemblyDiff((stack,))))],
        )
