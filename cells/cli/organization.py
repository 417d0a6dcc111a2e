"""What the commands of the organization share: the live organization at a target."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from accounts.vending.clients import VendingClients

_REGION = "us-east-1"
"""Where AWS Organizations answers."""


@contextmanager
def management_clients(workspace: Workspace, target: str | None, profile: str | None) -> Iterator["VendingClients"]:
    """The clients of the management account at a target; what AWS refuses inside becomes an error for a person.

    Raises InputError when the registry has no management account, or the credentials are of another one.
    """
    from accounts.vending.clients import VendingClients
    from cells.cli.live import aws_errors
    from cells.cli.target import target_of

    entry = workspace.registry.accounts.get("management")
    if entry is None or entry.id is None:
        raise InputError(
            "accounts/registry.json has no id for the management account",
            hint='record it: "management": {"id": "…", "state": "active"} in its accounts',
        )
    with aws_errors():
        chosen = target_of(workspace.root, target, profile)
        chosen.verify(entry.id)
        clients = chosen.clients(entry.id, _REGION)
        yield VendingClients(clients.session, clients.endpoint)
