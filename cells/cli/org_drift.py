"""`cells org drift`: what is not as declared, who moved, and how to accept it or take it back."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.org_apply import BreakLock, State
from cells.cli.org_plan import Out
from cells.cli.organization import management_clients
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from accounts.vending.clients import VendingClients
    from accounts.vending.finding import Finding
    from accounts.vending.live import LiveOrganization
    from cells.cli.organization_file import OrganizationFile
    from cells.cli.workspace import Workspace

Revert = Annotated[
    list[str] | None,
    typer.Option("--revert", metavar="NAME", help="Take this finding back. May be given repeatedly; * means any."),
]
Adopt = Annotated[
    list[str] | None,
    typer.Option("--adopt", metavar="NAME", help="Write this finding into organization.yaml. May be given repeatedly."),
]

Deep = Annotated[
    bool,
    typer.Option(
        "--deep", help="Look into every account and region too: default VPC, encryption, passwords, bootstrap."
    ),
]

_WHO = {
    "organization": "changed in the organization since the last run",
    "declaration": "declared and not applied yet",
    "both": "changed on both sides since the last run",
    "unknown": "no run to compare with",
}
_ALL = "all"


def drift(
    revert: Revert = None,
    adopt: Adopt = None,
    deep: Deep = False,
    target: options.TargetName = None,
    profile: options.Profile = None,
    out: Out = None,
    state: State = None,
    break_lock: BreakLock = False,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Compare what is declared, what the last run left and what is there.

    Each finding says who moved, what --revert would do, and which lines --adopt would write. --revert plans and
    applies, or writes the plan with --out. --deep also compares what was set inside accounts. Nothing is closed, and
    only empty units are deleted. Ends with 1 when there is a finding and nothing was asked for.
    Example: cells org drift --revert unit:Rogue
    """
    workspace = open_workspace()
    if revert and adopt:
        raise InputError("--revert and --adopt exclude each other", hint="run one after the other")
    with management_clients(workspace, target, profile) as clients:
        live, findings = _look(workspace, clients, state, quiet=json)
        if deep:
            findings += _look_inside(workspace, clients, live, quiet=json)
        if revert:
            _revert(workspace, clients, live, _chosen(findings, revert), out, state, break_lock, yes=yes, json=json)
            return
    if adopt:
        _adopt(workspace, _chosen(findings, adopt), yes=yes, json=json)
        return
    if json:
        output.as_json({"organization": live.id, "findings": [_machine(workspace, one) for one in findings]})
    else:
        _print(workspace, findings)
    if findings:
        raise typer.Exit(1)


def _look(
    workspace: "Workspace", clients: "VendingClients", state: str | None, *, quiet: bool
) -> "tuple[LiveOrganization, tuple[Finding, ...]]":
    from accounts.policies.settled import settled_policies
    from accounts.vending.drift import drift_of
    from accounts.vending.last_applied import last_applied
    from accounts.vending.plan import plan_of
    from cells.cli.org_apply import store_of
    from cells.cli.org_plan import observe_live

    spec, topology = workspace.organization, workspace.platform.topology
    live = observe_live(workspace, clients, quiet=quiet)
    applied = last_applied(store_of(workspace, clients, state))
    try:
        planned = plan_of(spec, topology, live, settled_policies(spec, workspace.registry, topology)).steps
    except InputError as error:
        # An account that left is a finding by itself.
        output.note(f"{error.message}")
        planned = ()
    return live, drift_of(spec, topology, live, applied.live if applied else None, planned)


def _look_inside(
    workspace: "Workspace", clients: "VendingClients", live: "LiveOrganization", *, quiet: bool
) -> "tuple[Finding, ...]":
    from accounts.vending.inside import findings_inside

    with output.progress("looking into every account", quiet=quiet):
        return findings_inside(clients, workspace.organization, workspace.platform.topology, live)


def _chosen(findings: "Sequence[Finding]", names: Sequence[str]) -> "list[Finding]":
    """The findings that are meant. Raises InputError for a name that none has."""
    for name in names:
        if not any(_is_meant(one, name) for one in findings):
            known = ", ".join(one.name for one in findings[:5]) or "nothing: the organization is as declared"
            raise InputError(f"no finding is called '{name}'", hint=f"there is {known}")
    return [one for one in findings if any(_is_meant(one, name) for name in names)]


def _is_meant(finding: "Finding", name: str) -> bool:
    return name == _ALL or finding.name == name or fnmatchcase(finding.name, name)


def _revert(
    workspace: "Workspace",
    clients: "VendingClients",
    live: "LiveOrganization",
    chosen: "Sequence[Finding]",
    out: Out,
    state: str | None,
    break_lock: bool,
    *,
    yes: bool,
    json: bool,
) -> None:
    from accounts.vending.reverting import revert_plan
    from cells.cli.org_apply import carry_out
    from cells.cli.org_plan import plan_json, print_plan, write_plan

    plan = revert_plan(chosen, live)
    if out is None:
        carry_out(plan, workspace, clients, state=state, break_lock=break_lock, yes=yes, json=json)
        return
    write_plan(plan, out)
    if json:
        output.as_json(plan_json(plan))
    else:
        print_plan(plan)


def _adopt(workspace: "Workspace", chosen: "Sequence[Finding]", *, yes: bool, json: bool) -> None:
    file = _file(workspace)
    spec = file.spec
    for one in chosen:
        if one.adopt is None:
            raise InputError(f"{one.name} cannot be declared", hint=one.why_no_adopt)
        spec = one.adopt(spec)
    lines = file.lines(spec)
    if json:
        output.as_json({"file": "accounts/organization.yaml", "lines": list[JsonValue](lines)})
    else:
        output.say("accounts/organization.yaml")
        for line in lines:
            typer.secho(f"  {line}", fg={"+": "green", "-": "red"}.get(line[:1]))
    if not yes:
        if json:
            raise InputError("nobody can be asked with --json", hint="add --yes")
        typer.confirm("Write it?", abort=True)
    file.write(spec)


def _file(workspace: "Workspace") -> "OrganizationFile":
    from cells.cli.organization_file import OrganizationFile

    return OrganizationFile(workspace.root / "accounts" / "organization.yaml")


def _print(workspace: "Workspace", findings: "Sequence[Finding]") -> None:
    from accounts.vending.words import is_irreversible, line_of, sign_of

    for one in findings:
        typer.secho(one.name, bold=True)
        output.say(f"  {one.line}")
        output.say(f"  {_WHO[one.mover]}{_sides(one)}")
        for step in one.revert:
            mark = "  (cannot be undone)" if is_irreversible(step) else ""
            output.say(f"  revert: {sign_of(step)} {line_of(step)}{mark}")
        if not one.revert:
            output.say(f"  revert: {one.why_no_revert}")
        for number, line in enumerate(_adoption(workspace, one)):
            output.say(f"  {'adopt: ' if number == 0 else '        '} {line}")
    if not findings:
        output.say("no drift: the organization is as declared")
        return
    output.say()
    output.say(f"{len(findings)} findings; --revert NAME takes one back, --adopt NAME writes it into organization.yaml")


def _sides(finding: "Finding") -> str:
    sides = finding.sides
    said = [("declared", sides.declared), ("last run", sides.applied), ("there", sides.live)]
    words = [f"{name}: {value or 'nothing'}" for name, value in said]
    return f" ({'; '.join(words)})"


def _adoption(workspace: "Workspace", finding: "Finding") -> Iterator[str]:
    """The lines that would be written, or what to do instead."""
    if finding.adopt is None:
        yield finding.why_no_adopt
        return
    file = _file(workspace)
    yield from (line for line in file.lines(finding.adopt(file.spec)) if line[:1] in "+-")


def _machine(workspace: "Workspace", finding: "Finding") -> JsonValue:
    from accounts.vending.words import name_of

    sides = finding.sides
    return {
        "name": finding.name,
        "line": finding.line,
        "mover": finding.mover,
        "declared": sides.declared,
        "applied": sides.applied,
        "live": sides.live,
        "revert": [name_of(step) for step in finding.revert],
        "why_no_revert": finding.why_no_revert,
        "adopt": list[JsonValue](_adoption(workspace, finding)) if finding.adopt else [],
        "why_no_adopt": finding.why_no_adopt,
    }
