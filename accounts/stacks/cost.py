"""Cost: what the bill is split by, what is unusual, and what may be spent. In the management account, which pays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ce as ce

from accounts.budgets import Budgets
from accounts.platform import Platform
from accounts.stacks.budget import Budget
from accounts.stacks.cost_categories import CostCategories
from constructs_lib.specs import identity
from constructs_lib.specs.region import EDGE_REGION

BILLING_REGION = EDGE_REGION
"""Where Cost Explorer and Budgets have their endpoints."""

_ENVIRONMENTS: tuple[identity.Environment, ...] = ("dev", "staging", "prod", "sandbox")


def cost_stacks(app: App, platform: Platform) -> Iterator[Stack]:
    """`Cost`, and `CostBudgets-<environment>` with the budget of each product in it.

    A stack for each environment, because the budgets of two hundred products in three environments do not fit into one.
    """
    env = Environment(account=platform.account("management"), region=BILLING_REGION)
    name = f"{platform.spec.name}-cost"
    yield Cost(app, "Cost", stack_name=name, env=env, platform=platform)
    for environment in _ENVIRONMENTS:
        planned = [
            PlannedBudget(account.tags["product"], account.id, dollars)
            for account in platform.topology.accounts
            if account.id is not None
            and account.tags.get("environment") == environment
            and (dollars := platform.spec.budgets.of(account.tags["product"], environment)) is not None
        ]
        if planned:
            yield CostBudgets(
                app,
                f"CostBudgets-{environment}",
                stack_name=f"{name}-budgets-{environment}",
                env=env,
                budgets=planned,
                told=platform.spec.budgets.notify,
            )


class PlannedBudget(NamedTuple):
    """What a product may cost in one account."""

    product: str
    account: str
    dollars: int
    """A month."""


class Cost(Stack):
    """Cost categories, the watch over unusual costs, and the budget of the whole organization."""

    def __init__(self, scope: App, id: str, *, stack_name: str, env: Environment, platform: Platform) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Cost categories, unusual costs and the organization's budget",
            termination_protection=True,
        )
        budgets = platform.spec.budgets
        self.categories = CostCategories(
            self, "Categories", organization=platform.spec.name, accounts=platform.topology.accounts
        )
        self.monitor = ce.CfnAnomalyMonitor(
            self,
            "Unusual",
            monitor_name=f"{platform.spec.name}-accounts",
            monitor_type="DIMENSIONAL",
            # AWS itself makes the one over services, and takes no second.
            monitor_dimension="LINKED_ACCOUNT",
        )
        if budgets.notify:
            self._tell_unusual(platform.spec.name, budgets)
        if budgets.organization:
            self.budget = Budget(self, "Budget", dollars=budgets.organization, told=budgets.notify)

    def _tell_unusual(self, organization: str, budgets: Budgets) -> None:
        impact = {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": [str(budgets.anomaly)]}
        ce.CfnAnomalySubscription(
            self,
            "TellUnusual",
            subscription_name=f"{organization}-unusual-costs",
            frequency="DAILY",
            monitor_arn_list=[self.monitor.attr_monitor_arn],
            subscribers=[
                ce.CfnAnomalySubscription.SubscriberProperty(type="EMAIL", address=address)
                for address in budgets.notify
            ],
            threshold_expression=json.dumps(
                {"Dimensions": {**impact, "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}}, separators=(",", ":")
            ),
        )


class CostBudgets(Stack):
    """The budget of each product in one environment."""

    def __init__(
        self,
        scope: App,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        budgets: Sequence[PlannedBudget],
        told: Sequence[str],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="The budget of each product in one environment",
            termination_protection=True,
        )
        for one in budgets:
            Budget(self, one.product, dollars=one.dollars, told=told, accounts=[one.account])
