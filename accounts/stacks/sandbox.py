"""What a sandbox has beside the baseline: a budget that tells its owner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aws_cdk import App, CliCredentialsStackSynthesizer, Environment, Stack
from aws_cdk import aws_budgets as budgets
from constructs import Construct

from accounts.platform import Platform
from accounts.sandbox_spec import Sandbox

_MAX_ADDRESSES = 10
"""Addresses that a notification of a budget takes."""

_SPENT = (50, 80, 100)
"""Percent of the budget that have been spent."""
_FORECAST = 100
"""Percent of the budget that will have been spent at the end of the month."""


def sandbox_stacks(app: App, platform: Platform) -> Iterator[Stack]:
    """`Sandbox-<account>` for every sandbox that has an account."""
    spec, landing = platform.spec, platform.landing
    ids = {account.name: account.id for account in platform.topology.accounts if account.kind == "sandbox"}
    for sandbox in spec.declared_sandboxes:
        account = ids[sandbox.name]
        if account is None:
            continue
        yield SandboxAccount(
            app,
            f"Sandbox-{re.sub('[^A-Za-z0-9]+', '-', sandbox.name)}",
            stack_name=f"{landing.organization}-sandbox",
            env=Environment(account=account, region=landing.home_region),
            sandbox=sandbox,
            told=(sandbox.owner or spec.email_of(sandbox.name), *spec.budgets.notify),
        )


class SandboxAccount(Stack):
    """The budget of one sandbox, in its account. Stateless.

    A stack for each sandbox and not a part of the baseline's stack set: that is the same in every account, and each
    sandbox has its own amount, owner and end. Deployed with the credentials of whoever vends the account, because the
    guardrail `sandbox` lets nobody else change a budget, the bootstrap roles of the account included.

    It alarms and does not stop anything: what a budget action could take rights from are the people's roles, whose
    names are not known here. How fast money can go is bounded by that guardrail.
    See https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        sandbox: Sandbox,
        told: Sequence[str],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Sandbox: monthly budget with alarms",
            synthesizer=CliCredentialsStackSynthesizer(),
            termination_protection=True,
        )
        addresses = list(dict.fromkeys(told))[:_MAX_ADDRESSES]
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=stack_name,
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=sandbox.budget_usd, unit="USD"),
            ),
            notifications_with_subscribers=[
                *(_tell(addresses, "ACTUAL", percent) for percent in _SPENT),
                _tell(addresses, "FORECASTED", _FORECAST),
            ],
        )


def _tell(addresses: Sequence[str], kind: str, percent: int) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind,
            comparison_operator="GREATER_THAN",
            threshold=percent,
            threshold_type="PERCENTAGE",
        ),
        subscribers=[
            budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=address) for address in addresses
        ],
    )
