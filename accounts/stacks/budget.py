"""A monthly budget."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_budgets as budgets
from constructs import Construct

_ALARMS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""What is told, and from which percentage of the budget on."""


class Budget(Construct):
    """So many dollars a month, of all accounts or of some. It stops nothing; it tells at 80 %, at 100 %, and before.

    It has no name of ours: whom it tells cannot be changed, so that CloudFormation makes a new one, and two budgets
    cannot have one name.
    See https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
    """

    def __init__(
        self, scope: Construct, id: str, *, dollars: int, told: Sequence[str], accounts: Sequence[str] = ()
    ) -> None:
        super().__init__(scope, id)
        types = budgets.CfnBudget
        self.budget = types(
            self,
            "Resource",
            budget=types.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=types.SpendProperty(amount=dollars, unit="USD"),
                cost_filters={"LinkedAccount": list(accounts)} if accounts else None,
            ),
            notifications_with_subscribers=[
                types.NotificationWithSubscribersProperty(
                    notification=types.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type=kind,
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        types.SubscriberProperty(subscription_type="EMAIL", address=address) for address in told
                    ],
                )
                for kind, percent in _ALARMS
            ],
        )
