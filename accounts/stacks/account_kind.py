"""What an account is for, decided by CloudFormation: one template serves all accounts."""

from collections.abc import Iterable

from aws_cdk import Aws, CfnCondition, CfnResource, Fn, ICfnRuleConditionExpression
from constructs import Construct, IConstruct

from constructs_lib.specs.errors import InputError

_MOST = 10
"""Conditions that one `Fn::Or` takes."""


class CellAccount(Construct):
    """The condition that a stack is in no account of the platform, so that a cell may be in it.

    A pipeline must never come into an account of the platform: there it could change what watches it. The list is of
    the few accounts of the platform, so that a new product changes no template. Raises InputError for more than ten.
    """

    def __init__(self, scope: Construct, id: str, *, platform_accounts: Iterable[str]) -> None:
        super().__init__(scope, id)
        accounts = sorted(set(platform_accounts))
        if len(accounts) > _MOST:
            raise InputError(f"the platform has {len(accounts)} accounts, a condition compares with {_MOST}")
        self.condition = CfnCondition(self, "Resource", expression=Fn.condition_not(_one_of(accounts)))

    def only(self, construct: IConstruct) -> None:
        """Make the resource of a construct in accounts of cells only."""
        resource = construct.node.default_child
        if not isinstance(resource, CfnResource):
            raise TypeError(f"{construct.node.path} has no resource of its own")
        resource.cfn_options.condition = self.condition


class HomeRegion(Construct):
    """The condition that a stack is in the home region."""

    def __init__(self, scope: Construct, id: str, *, region: str) -> None:
        super().__init__(scope, id)
        self.condition = CfnCondition(self, "Resource", expression=Fn.condition_equals(Aws.REGION, region))


def _one_of(accounts: list[str]) -> ICfnRuleConditionExpression:
    equal = [Fn.condition_equals(Aws.ACCOUNT_ID, account) for account in accounts]
    return equal[0] if len(equal) == 1 else Fn.condition_or(*equal)
