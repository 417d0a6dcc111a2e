"""Applies a plan of the organization at a target, with the CDK CLI for what has to be bootstrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.cli.bootstrapping import CdkBootstrapper
from cells.cli.cdk import CdkCli

if TYPE_CHECKING:
    from accounts.vending.apply import Applied
    from accounts.vending.clients import VendingClients
    from accounts.vending.plan import Plan
    from accounts.vending.store import Store
    from cells.cli.workspace import Workspace
    from cells.deploy.reporter import Reporter
    from cells.deploy.target import Target


def vend(
    plan: Plan,
    workspace: Workspace,
    clients: VendingClients,
    target: Target | None,
    *,
    store: Store,
    reporter: Reporter,
    wait: bool,
    break_lock: bool,
) -> Applied:
    """Do the steps of a plan. Without a target no account is bootstrapped. See accounts.vending.apply for errors."""
    from accounts.vending.apply import apply

    return apply(
        plan,
        spec=workspace.organization,
        products=workspace.environments,
        registry_path=workspace.registry_path,
        clients=clients,
        store=store,
        reporter=reporter,
        bootstrapper=CdkBootstrapper(target, CdkCli(workspace.root)) if target else None,
        wait=wait,
        break_lock=break_lock,
    )
