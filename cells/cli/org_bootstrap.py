"""`cells org bootstrap`: prepare accounts for the CDK."""

from typing import Annotated

import typer

from cells.cli import options
from cells.cli.org_apply import BreakLock, State, Wait, carry_out
from cells.cli.organization import management_clients
from cells.cli.project import open_workspace

Accounts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ACCOUNT]...", help="Accounts by name, such as acme-crm-dev. Default: all.", show_default=False
    ),
]

_KINDS = ("put-platform-policies", "wait-for-baseline", "bootstrap-account")


def bootstrap(
    accounts: Accounts = None,
    target: options.TargetName = None,
    profile: options.Profile = None,
    state: State = None,
    wait: Wait = False,
    break_lock: BreakLock = False,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Run `cdk bootstrap` in accounts, in each region that something is deployed in, where it is not as declared.

    The roles that it makes trust their own account only, and CloudFormation executes with the account baseline's
    policy. So an account without its baseline waits. These are the same steps as in `cells org apply`, and no others.
    Example: cells org bootstrap acme-crm-dev
    """
    from cells.cli.org_plan import plan_live
    from cells.cli.organization_target import organization_target

    workspace = open_workspace()
    for name in accounts or ():
        workspace.platform.topology.account(name)
    with management_clients(workspace, target, profile) as clients:
        plan = plan_live(workspace, clients, quiet=json).of_kinds(_KINDS, accounts or ())
        chosen = organization_target(workspace, clients.caller, target, profile)
        carry_out(
            plan,
            workspace,
            clients,
            state=state,
            target=chosen,
            wait=wait,
            break_lock=break_lock,
            yes=yes,
            json=json,
        )
