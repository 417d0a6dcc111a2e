"""`cells up`: the first five minutes."""

from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import output
from cells.cli.context import choice
from cells.cli.options import Environment, Json
from cells.cli.project import open_workspace
from constructs_lib.specs.region import EDGE_REGION

if TYPE_CHECKING:
    from cells.cli.target import LocalTarget
    from cells.cli.workspace import Workspace
    from cells.deploy.cell import CellDeployment
    from cells.deploy.deployment import StackResult
    from cells.deploy.inventory import Thing
    from cells.deploy.reporter import Reporter
    from cells.plan import CellPlan
    from constructs_lib.specs.identity import Identity

EXAMPLE = "acme-crm"
PLACEHOLDER = "LOCAL-PLACEHOLDER-not-a-real-secret"
"""What `cells up` gives to external secrets, so that the first cell starts. It opens nothing."""

_SHOWN_ID = 76

ProductOrExample = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product's name.")]
Port = Annotated[
    int | None,
    typer.Option("--port", metavar="PORT", min=1024, max=65535, help="On loopback. Default: the first free from 4577."),
]


def up(
    product: ProductOrExample = EXAMPLE, environment: Environment = "dev", port: Port = None, json: Json = False
) -> None:
    """Start the embedded AWS, build the organization and deploy a cell into it. A second run skips what is unchanged.

    Of the organization it builds what the cell stands on: units and accounts, guardrails, log archive, network hub,
    shared services, the account baseline. `cells org apply` builds the rest.

    Example: cells up
    """
    from cells.cli import embedded
    from cells.cli.live import aws_errors, plan_of
    from cells.cli.progress import reporter_of

    workspace = open_workspace()
    wanted = choice(environment=environment)
    identity = workspace.plan(product, wanted).identity  # wrong input is told before anything starts
    reporter = reporter_of(json, events=False)
    reporter.step("start the embedded AWS")
    target = embedded.start(workspace, port)
    reporter.done(f"the embedded AWS runs at {target.endpoint}, with {len(embedded.accounts_of(workspace))} accounts")
    with aws_errors():
        build_organization(workspace, identity, target, reporter)
        known = workspace.registry
        workspace = open_workspace()  # anew: the registry has got the ids of new accounts
        cell, results = _deploy_cell(workspace, plan_of(workspace, product, wanted), target, reporter)
        _show(cell, results, embedded.recorded_types(target.endpoint), json=json)
    if workspace.registry != known:
        output.note("accounts/registry.json has got ids of the embedded AWS: take them back before you vend on AWS")


def build_organization(workspace: "Workspace", cell: "Identity", target: "LocalTarget", reporter: "Reporter") -> None:
    """Build the part of the organization that a cell stands on. `cells org apply` builds the rest."""
    from accounts.vending.clients import VendingClients
    from accounts.vending.store import FolderStore
    from cells.cli.org_apply import STATE
    from cells.cli.organization_build import Approval, OrganizationBuild
    from cells.cli.part_for_cell import part_for_cell

    management = target.clients(workspace.platform.account("management"), EDGE_REGION)
    OrganizationBuild(
        workspace.root,
        VendingClients(management.session, management.endpoint),
        target,
        FolderStore(workspace.root / STATE),
        reporter,
        Approval(lambda plan: None, lambda changes: None),
        part=part_for_cell(cell, workspace.organization.home_region),
        wait=True,
    ).run()


def _deploy_cell(
    workspace: "Workspace", plan: "CellPlan", target: "LocalTarget", reporter: "Reporter"
) -> "tuple[CellDeployment, list[StackResult]]":
    from cells.cli.live import open_cell

    cell = open_cell(workspace, plan, target, reporter)
    cell.placeholder_secret = PLACEHOLDER
    cell.deployment.check(cell.deployment.changes())
    cell.prepare()
    return cell, cell.deployment.run()


def _show(cell: "CellDeployment", results: "list[StackResult]", recorded: dict[str, int], *, json: bool) -> None:
    from cells.deploy.inventory import count_resources, things_of

    stacks = [cell.deployment.live(stack) for stack in cell.assembly.stacks]
    things, total = things_of(stacks), count_resources(stacks)
    if json:
        output.as_json(
            {
                "cell": cell.plan.identity.key,
                "account": cell.plan.account,
                "domain": cell.plan.domain,
                "stacks": [{"stack": result.stack, "action": result.action} for result in results],
                "resources": total,
                "things": [{"kind": thing.kind, "logical_id": thing.logical_id, "id": thing.id} for thing in things],
                "recorded": dict(recorded),
            }
        )
        return
    _show_cell(cell, things, total)
    if recorded:
        kinds = ", ".join(f"{type} ({count})" for type, count in recorded.items())
        output.say(f"\nOnly recorded by the embedded AWS, so not proven by this: {kinds}")
    _show_next(cell)


def _show_cell(cell: "CellDeployment", things: "list[Thing]", total: int) -> None:
    plan = cell.plan
    output.say()
    output.title(f"{plan.identity.key} is there: {total} resources in {len(cell.assembly.stacks)} stacks")
    output.pairs([("account", plan.account), ("domain", f"https://{plan.domain}"), ("addresses", plan.network.cidr)])
    output.pairs([(thing.kind, _short(thing.id)) for thing in things])


def _show_next(cell: "CellDeployment") -> None:
    identity = cell.plan.identity
    name = f"{identity.product} -e {identity.environment}"
    output.say()
    output.title("What to type next (with .venv/bin/ before it, or after `. .venv/bin/activate`)")
    output.pairs(
        [
            (f"cells show {identity.product} -e prod --explain", "every number of the prod cell, and where it is from"),
            (f"cells secrets check {name}", "the secrets; `cells up` gave external ones a placeholder"),
            (f"cells diff {name}", "nothing, until you change cells/products or the code"),
            (f"cells deploy {name}", "deploy what you changed"),
            (f"cells destroy {name}", "take the cell away"),
            ("cells local down", "stop the embedded AWS"),
        ]
    )


def _short(id: str) -> str:
    return id if len(id) <= _SHOWN_ID else f"{id[: _SHOWN_ID - 1]}…"
