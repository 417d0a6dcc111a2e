"""What an account is for, decided by CloudFormation: one template serves all accounts."""

from collections.abc import Iterable, Sequence

from aws_cdk import Aws, CfnCondition, CfnResource, Fn, ICfnRuleConditionExpression
from constructs import Construct, IConstruct

from constructs_lib.specs.errors import InputError

_MOST = 10
"""Conditions that one `Fn::Or` takes."""


class _Where(Construct):
    """Where a resource is made: a condition that subclasses build."""

    condition: CfnCondition

    def only(self, construct: IConstruct) -> None:
        """Make the resource of a construct where the condition holds, and nowhere else."""
        _resource_of(construct).cfn_options.condition = self.condition


class CellAccount(_Where):
    """The condition that a stack is in no account of the platform, so that a cell may be in it.

    A pipeline must never come into an account of the platform: there it could change what watches it. The list is of
    the few accounts of the platform, so that a new product changes no template. Raises InputError for more than ten.
    """

    def __init__(self, scope: Construct, id: str, *, platform_accounts: Iterable[str]) -> None:
        super().__init__(scope, id)
        accounts = sorted(set(platform_accounts))
        if len(accounts) > _MOST:
            raise InputError(f"the platform has {len(accounts)} accounts, a condition compares with {_MOST}")
        self.condition = CfnCondition(self, "Resource", expression=Fn.condition_not(_equal(Aws.ACCOUNT_ID, accounts)))


class OtherAccount(_Where):
    """The condition that a stack is in none of some accounts, of which there are a hundred at most.

    Raises InputError for more.
    """

    def __init__(self, scope: Construct, id: str, *, accounts: Sequence[str]) -> None:
        super().__init__(scope, id)
        if len(accounts) > _MOST**2:
            raise InputError(f"{len(accounts)} accounts are named, conditions compare with {_MOST**2}")
        tens = [list(accounts[start : start + _MOST]) for start in range(0, len(accounts), _MOST)]
        equal = [_equal(Aws.ACCOUNT_ID, ten) for ten in tens]
        among = equal[0] if len(equal) == 1 else Fn.condition_or(*equal)
        self.condition = CfnCondition(self, "Resource", expression=Fn.condition_not(among))


class CellRegion(_Where):
    """The condition that cells may be in the account of a stack, and in its region too.

    Raises InputError for more than ten regions.
    """

    def __init__(self, scope: Construct, id: str, *, cells: CellAccount, regions: Iterable[str]) -> None:
        super().__init__(scope, id)
        named = sorted(set(regions))
        if len(named) > _MOST:
            raise InputError(f"cells live in {len(named)} regions, a condition compares with {_MOST}")
        # A condition is an expression of conditions in the CDK, but its Python types do not say so.
        both = Fn.condition_and(cells.condition, _equal(Aws.REGION, named))  # type: ignore[arg-type]
        self.condition = CfnCondition(self, "Resource", expression=both)


class HomeRegion(Construct):
    """The condition that a stack is in the home region."""

    def __init__(self, scope: Construct, id: str, *, region: str) -> None:
        super().__init__(scope, id)
        self.condition = CfnCondition(self, "Resource", expression=Fn.condition_equals(Aws.REGION, region))


class OtherRegion(Construct):
    """The condition that a stack is in another region than the home region."""

    def __init__(self, scope: Construct, id: str, *, home_region: str) -> None:
        super().__init__(scope, id)
        at_home = Fn.condition_equals(Aws.REGION, home_region)
        self.condition = CfnCondition(self, "Resource", expression=Fn.condition_not(at_home))

    def only(self, construct: IConstruct) -> None:
        """Make everything inside a construct in other regions only."""
        for child in construct.node.find_all():
            if isinstance(child, CfnResource):
                child.cfn_options.condition = self.condition


def _resource_of(construct: IConstruct) -> CfnResource:
    resource = construct.node.default_child
    if not isinstance(resource, CfnResource):
        raise TypeError(f"{construct.node.path} has no resource of its own")
    return resource


def _equal(value: str, wanted: list[str]) -> ICfnRuleConditionExpression:
    equal = [Fn.condition_equals(value, one) for one in wanted]
    return equal[0] if len(equal) == 1 else Fn.condition_or(*equal)
