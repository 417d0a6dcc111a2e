"""What a run recorded comes back to the repository as a branch, from a machine whose checkout nobody keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cells.cli import output
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from cells.cli.workspace import Workspace

_PATH = "accounts/registry.json"
_MESSAGE = "chore(accounts): what vending recorded"


@contextmanager
def registry_branch(workspace: "Workspace", name: str | None) -> Iterator[None]:
    """Commit the registry to a new branch at the end, when it changed; also after a failure, which loses no id then.

    Without a name nothing is committed. Raises InputError before anything is done when the branch cannot be made.
    """
    if name is None:
        yield
        return
    from cells.cli.git import Git

    git = Git(workspace.root)
    git.refuse_branch(name)
    before = workspace.registry_path.read_bytes()

    def commit() -> None:
        if workspace.registry_path.read_bytes() != before:
            made = git.commit_to_branch(name, _PATH, _MESSAGE)
            output.note(f"{_PATH} is committed to the branch {made}; next: git push origin {name}")

    try:
        yield
    except BaseException:
        # What failed first is what the user has to know.
        try:
            commit()
        except CellsError as error:
            output.note(f"{_PATH} was not committed: {error.message}")
        raise
    commit()
