"""`cells org show ACCOUNT`: which guardrails bind an account, who may become what in it, and where its logs go."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue

from cells.cli import output

if TYPE_CHECKING:
    from accounts.platform import Platform
    from accounts.policies.guardrail import Guardrail
    from accounts.topology import Account, UnitPath


def show_account(platform: "Platform", name: str, *, json: bool) -> None:
    """Print what is known of one account. Raises InputError when nobody declares it."""
    account = platform.topology.account(name)
    if json:
        output.as_json(_machine(platform, account))
    else:
        _print(platform, account)


def _print(platform: "Platform", account: "Account") -> None:
    from accounts.access import access_of, logs_of
    from accounts.topology import path_text

    tags = ", ".join(f"{key}={value}" for key, value in sorted(account.tags.items()))
    output.title(account.name)
    output.pairs(
        [
            ("id", account.id or "pending"),
            ("unit", path_text(account.unit)),
            ("kind", account.kind),
            ("root address", account.email),
            ("tags", tags),
        ]
    )
    output.say()
    output.title("guardrails that bind it")
    rows = [(one.name, path_text(unit), one.type, one.summary) for one, unit in _binding(account)]
    output.table(("guardrail", "on", "type", "what"), rows, indent="  ")
    if account.kind == "management":
        output.note("service and resource control policies do not bind the management account")
    output.say()
    output.title("who may become what in it")
    roles = [(one.role, one.who, one.since, one.may) for one in access_of(platform, account)]
    output.table(("role", "who", "made by", "may"), roles, indent="  ")
    output.say()
    output.title("where its logs go")
    output.table(("log", "place"), [(one.log, one.place) for one in logs_of(platform, account)], indent="  ")


def _binding(account: "Account") -> "Iterator[tuple[Guardrail, UnitPath]]":
    """The guardrails of an account, each with the unit nearest to the root that it comes from."""
    from accounts.policies.registry import GUARDRAILS

    levels = [account.unit[:depth] for depth in range(len(account.unit) + 1)]
    for level in levels:
        for guardrail in GUARDRAILS:
            if level in guardrail.attached and not (account.kind == "management" and guardrail.authorizes):
                yield guardrail, level


def _machine(platform: "Platform", account: "Account") -> JsonValue:
    from accounts.access import access_of, logs_of
    from accounts.topology import path_text

    guardrails: list[JsonValue] = [
        {"name": one.name, "on": path_text(unit), "type": one.type, "summary": one.summary}
        for one, unit in _binding(account)
    ]
    access: list[JsonValue] = [
        {"role": one.role, "who": one.who, "may": one.may, "made_by": one.since} for one in access_of(platform, account)
    ]
    return {
        "name": account.name,
        "id": account.id,
        "email": account.email,
        "unit": path_text(account.unit),
        "kind": account.kind,
        "tags": dict[str, JsonValue](account.tags),
        "guardrails": guardrails,
        "access": access,
        "logs": [{"log": one.log, "place": one.place} for one in logs_of(platform, account)],
    }
