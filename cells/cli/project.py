"""Finds the checkout that a command works on."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cells.cli.workspace import Workspace

_MARK = Path("accounts") / "organization.yaml"


def find_project(start: Path | None = None) -> Path:
    """The project around a folder (default: the current one), else the one that this command was installed from."""
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / _MARK).is_file():
            return candidate
    return Path(__file__).resolve().parents[2]


def open_workspace() -> "Workspace":
    """The files of the project around the current folder."""
    from cells.cli.workspace import Workspace

    return Workspace(find_project())
