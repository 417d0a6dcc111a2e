"""Wrong input about modules: what a product file, an entry point or a custom module gets told."""

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from cells.modules import custom
from cells.modules.module import Module
from cells.modules.registry import known_modules
from tests.cli.conftest import Cells, Result

PRODUCT = Path("cells/products/acme-crm.yaml")


class Points(Module):
    """What a package adds."""

    name = "points"
    summary = "Points for loyal customers"
    reference = "https://example.com"


class Prizes(Points):
    """Requires what requires it."""

    name = "prizes"
    requires = ("points",)


class PointsForPrizes(Points):
    """The other half of the circle."""

    requires = ("prizes",)


class Raises(Points):
    """Has a mistake."""

    def data(self, layer: object) -> None:
        """Add to the Data stack."""
        raise KeyError("points")


class Shadows(Points):
    """Takes a name of the platform."""

    name = "documents"
    major = 3


class Nonsense(Points):
    """Says too little of itself."""

    requires = "files"  # type: ignore[assignment]  # the mistake that is tested


class Given(EntryPoint):
    """An entry point whose object is in this file."""

    def load(self) -> object:
        return globals()[self.value]


Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def of(*names: str) -> None:
        points = [Given(name.lower(), name, custom.ENTRY_POINT_GROUP) for name in names]
        monkeypatch.setattr(custom, "entry_points", lambda group: points)
        known_modules.cache_clear()

    yield of
    monkeypatch.undo()
    known_modules.cache_clear()


def edit(project: Path, old: str, new: str) -> int:
    """Change the product file once; return the line of what is new."""
    path = project / PRODUCT
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def is_told(result: Result, error: str, hint: str) -> None:
    assert result.code == 2
    assert result.err.removeprefix("synthesizing acme-crm/dev/eu-west-1 …\n").startswith(f"error: {error}")
    assert f"\nhint: {hint}" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("new", "error", "hint"),
    [
        ("- documnts", "unknown module 'documnts'", "did you mean 'documents'?"),
        ("- documents@7", "module 'documents' has no major 7", "there is documents@1, documents@2"),
    ],
)
def test_an_unknown_module_of_a_file_is_told_with_its_line(
    cells: Cells, project: Path, new: str, error: str, hint: str
) -> None:
    line = edit(project, "- documents", new)

    is_told(cells("show", "acme-crm"), f"{PRODUCT}:{line}: {error}", hint)


def test_an_unknown_module_of_one_environment_is_told_with_its_line(cells: Cells, project: Path) -> None:
    line = edit(project, "dev: {}", "dev: {modules: [tasks, documents@9]}")

    is_told(cells("show", "acme-crm"), f"{PRODUCT}:{line}: module 'documents' has no major 9", "there is documents@1")


def test_two_majors_in_a_file_are_told_with_the_line_of_its_modules(cells: Cells, project: Path) -> None:
    line = edit(project, "modules:\n", "modules:\n  - documents@2\n")

    error = "modules names 'documents' twice: a cell runs one major of a module"
    is_told(cells("show", "acme-crm"), f"{PRODUCT}:{line}: {error}", "choose one of the two")


def test_two_majors_on_the_command_line_are_told(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-m", "documents,documents@2")

    is_told(result, "module 'documents' is chosen in two majors", "a cell runs one major of a module")


@pytest.mark.parametrize(
    ("setting", "hint"),
    [("documents.revision_days", "did you mean '"), ("zzzz.qqqq", "`cells show` lists every setting")],
)
def test_a_setting_that_no_module_has_is_told_with_its_line(
    cells: Cells, project: Path, setting: str, hint: str
) -> None:
    line = edit(project, "dev: {}", f"dev: {{settings: {{{setting}: 1}}}}")

    is_told(cells("show", "acme-crm"), f"{PRODUCT}:{line}: environments.dev.settings.{setting} is not a known", hint)


def test_a_circle_is_told_with_the_way_round(cells: Cells, project: Path, install: Install) -> None:
    install("PointsForPrizes", "Prizes")
    line = edit(project, "- tasks", "- prizes")

    error = "modules require each other in a circle: prizes → points → prizes"
    is_told(cells("show", "acme-crm"), f"{PRODUCT}:{line - 1}: {error}", "break the circle")


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("Shadows", "takes the name 'documents', which is a module of the platform", "give the custom module a name"),
        ("Nonsense", "requires must be a tuple of module names, got 'files'", "see docs/custom-modules.md"),
        ("Given", "is not a module, but type", "it must name a subclass"),
        ("PRODUCT", "is not a module, but PosixPath", "it must name a subclass"),
    ],
)
def test_a_custom_module_that_cannot_be_used_is_told_with_its_entry_point(
    cells: Cells, install: Install, name: str, error: str, hint: str
) -> None:
    install(name)

    result = cells("show", "acme-crm")

    is_told(result, f"module '{name.lower()}' of an installed package ({name})", hint)
    assert error in result.err


def test_a_custom_module_that_raises_is_told_with_its_line(cells: Cells, project: Path, install: Install) -> None:
    install("Raises")
    line = Path(__file__).read_text().splitlines().index('        raise KeyError("points")') + 1

    result = cells("synth", "acme-crm", "-m", "points")

    where = f"tests.cli.test_module_input.Raises.data (test_module_input.py:{line})"
    is_told(result, f"module points@1 failed in {where}: KeyError: 'points'", "mend the module")
    assert not (project / "cdk.out").exists()
