"""Change files: which are accepted, and what is said of the others."""

from datetime import date
from pathlib import Path

import pytest

from cells.fleet.change_file import Release, load_change_files
from constructs_lib.specs.errors import InputError

GOOD = """\
reason: The objects were copied to the new bucket.
owner: crm-team@example.com
expires: 2026-12-31
resources:
  - cell: acme-crm/prod
    stack: ProductCell-Data
    resource: Files
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(root: Path, text: str, name: str = "bucket.yaml") -> None:
    path = root / "cells" / "changes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_change_file_says_why_who_until_when_and_what(root: Path) -> None:
    write(root, GOOD)

    [(path, file)] = load_change_files(root).items()

    assert path == "cells/changes/bucket.yaml"
    assert file.reason == "The objects were copied to the new bucket."
    assert (file.owner, file.expires) == ("crm-team@example.com", date(2026, 12, 31))
    assert file.resources == (Release(cell="acme-crm/prod", stack="ProductCell-Data", resource="Files"),)


def test_a_checkout_without_change_files_has_none_and_several_come_by_name(root: Path) -> None:
    assert load_change_files(root) == {}
    for name in ("b.yaml", "a.yaml", "README.md"):
        write(root, GOOD, name)

    assert list(load_change_files(root)) == ["cells/changes/a.yaml", "cells/changes/b.yaml"]


@pytest.mark.parametrize(
    "name, old, new",
    [
        ("every environment", "acme-crm/prod", "acme-crm/*"),
        (
            "a reason over several lines",
            "The objects were copied to the new bucket.",
            ">\n  The objects\n  were copied",
        ),
        ("a reason just long enough", "The objects were copied to the new bucket.", "x" * 15),
        ("a short owner", "crm-team@example.com", "crm"),
        ("a date in quotes", "2026-12-31", "'2026-12-31'"),
        ("a date that is over", "2026-12-31", "2020-02-29"),
    ],
)
def test_accepts(root: Path, name: str, old: str, new: str) -> None:
    write(root, GOOD.replace(old, new))

    assert len(load_change_files(root)) == 1


@pytest.mark.parametrize(
    "name, old, new, line, error",
    [
        ("a short reason", "The objects were copied to the new bucket.", "moved", 1, "reason must say why"),
        ("blanks do not lengthen a reason", "The objects were copied to the new bucket.", "'a      b      c'", 1, "15"),
        ("no reason", "reason: The objects were copied to the new bucket.\n", "", 1, "field required"),
        ("an open line", "reason: The objects were copied to the new bucket.", "reason: # why", 1, "reason"),
        ("a short owner", "crm-team@example.com", "me", 2, "owner"),
        ("no date", "2026-12-31", "soon", 3, "expires"),
        ("a day that is none", "2026-12-31", "2026-02-30", 3, "expires"),
        ("a time of day", "2026-12-31", "'2026-12-31T12:00:00'", 3, "expires"),
        ("no resources", GOOD[GOOD.index("resources:") :], "resources: []\n", 4, "resources"),
        ("a cell without an environment", "acme-crm/prod", "acme-crm", 5, "must be product/environment"),
        ("every product", "acme-crm/prod", "'*/prod'", 5, "must be product/environment"),
        ("every cell", "acme-crm/prod", "'*'", 5, "must be product/environment"),
        ("a product in capitals", "acme-crm/prod", "Acme/prod", 5, "must be product/environment"),
        ("a path behind the cell", "acme-crm/prod", "acme-crm/prod/x", 5, "must be product/environment"),
        ("no stack", "    stack: ProductCell-Data\n", "", 5, "field required"),
        ("a resource that is a number", "resource: Files", "resource: 12", 7, "resource"),
        ("an unknown field", "    resource: Files", "    resource: Files\n    why: x", 8, "why is not a known field"),
        ("an unknown field at the top", "owner:", "ower: x\nowner:", 2, "ower is not a known field"),
        ("a field twice", "owner:", "owner: x\nowner:", 3, "duplicate"),
        ("no YAML", "resources:", "resources: [", 5, ""),
    ],
)
def test_rejects_with_file_and_line(root: Path, name: str, old: str, new: str, line: int, error: str) -> None:
    assert old in GOOD
    write(root, GOOD.replace(old, new))

    with pytest.raises(InputError) as refused:
        load_change_files(root)

    assert refused.value.message.startswith(f"cells/changes/bucket.yaml:{line}: ")
    assert error in refused.value.message


def test_all_mistakes_of_a_file_are_told_at_once(root: Path) -> None:
    write(
        root, GOOD.replace("2026-12-31", "soon").replace("acme-crm/prod", "acme").replace("crm-team@example.com", "x")
    )

    with pytest.raises(InputError) as refused:
        load_change_files(root)

    assert [line.split(":")[1] for line in refused.value.message.splitlines()][:3] == ["2", "3", "5"]


@pytest.mark.parametrize(
    "cell, covers",
    [
        ("acme-crm/prod", ["acme-crm/prod"]),
        ("acme-crm/*", ["acme-crm/prod", "acme-crm/dev"]),
        ("acme/*", []),
        ("acme-crm/staging", []),
    ],
)
def test_a_release_covers_its_cell_and_a_star_every_environment(cell: str, covers: list[str]) -> None:
    release = Release(cell=cell, stack="ProductCell-Data", resource="Files")

    cells = ["acme-crm/prod", "acme-crm/dev", "acme-crm-eu/prod"]
    assert [one for one in cells if release.covers(one, "ProductCell-Data", "Files")] == covers


@pytest.mark.parametrize("stack, resource", [("ProductCell-Edge", "Files"), ("ProductCell-Data", "File")])
def test_a_release_covers_exactly_its_stack_and_resource(stack: str, resource: str) -> None:
    assert not Release(cell="a/*", stack="ProductCell-Data", resource="Files").covers("a/dev", stack, resource)
