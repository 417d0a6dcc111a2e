"""The registry of an organization that is adopted: its ids, and a line with a range and a domain for every cell."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.addresses import Ranges
from accounts.landing import landing_of
from accounts.spec import OrganizationSpec, Size
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.recognition import Cell
from accounts.vending.shared_facts import Note
from accounts.vending.suspension import state_of
from constructs_lib.specs.identity import Environment, Identity
from constructs_lib.specs.registry import AccountEntry, CellEntry, OrganizationEntry, Registry

_SIZES: Mapping[Environment, Size] = {"dev": "dev", "staging": "staging", "prod": "prod", "sandbox": "prototype"}


def adopted_registry(
    live: LiveOrganization,
    spec: OrganizationSpec,
    *,
    entries: Mapping[str, AccountEntry],
    cells: Mapping[Cell, LiveAccount],
    known: Registry,
    subdomains: Mapping[str, str],
    note: Note,
) -> Registry:
    """The registry of accounts and cells. What `known` says of a cell stays; a new one takes a free range, with a note.

    Raises InputError when a pool has no room.
    """
    registry = Registry(
        organization=OrganizationEntry(id=live.id, root=live.root, **_identity_center(live)), accounts={**entries}
    )
    ranges, landing = Ranges(spec, known), landing_of(spec, registry)
    lines: list[CellEntry] = []
    for (product, environment), account in sorted(cells.items()):
        own = [
            one
            for one in known.cells
            if (one.product, one.environment) == (product, environment) and one.account in (None, account.id)
        ]
        changed = {"account": account.id, "state": state_of(account)}
        lines += [cell.model_copy(update=changed) for cell in own]
        if not own:
            identity = Identity(product=product, environment=environment, region=spec.home_region)
            domain = landing.cell_domain(subdomains.get(product, product), environment)
            line = _new_cell(identity, account, cidr=ranges.take(identity, _SIZES[environment]), domain=domain)
            note(f"{identity.key} gets the range {line.cidr}: when its network is there, write its own")
            lines.append(line)
    return registry.model_copy(update={"cells": tuple(lines)})


def _new_cell(identity: Identity, account: LiveAccount, *, cidr: str, domain: str) -> CellEntry:
    return CellEntry(
        product=identity.product,
        environment=identity.environment,
        region=identity.region,
        account=account.id,
        cidr=cidr,
        domain=domain,
        state=state_of(account),
    )


def _identity_center(live: LiveOrganization) -> dict[str, str]:
    center = live.identity_center
    return {"identity_center": center.arn, "identity_store": center.store} if center else {}
