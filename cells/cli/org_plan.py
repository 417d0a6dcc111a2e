"""`cells org plan`: what would change in the organization."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.expiry import expired_sandboxes
from cells.cli.organization import management_clients
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.topology import Topology
    from accounts.vending.clients import VendingClients
    from accounts.vending.live import LiveOrganization
    from accounts.vending.plan import Plan
    from cells.cli.workspace import Workspace

Offline = Annotated[
    bool, typer.Option("--offline", help="Against what the registry records: no credentials, no network.")
]
_UNSETTLED = "guardrails are planned once accounts/registry.json has the ids of the organization and its accounts"
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write the plan to a file, for `cells org apply --plan`.")
]


def plan(
    offline: Offline = False,
    target: options.TargetName = None,
    profile: options.Profile = None,
    out: Out = None,
    json: options.Json = False,
) -> None:
    """Print the steps from the organization that is there to the one that is declared.

    Units, accounts, addresses, contacts, trusted access and delegated administrators from
    accounts/organization.yaml and cells/products, and where guardrails are attached: a new or changed one is tried in
    Policy Staging first and comes to its unit with the next apply. Guardrails are proved before, as `cells org prove`
    does. Asks the live organization with credentials of the management
    account; with --offline, the registry. Steps that nothing undoes are marked. Nothing is closed or deleted because a
    line is missing. Changes nothing.
    Example: cells org plan --offline
    """
    workspace = open_workspace()
    if offline and (target or profile):
        raise InputError("--offline asks nobody, so --target and --profile mean nothing", hint="leave them out")
    from accounts.vending.plan import plan_of

    if offline:
        topology = workspace.platform.topology
        found = plan_of(workspace.organization, topology, _recorded(workspace, topology))
    else:
        with management_clients(workspace, target, profile) as clients:
            found = plan_live(workspace, clients, quiet=json)
    if out is not None:
        write_plan(found, out)
    late = expired_sandboxes(workspace.organization)
    if json:
        output.as_json(plan_json(found, late))
    else:
        print_plan(found)
        for note in late:
            output.note(note)


def write_plan(plan: "Plan", path: Path) -> None:
    """Write a plan to a file, to be approved and applied."""
    path.write_text(plan.model_dump_json(indent=2) + "\n", encoding="utf-8")


def plan_live(
    workspace: "Workspace", clients: "VendingClients", *, quiet: bool, trying: "Collection[str]" = ()
) -> "Plan":
    """Plan against the live organization. Raises CellsError for policies that are not proved.

    `trying` are the ids of policies that are tried in this very minute, and so come no further.
    """
    from accounts.policies.settled import settled_policies
    from accounts.vending.plan import plan_of
    from cells.cli.guardrail_gate import refuse_unproved

    spec, topology = workspace.organization, workspace.platform.topology
    policies = settled_policies(spec, workspace.registry, topology)
    live = observe_live(workspace, clients, quiet=quiet)
    found = plan_of(spec, topology, live, policies, trying=trying)
    if policies is None:
        return found.model_copy(update={"notes": (*found.notes, _UNSETTLED)})
    there = {policy.name for policy in live.policies}
    if attaches(found) or any(policy.name not in there for policy in policies):
        refuse_unproved(workspace, quiet=quiet)
    return found


def attaches(plan: "Plan") -> bool:
    """Whether a plan changes what binds an account."""
    from accounts.vending.policy_steps import PolicyChange

    return any(isinstance(step, PolicyChange) for step in plan.steps)


def observe_live(workspace: "Workspace", clients: "VendingClients", *, quiet: bool) -> "LiveOrganization":
    """Read the live organization, with what is declared of it."""
    from accounts.vending.observe import observe_declared

    with output.progress("observing the organization", quiet=quiet):
        return observe_declared(clients, workspace.organization)


def _recorded(workspace: "Workspace", topology: "Topology") -> "LiveOrganization":
    from accounts.vending.recorded import recorded_organization

    return recorded_organization(workspace.organization, topology)


def print_plan(plan: "Plan") -> None:
    """Print a plan for a person."""
    from accounts.vending.words import is_irreversible, line_of, sign_of

    colors = {"+": "green", "~": None, "-": "red"}
    for step in plan.steps:
        mark = "  (cannot be undone)" if is_irreversible(step) else ""
        typer.secho(f"{sign_of(step)} {line_of(step)}{mark}", fg=colors[sign_of(step)])
    for note in plan.notes:
        output.note(note)
    if not plan.steps:
        chosen = plan.scope == "chosen"
        output.say("nothing to do now" if chosen else "nothing to do: the organization is as declared")
        return
    final = sum(is_irreversible(step) for step in plan.steps)
    output.say(f"{len(plan.steps)} steps, {final} of them cannot be undone; digest {plan.digest[:16]}")


def plan_json(plan: "Plan", notes: Sequence[str] = ()) -> JsonValue:
    """A plan for a machine: the document itself, with each step's words."""
    from accounts.vending.words import is_irreversible, line_of, name_of, sign_of

    steps: list[JsonValue] = [
        {
            "name": name_of(step),
            "sign": sign_of(step),
            "line": line_of(step),
            "irreversible": is_irreversible(step),
            "step": step.model_dump(mode="json"),
        }
        for step in plan.steps
    ]
    return {
        "organization": plan.organization,
        "management": plan.management,
        "digest": plan.digest,
        "steps": steps,
        "notes": list[JsonValue]((*plan.notes, *notes)),
    }
