import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells.modules import registry
from cells.modules.module import Module
from cells.modules.registry import MODULES, choose_modules, find_module
from constructs_lib.specs.errors import InputError

NAMES = [module.name for module in MODULES]


@given(
    st.lists(st.sampled_from(NAMES), unique=True).flatmap(
        lambda names: st.tuples(st.just(names), st.permutations(names))
    )
)
def test_the_order_of_writing_does_not_matter(names: tuple[list[str], list[str]]) -> None:
    written, other = names

    assert choose_modules(written) == choose_modules(other)


@given(st.lists(st.sampled_from(NAMES), unique=True))
def test_a_module_comes_after_what_it_requires(names: list[str]) -> None:
    ordered = [plan.name for plan in choose_modules(names)]

    for name in ordered:
        assert all(ordered.index(required) < ordered.index(name) for required in find_module(name).requires)


def test_core_modules_are_always_on() -> None:
    assert [plan.name for plan in choose_modules(())] == [
        "files",
        "jobs",
        "notifications",
        "events",
        "audit-log",
        "settings",
        "auth",
        "users",
        "organizations",
        "teams",
        "permissions",
        "entity-links",
        "search",
    ]


def test_a_required_module_comes_along_and_says_for_whom() -> None:
    contacts = next(plan for plan in choose_modules(("finance",)) if plan.name == "contacts")

    assert contacts.reason == "required"
    assert contacts.required_by == ("finance",)


@pytest.mark.parametrize(
    "references,message,hint",
    [
        (("documets",), "unknown module 'documets'", "did you mean 'documents'?"),
        (("zzzzzz",), "unknown module 'zzzzzz'", "known: assets, audit-log, auth"),
        (("tasks@7",), "module 'tasks' has no major 7", "there is tasks@1"),
    ],
)
def test_an_unknown_module_is_an_error_that_helps(references: tuple[str, ...], message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        choose_modules(references)

    assert caught.value.message == message
    assert hint in caught.value.hint


class Ring(Module):
    name = "ring"
    requires = ("circle",)
    summary = "Needs what needs it"
    reference = "https://example.com"


class Circle(Ring):
    name = "circle"
    requires = ("ring",)


class Archive(Ring):
    name = "archive"
    requires = ("documents@2",)


@pytest.fixture
def more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "known_modules", lambda: (*MODULES, Ring, Circle, Archive))


def test_a_name_without_a_major_is_the_first_so_that_a_new_major_moves_nobody() -> None:
    assert find_module("documents").major == 1
    assert find_module("documents@2").major == 2
    assert "documents@1" in [plan.reference for plan in choose_modules(("documents",))]


def test_two_majors_of_one_module_are_refused() -> None:
    with pytest.raises(InputError, match="module 'documents' is chosen in two majors"):
        choose_modules(("documents", "documents@2"))


def test_modules_that_require_each_other_are_refused_with_the_way_round(more: None) -> None:
    with pytest.raises(InputError, match="in a circle: ring → circle → ring"):
        choose_modules(("ring",))


def test_a_requirement_may_name_a_major(more: None) -> None:
    assert "documents@2" in [plan.reference for plan in choose_modules(("archive",))]


@pytest.mark.parametrize("references", [("archive", "documents"), ("documents", "archive")])
def test_a_required_major_is_not_another_one(more: None, references: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="module 'archive@1' requires documents@2, but documents@1 is chosen"):
        choose_modules(references)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is(module) -> None:
    assert module.summary
    assert module.reference.startswith("https://")
    assert module.__doc__
    assert all(secret.name.startswith(f"{module.name}/") for secret in module.secrets)


def test_every_module_has_a_path_that_says_whether_it_is_well() -> None:
    assert find_module("documents@2").health_path() == "/health/documents"
