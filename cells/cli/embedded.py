"""The embedded AWS of a checkout: start, stop, and what is in it."""

import json
import socket
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.target import STATE, LocalTarget
from cells.cli.workspace import Workspace
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from local.process import LocalServer

PORT = 4577
"""The port on loopback, unless it is taken or another one is named. 4566 is what other emulators take."""


_PORTS_TRIED = 20


@dataclass(frozen=True)
class EmbeddedStatus:
    """What is known of the embedded AWS."""

    running: bool
    endpoint: str
    pid: int
    log: str
    accounts: dict[str, str]
    """Account id to name."""
    recorded: dict[str, int]
    """Resource types that were only recorded, and how many of each."""


def start(workspace: Workspace, port: int | None = None) -> LocalTarget:
    """Start the embedded AWS, or find it running, and make what the registry records exist in it.

    Without `port` it takes the first free one from 4577 on. Raises CellsError when the port is in use, or when the
    server does not come up.
    """
    from local.accounts import ensure_accounts
    from local.error import LocalError
    from local.process import LocalServer

    try:
        server = LocalServer.start(workspace.root / STATE, port or _free_port())
        entry = workspace.registry.accounts.get("management")
        management = (entry.id if entry else None) or _missing()
        rows = [(name, id, workspace.organization.email_of(name)) for id, name in accounts_of(workspace).items()]
        recorded = workspace.registry.organization
        ids = (recorded.id or "", recorded.root or "")
        ensure_accounts(server.endpoint, management, rows, organization=ids)
    except LocalError as error:
        raise CellsError(error.message, hint=error.hint) from error
    return LocalTarget(server.endpoint, server.state_dir)


def stop(root: Path) -> bool:
    """Stop it. Says whether it ran. What was in it is gone."""
    server = _server(root)
    ran = server.status().running
    server.stop()
    return ran


def status(workspace: Workspace) -> EmbeddedStatus:
    """Whether it runs, and what is in it."""
    found = _server(workspace.root).status()
    return EmbeddedStatus(
        running=found.running,
        endpoint=found.endpoint if found.running else "",
        pid=found.pid,
        log=str(found.log),
        accounts=accounts_of(workspace) if found.running else {},
        recorded=recorded_types(found.endpoint) if found.running else {},
    )


def accounts_of(workspace: Workspace) -> dict[str, str]:
    """The accounts of the registry: account id to name."""
    platform = {entry.id: name for name, entry in sorted(workspace.registry.accounts.items()) if entry.id}
    return platform | {cell.account: cell.identity.prefix for cell in workspace.registry.cells if cell.account}


def recorded_types(endpoint: str) -> dict[str, int]:
    """The resource types that the embedded AWS only recorded so far, with how many of each."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{endpoint}/_local/recorded", timeout=10) as response:
        answer: dict[str, dict[str, int]] = json.loads(response.read())
    return dict(sorted(answer["types"].items()))


def _server(root: Path) -> "LocalServer":
    from local.process import LocalServer

    return LocalServer(root / STATE, PORT)


def _free_port() -> int:
    """The first port that nobody has: a second checkout, or another program, may have the usual one."""
    for port in range(PORT, PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return PORT


def _missing() -> str:
    raise CellsError(
        "the management account is missing from accounts/registry.json",
        hint='add "management": {"id": "…", "state": "active"} to its accounts',
    )
