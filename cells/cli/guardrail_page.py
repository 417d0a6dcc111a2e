"""`docs/guardrails.md`: which guardrails bind whom, why, what they break, who is exempt, and what proves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accounts.policies.calls.call import Call
from accounts.policies.calls.table import CALLS_BY_SUBJECT
from accounts.policies.exemption import EXEMPTIONS
from accounts.policies.guardrail import Guardrail, Statement
from accounts.policies.registry import GUARDRAILS
from accounts.topology import STANDARD_UNITS, UnitPath, path_text
from cells.cli.markdown import table

_TYPES = {
    "SERVICE_CONTROL_POLICY": "service control policy (SCP)",
    "RESOURCE_CONTROL_POLICY": "resource control policy (RCP)",
    "DECLARATIVE_POLICY_EC2": "declarative policy of EC2",
    "TAG_POLICY": "tag policy",
    "BACKUP_POLICY": "backup policy",
    "AISERVICES_OPT_OUT_POLICY": "AI services opt-out policy",
    "SECURITYHUB_POLICY": "Security Hub policy",
    "INSPECTOR_POLICY": "Inspector policy",
    "GUARDDUTY_POLICY": "GuardDuty policy",
    "S3_POLICY": "S3 policy",
}

_INTRODUCTION = (
    "A guardrail is something that the organization does not let happen in any account that it binds, whatever the "
    "policies inside that account say. Each has a file in `accounts/policies`.",
    "",
    "- A **service control policy** limits what users, roles and the root user of an account may call, wherever. It "
    "binds every account but the management account, and no service-linked role.",
    "- A **resource control policy** limits who may reach a resource of an account, from wherever. It binds the "
    "management account's identities too, where they reach for a member's resource.",
    "- Every **other type** sets something in the account, in the management account as well.",
    "",
    "`<words in angle brackets>` stand for what differs between organizations: names, accounts, regions. Statements "
    "are packed into as few policies as fit the quotas of AWS (`accounts/quotas.yaml`). `cells org prove` evaluates "
    "the calls at the end of this page over everything that an account inherits, and prints what each policy measures.",
)


def guardrails_page(generated: str) -> str:
    """The page. Equal guardrails give equal bytes."""
    lines = [
        "# Guardrails",
        "",
        generated,
        "",
        *_INTRODUCTION,
        "",
        "## What binds which unit",
        "",
        *table(("unit", "guardrails of its own", "and from above"), [*_units()]),
        "",
        "## Who is exempt",
        "",
        "An exemption is a role by name. Nobody but the platform can make or change such a role: "
        "[platform-roles](#platform-roles).",
        "",
        *table(("who", "role", "from"), [*_exemptions()]),
    ]
    for guardrail in GUARDRAILS:
        lines += _guardrail(guardrail)
    lines += ["", "## What proves them", ""]
    for subject, calls in CALLS_BY_SUBJECT.items():
        lines += [
            f"### Calls: {subject}",
            "",
            *table(("what happens", "who", "where", "calls", "must"), [*_calls(calls)]),
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _units() -> Iterator[tuple[str, ...]]:
    for path in ((), *STANDARD_UNITS):
        above = [path[:depth] for depth in range(len(path))]
        inherited = "everything of " + ", ".join(map(path_text, above)) if above else ""
        yield path_text(path), _links(one for one in GUARDRAILS if path in one.attached) or "none", inherited


def _links(guardrails: Iterable[Guardrail]) -> str:
    return ", ".join(f"[{one.name}](#{one.name})" for one in guardrails)


def _exemptions() -> Iterator[tuple[str, ...]]:
    for exemption in EXEMPTIONS:
        yield exemption.who, f"`{exemption.role}`", _links(one for one in GUARDRAILS if exemption in one.exempt)


def _guardrail(guardrail: Guardrail) -> Iterator[str]:
    yield from ("", f"## {guardrail.name}", "", guardrail.summary, "")
    yield f"*{_TYPES[guardrail.type]}, on {_targets(guardrail.attached)}*"
    yield from ("", f"**Why.** {guardrail.why}", "", f"**What it breaks.** {guardrail.breaks}")
    if guardrail.statements:
        yield ""
        yield from table(("statement", "denies", "where or when", "but not"), [*map(_statement, guardrail.statements)])
    yield from ("", f"Reference: <{guardrail.reference}>")


def _targets(targets: Iterable[UnitPath]) -> str:
    return " and ".join("the root" if not path else f"the unit {path_text(path)}" for path in targets)


def _statement(statement: Statement) -> tuple[str, ...]:
    actions = ", ".join(f"`{action}`" for action in statement.actions or statement.all_but)
    denied = f"everything but {actions}" if statement.all_but else actions
    exempt = "; ".join(one.who for one in statement.exempt) or "nobody"
    return statement.sid, denied, "; ".join(_limits(statement)) or "always", exempt


def _limits(statement: Statement) -> Iterator[str]:
    if statement.all_resources_but:
        yield f"on everything but {_codes(statement.all_resources_but)}"
    elif statement.resources != ("*",):
        yield f"on {_codes(statement.resources)}"
    for operator, keys in statement.when.items():
        for key, value in keys.items():
            yield f"when `{key}` {operator} {_codes((value,) if isinstance(value, str) else value)}"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _calls(calls: Iterable[Call]) -> Iterator[tuple[str, ...]]:
    """One row for each sentence."""
    by_sentence: dict[tuple[str, bool], list[Call]] = {}
    for call in calls:
        by_sentence.setdefault((call.sentence, call.works), []).append(call)
    for (sentence, works), some in by_sentence.items():
        yield (
            f"`{sentence}`" if "<" in sentence else sentence,
            ", ".join(dict.fromkeys(call.who for call in some)),
            ", ".join(dict.fromkeys(_way(call) for call in some)),
            _codes(dict.fromkeys(call.action for call in some)),
            "work" if works else "fail",
        )


def _way(call: Call) -> str:
    return call.where if call.owner in (None, call.where) else f"{call.where} → {call.owner}"
