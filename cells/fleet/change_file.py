"""Change files: what lets data go that a change would lose, by name, with a reason and a day.

A change file is `cells/changes/<name>.yaml`. It is reviewed with the change that needs it, lets exactly the named
resources through, and stops doing so after its day. It belongs to the pull request: once that is deployed, delete it.
"""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

from pydantic import AfterValidator, Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.identity import Environment

CHANGES = Path("cells") / "changes"
"""Where change files lie, from the root of a checkout."""

_SHORTEST_REASON = 15


def _reason(value: str) -> str:
    text = " ".join(value.split())
    if len(text) < _SHORTEST_REASON:
        raise ValueError(f"must say why the data may go, in {_SHORTEST_REASON} characters or more, got {value!r}")
    return text


def _cell(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*/([a-z]+|\*)", value):
        raise ValueError(f"must be product/environment, such as acme-crm/prod or acme-crm/*, got {value!r}")
    environment = value.partition("/")[2]
    if environment not in (*get_args(Environment), "*"):
        raise ValueError(f"must end in {', '.join(get_args(Environment))} or *, got {value!r}")
    return value


class Release(Spec):
    """One resource whose data may go."""

    cell: Annotated[str, AfterValidator(_cell)] = Field(
        description="The cell, such as `acme-crm/prod`; `acme-crm/*` is every environment of the product."
    )
    stack: str = Field(description="The construct id of the stack, such as `ProductCell-Data`.")
    resource: str = Field(description="The logical id in the template, as `cells diff` prints it.")

    def covers(self, cell: str, stack: str, logical_id: str) -> bool:
        """Whether it names this resource."""
        product, _, environment = self.cell.partition("/")
        named = cell == self.cell or (environment == "*" and cell.partition("/")[0] == product)
        return named and stack == self.stack and logical_id == self.resource


class ChangeFile(Spec):
    """Why some data may go, and until when."""

    reason: Annotated[str, AfterValidator(_reason)] = Field(
        description="Why the data may go: where it was copied to, or why nobody needs it."
    )
    owner: str = Field(min_length=3, description="Who answers for it: a team or an address.")
    expires: date = Field(description="The last day on which the change file lets anything through.")
    resources: tuple[Release, ...] = Field(min_length=1, description="The resources whose data may go.")


def load_change_files(root: Path) -> dict[str, ChangeFile]:
    """Read every change file of a checkout, by its path. Raises InputError with file and line of every mistake."""
    paths = sorted(path for path in (root / CHANGES).glob("*") if path.suffix in (".yaml", ".yml"))
    return {path.relative_to(root).as_posix(): load_spec(path, ChangeFile) for path in paths}
