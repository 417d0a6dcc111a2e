"""What the bill is split by: product and environment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import aws_ce as ce
from constructs import Construct

from accounts.topology import Account

_ACCOUNTS_OF_A_RULE = 100
_NO_PRODUCT = "platform"


class CostCategories(Construct):
    """Two cost categories over accounts, so that also costs without a tag have a product and an environment.

    What is no product's is the platform's. An account gets its values once it has an id; a category without any value
    is left out, because AWS takes none without a rule.
    See https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/manage-cost-categories.html
    """

    def __init__(self, scope: Construct, id: str, *, organization: str, accounts: Sequence[Account]) -> None:
        super().__init__(scope, id)
        self.product = self._build("Product", f"{organization}-product", _by_tag(accounts, "product"))
        self.environment = self._build("Environment", f"{organization}-environment", _by_tag(accounts, "environment"))

    def _build(self, id: str, name: str, accounts: Mapping[str, Sequence[str]]) -> ce.CfnCostCategory | None:
        rules = list(_rules(accounts))
        if not rules:
            return None
        return ce.CfnCostCategory(
            self,
            id,
            name=name,
            rule_version="CostCategoryExpression.v1",
            rules=json.dumps(rules, separators=(",", ":")),
            default_value=_NO_PRODUCT,
        )


def _by_tag(accounts: Sequence[Account], tag: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for account in accounts:
        if account.id is not None and tag in account.tags:
            found.setdefault(account.tags[tag], []).append(account.id)
    return {value: sorted(found[value]) for value in sorted(found)}


def _rules(accounts: Mapping[str, Sequence[str]]) -> Iterator[Mapping[str, object]]:
    for value, ids in accounts.items():
        for start in range(0, len(ids), _ACCOUNTS_OF_A_RULE):
            yield _rule(value, ids[start : start + _ACCOUNTS_OF_A_RULE])


def _rule(value: str, ids: Sequence[str]) -> Mapping[str, object]:
    return {
        "Value": value,
        "Rule": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": list(ids), "MatchOptions": ["EQUALS"]}},
    }
