"""`cells frontend publish`: what is refused before AWS is asked anything."""

from pathlib import Path

from tests.cli.conftest import Cells


def build(folder: Path) -> str:
    (folder / "index.html").write_text("<p>")
    return str(folder)


def test_pages_of_another_host_are_told_where_they_are_released(cells: Cells, project: Path) -> None:
    file = project / "cells" / "products" / "acme-crm.yaml"
    file.write_text(file.read_text().replace("\nmodules:", "\nfrontend: amplify\nmodules:", 1))

    result = cells("frontend", "publish", "acme-crm", build(project))

    assert result.code == 2
    assert "error: the pages of acme-crm-dev are not in a bucket of the cell: its frontend is 'amplify'" in result.err
    assert "hint: docs/frontends.md" in result.err


def test_a_folder_that_is_no_build_is_refused(cells: Cells, tmp_path: Path) -> None:
    result = cells("frontend", "publish", "acme-crm", str(tmp_path / "dist"))

    assert result.code == 2
    assert f"error: {tmp_path / 'dist'} has no index.html" in result.err
