"""`cells org show`: the tree of the organization."""

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from accounts.topology import Account, Topology, UnitPath


AccountName = Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="One account, such as acme-crm-prod.")]


def show(account: AccountName = None, json: options.Json = False) -> None:
    """Print the declared organization: units, accounts, their ids and root addresses.

    Of one account: its tags, which guardrails bind it and from which unit, who may become what in it, and where its
    logs go. Reads the declaration and the registry; asks nobody.
    Example: cells org show acme-crm-prod
    """
    platform = open_workspace().platform
    if account is not None:
        from cells.cli.org_show_account import show_account

        show_account(platform, account, json=json)
        return
    topology = platform.topology
    if json:
        output.as_json(_machine(topology))
        return
    rows = list(_rows(topology, ()))
    output.table(("unit or account", "id", "kind", "root address"), rows)
    waiting = sum(account.pending for account in topology.accounts)
    output.say()
    output.say(f"{len(topology.accounts)} accounts in {len(topology.units)} units, {waiting} not vended yet")


def _rows(topology: "Topology", path: "UnitPath") -> "list[tuple[str, ...]]":
    """The accounts of a unit, then the units in it, each with what is in it."""
    indent = "  " * len(path)
    rows: list[tuple[str, ...]] = [] if path else [("Root", "", "", "")]
    rows += [_row(account, f"{indent}  ") for account in topology.inside(path)]
    for unit in topology.units:
        if unit.parent == path:
            rows.append((f"{indent}  {unit.name}/", "", "", ""))
            rows += _rows(topology, unit.path)
    return rows


def _row(account: "Account", indent: str) -> tuple[str, ...]:
    return (f"{indent}{account.name}", account.id or "pending", account.kind, account.email)


def _machine(topology: "Topology") -> JsonValue:
    return {
        "units": ["/".join(unit.path) for unit in topology.units],
        "accounts": [
            {
                "name": account.name,
                "id": account.id,
                "email": account.email,
                "unit": "/".join(account.unit),
                "kind": account.kind,
                "tags": dict[str, JsonValue](account.tags),
            }
            for account in topology.accounts
        ],
    }
