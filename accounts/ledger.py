"""The registry on disk: read with file and line in every error, written so that it is never half there.

Only `cells new` and account vending write. Synth, diff and checks read.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from accounts.addresses import allocate
from accounts.spec import OrganizationSpec, Size
from constructs_lib.specs.document import load_document
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Identity
from constructs_lib.specs.registry import AccountEntry, CellEntry, OrganizationEntry, Registry, State

_LOCK_SECONDS = 10.0
_RETRY_SECONDS = 0.05
_WRITTEN: dict[Path, tuple[str, Registry]] = {}
"""What this process wrote last into each registry. Most of the time that 200 accounts take, each recorded as soon as it
is there, would go into checking it anew."""


def load_registry(path: Path) -> Registry:
    """The registry of a JSON file. Raises InputError with file and line when it is not right."""
    return load_document(path).parse(Registry)


def registry_text(registry: Registry) -> str:
    """The registry as it stands in its file: accounts by name, cells by identity, so that a merge touches few lines."""
    empty = {"organization"} if registry.organization == OrganizationEntry() else None
    # Python's own writer takes ten times as long when it indents.
    return _sorted(registry).model_dump_json(indent=2, exclude_none=True, exclude=empty) + "\n"


def write_registry(path: Path, registry: Registry) -> None:
    """Write the registry whole or not at all: a reader sees the old file or the new one.

    Equal registries give equal bytes: accounts by name, cells by identity, so that a merge touches few lines.
    """
    text = registry_text(registry)
    write_whole(path, text)
    _WRITTEN[path] = (text, registry)


def _read_again(path: Path) -> Registry:
    """The registry, which is checked unless this process wrote every letter of it."""
    text, registry = _WRITTEN.get(path, ("", None))
    if registry is not None and path.is_file() and path.read_text(encoding="utf-8") == text:
        return registry
    return load_registry(path)


def write_whole(path: Path, text: str) -> None:
    """Replace a file, in a folder that is made when it is not there: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def record_cell(
    path: Path,
    organization: OrganizationSpec,
    identity: Identity,
    *,
    size: Size,
    domain: str,
    account: str | None = None,
) -> CellEntry:
    """Give a cell its range and record it; a cell that is recorded already keeps what it has.

    Without an account the cell is `pending` until its account is vended. Raises InputError when the pool has no room,
    or another cell has the domain.
    """
    with locked(path):
        registry = _read_again(path)
        recorded = registry.find(identity)
        if recorded is not None:
            return recorded
        entry = CellEntry(
            product=identity.product,
            environment=identity.environment,
            region=identity.region,
            account=account,
            cidr=allocate(organization, registry, identity, size),
            domain=_free_domain(registry, identity, domain),
            state="pending" if account is None else "active",
        )
        write_registry(path, registry.model_copy(update={"cells": (*registry.cells, entry)}))
        return entry


def record_organization(path: Path, entry: OrganizationEntry) -> None:
    """Write down what AWS named; what the entry does not know stays as it is.

    Raises InputError when the registry is of another organization.
    """
    with locked(path):
        registry = _read_again(path)
        known, new = registry.organization, entry.model_dump(exclude_none=True)
        if known.id is not None and entry.id is not None and known.id != entry.id:
            raise InputError(
                f"the registry is of the organization {known.id}, but this is {entry.id}",
                hint="use the credentials of the right organization",
            )
        changed = registry.model_copy(update={"organization": known.model_copy(update=new)})
        if changed != registry:
            write_registry(path, changed)


def record_attachment(path: Path, identity: Identity, attachment: str) -> bool:
    """Write down a cell's attachment to the transit gateway. Whether that is new.

    Raises InputError when the registry does not have the cell.
    """
    with locked(path):
        registry = load_registry(path)
        entry = registry.find(identity)
        if entry is None:
            raise InputError(
                f"cell {identity.key} is not in accounts/registry.json",
                hint=f"`cells new {identity.product}` records its accounts and address ranges",
            )
        if entry.attachment == attachment:
            return False
        changed = CellEntry.model_validate({**entry.model_dump(), "attachment": attachment})
        cells = tuple(changed if cell == entry else cell for cell in registry.cells)
        write_registry(path, registry.model_copy(update={"cells": cells}))
        return True


def record_accounts(path: Path, ids: Mapping[str, str], *, cells: Collection[str] = ()) -> tuple[str, ...]:
    """Write down the ids of accounts that are there, by name. Answers the names that have no place in the registry.

    The account of a cell (one of `cells`, such as `acme-crm-dev`) belongs to the entries of that cell in every region,
    which `cells new` makes: without any there is no place yet. Raises InputError when the registry has another id.
    """
    with locked(path):
        before = registry = _read_again(path)
        homeless = []
        for name, id in ids.items():
            _refuse_taken(registry, name, id)
            changed = _with_cell_account(registry, name, id) if name in cells else _with_account(registry, name, id)
            if changed is None:
                homeless.append(name)
            else:
                registry = changed
        if registry != before:
            write_registry(path, registry)
        return tuple(homeless)


def record_states(path: Path, states: Mapping[str, State]) -> None:
    """Write down, by account id, which accounts are active, closing or closed. Accounts without a place are left out.

    A closed one keeps its line: its range of addresses is never given to another cell, because logs name it for years.
    """
    with locked(path):
        registry = _read_again(path)
        accounts = {
            name: entry.model_copy(update={"state": states.get(entry.id or "", entry.state)})
            for name, entry in registry.accounts.items()
        }
        cells = tuple(
            cell.model_copy(update={"state": states.get(cell.account or "", cell.state)}) for cell in registry.cells
        )
        changed = registry.model_copy(update={"accounts": accounts, "cells": cells})
        if changed != registry:
            write_registry(path, changed)


def _with_account(registry: Registry, name: str, id: str) -> Registry:
    recorded = registry.accounts.get(name)
    _refuse_other(name, recorded.id if recorded else None, id)
    state: State = recorded.state if recorded and recorded.state != "pending" else "active"
    accounts = {**registry.accounts, name: AccountEntry(id=id, state=state)}
    return registry.model_copy(update={"accounts": accounts})


def _with_cell_account(registry: Registry, name: str, id: str) -> Registry | None:
    # The product first: to build the identity of every cell takes longer than to write the file.
    entries = [cell for cell in registry.cells if name.startswith(cell.product) and cell.identity.prefix == name]
    if not entries:
        return None
    for cell in entries:
        _refuse_other(name, cell.account, id)
    entry = AccountEntry(id=id)
    cells = tuple(
        cell.model_copy(update={"account": entry.id, "state": "active" if cell.state == "pending" else cell.state})
        if cell in entries
        else cell
        for cell in registry.cells
    )
    return registry.model_copy(update={"cells": cells})


def _refuse_other(name: str, recorded: str | None, id: str) -> None:
    if recorded is not None and recorded != id:
        raise InputError(
            f"the registry says that the account {name} is {recorded}, but it is {id}",
            hint="mend accounts/registry.json by hand: an account never changes its id",
        )


def _refuse_taken(registry: Registry, name: str, id: str) -> None:
    """Refuse what no registry may say: that two names have one account."""
    accounts = (other for other, entry in registry.accounts.items() if entry.id == id)
    cells = (f"{cell.product}-{cell.environment}" for cell in registry.cells if cell.account == id)
    other = next((other for other in (*accounts, *cells) if other != name), None)
    if other is not None:
        raise InputError(
            f"the registry says that the account {id} is {other}, but it is {name}",
            hint="mend accounts/registry.json by hand: an account has one name",
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other commands from writing the registry meanwhile. Raises InputError when it stays locked for 10 s.

    The lock is on the folder: a lock file would stay behind, and the registry itself is replaced by each write.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except FileNotFoundError:
        raise InputError(f"the folder {path.parent} does not exist", hint="run the command in the project") from None
    try:
        _lock(folder, path)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, path: Path) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise InputError(
                    f"{path.name} is being written by another command", hint="wait for it to end, then run this again"
                ) from None
            time.sleep(_RETRY_SECONDS)


def _sorted(registry: Registry) -> Registry:
    return registry.model_copy(
        update={
            "accounts": dict(sorted(registry.accounts.items())),
            "cells": tuple(sorted(registry.cells, key=lambda cell: cell.identity.key)),
        }
    )


def _free_domain(registry: Registry, identity: Identity, domain: str) -> str:
    other = next((cell for cell in registry.cells if cell.domain == domain), None)
    if other is not None:
        raise InputError(
            f"the domain '{domain}' of {identity.key} belongs to {other.identity.key}",
            hint="choose another subdomain in the product file",
        )
    return domain
