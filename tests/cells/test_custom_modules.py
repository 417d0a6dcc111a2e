"""Custom modules: what an installed package may add, and what is refused with its name."""

from importlib.metadata import EntryPoint

import pytest

from cells.modules import custom
from cells.modules.building import building
from cells.modules.custom import custom_modules
from cells.modules.module import Module
from cells.modules.registry import MODULES
from cells.modules.tasks import TasksModule
from constructs_lib.specs.errors import CellsError, InputError


class Loyalty(Module):
    """Points."""

    name = "loyalty"
    summary = "Points"
    reference = "https://example.com"


class Point(EntryPoint):
    """An entry point whose module is given."""

    def load(self) -> object:
        found = LOADED[self.value]
        if isinstance(found, Exception):
            raise found
        return found


LOADED: dict[str, object] = {}


def install(monkeypatch: pytest.MonkeyPatch, **modules: object) -> None:
    LOADED.clear()
    LOADED.update({f"shop:{name}": loaded for name, loaded in modules.items()})
    points = [Point(name, f"shop:{name}", custom.ENTRY_POINT_GROUP) for name in modules]
    monkeypatch.setattr(custom, "entry_points", lambda group: points if group == custom.ENTRY_POINT_GROUP else [])


def changed(**attributes: object) -> type[Module]:
    return type("Changed", (Loyalty,), attributes)


def test_a_package_adds_a_module_and_another_major_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    second = changed(major=2)
    install(monkeypatch, loyalty=Loyalty, loyalty_2=second)

    assert custom_modules(MODULES) == (Loyalty, second)


@pytest.mark.parametrize(
    "loaded,message",
    [
        (ImportError("no module named 'shopp'"), "cannot be imported: ImportError: no module named 'shopp'"),
        (ZeroDivisionError("at import"), "cannot be imported: ZeroDivisionError: at import"),
        (42, "is not a module, but int 42"),
        (dict, "is not a module, but type <class 'dict'>"),
        (changed(name="Loyalty Points"), "name must be lower-case letters, digits and hyphens, got 'Loyalty Points'"),
        (changed(major=0), "major must be a whole number from 1, got 0"),
        (changed(major="2"), "major must be a whole number from 1, got '2'"),
        (changed(summary=""), "summary must say what the module is, got ''"),
        (changed(reference="see the wiki"), "reference must be an https address, got 'see the wiki'"),
        (changed(requires="files"), "requires must be a tuple of module names, got 'files'"),
        (changed(secrets=("key",)), "secrets must be a tuple of SecretSpec, got ('key',)"),
        (changed(spec=dict), "spec must be a subclass of Spec, got <class 'dict'>"),
        (changed(core=True), "core is for modules of the platform"),
        (changed(name="documents", major=3), "takes the name 'documents', which is a module of the platform"),
        (changed(name="database"), "takes the name 'database', which is a section of the settings"),
    ],
)
def test_what_is_no_module_is_refused_and_named(monkeypatch: pytest.MonkeyPatch, loaded: object, message: str) -> None:
    install(monkeypatch, broken=loaded)

    with pytest.raises(InputError) as caught:
        custom_modules(MODULES)

    assert caught.value.message.startswith("module 'broken' of an installed package (shop:broken)")
    assert message in caught.value.message


def test_two_packages_cannot_add_one_major(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, one=Loyalty, other=changed())

    with pytest.raises(InputError, match="module loyalty@1 is there twice"):
        custom_modules(MODULES)


def test_a_custom_module_that_raises_while_it_builds_is_wrong_input_and_named_with_the_step() -> None:
    with pytest.raises(InputError) as caught, building(Loyalty(), "data"):
        raise KeyError("points")

    assert caught.value.message.startswith("module loyalty@1 failed in tests.cells.test_custom_modules.Loyalty.data (")
    assert caught.value.message.endswith("): KeyError: 'points'")


def test_a_module_of_the_platform_that_raises_is_not_the_fault_of_the_input() -> None:
    with pytest.raises(CellsError) as caught, building(TasksModule(), "data"):
        raise KeyError("tasks")

    assert caught.value.message.startswith("module tasks@1 failed in cells.modules.tasks.TasksModule.data: KeyError")
    assert caught.value.exit_code == 1


def test_an_error_of_the_project_passes_as_it_is() -> None:
    error = InputError("too small")

    with pytest.raises(InputError) as caught, building(Loyalty(), "data"):
        raise error

    assert caught.value is error
