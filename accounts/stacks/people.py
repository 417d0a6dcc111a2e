"""People: what they may do where, by IAM Identity Center."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sso as sso
from constructs import Construct

from accounts.assignments import Assigned, assigned
from accounts.people import PERMISSION_SETS, PermissionSetName
from accounts.platform import Platform
from accounts.services import administrators_of
from accounts.stacks.permission_sets import PermissionSets, excuse_instance
from constructs_lib.specs.identity import SENTINEL_ACCOUNT

SENTINEL_INSTANCE = "ssoins-0000000000000000"
"""Stands for the instance of Identity Center that is not known yet."""

_SSO = "sso.amazonaws.com"


def people_stacks(app: App, platform: Platform) -> Iterator[Stack]:
    """`People` in the account that administers Identity Center, and `People-<product>` for each product.

    None when no group is declared. One stack for each product, because the assignments of all do not fit into one.
    Assignments in the management account can only be made there: they are in `PeopleManagement`, with permission sets
    of its own, and only when they are declared. An account without an id has none yet.
    """
    everybody = [one for one in assigned(platform.spec, platform.topology) if one.account.id is not None]
    if not platform.spec.people:
        return
    members = [one for one in everybody if one.account.kind != "management"]
    env = Environment(account=_administrator(platform), region=platform.spec.home_region)
    name = f"{platform.spec.name}-people"
    people = People(
        app,
        "People",
        stack_name=name,
        env=env,
        platform=platform,
        assignments=[one for one in members if "product" not in one.account.tags],
    )
    yield people
    by_product = sorted((one for one in members if "product" in one.account.tags), key=_product)
    for product, of_product in groupby(by_product, key=_product):
        stack = ProductPeople(
            app,
            f"People-{product}",
            stack_name=f"{name}-{product}",
            env=env,
            platform=platform,
            permission_sets=people.permission_sets,
            assignments=list(of_product),
        )
        stack.add_stack_dependency(people)
        yield stack
    managers = [one for one in everybody if one.account.kind == "management"]
    if managers:
        yield People(
            app,
            "PeopleManagement",
            stack_name=f"{name}-management",
            env=Environment(account=platform.account("management"), region=platform.spec.home_region),
            platform=platform,
            assignments=managers,
            permission_sets={one.permission_set for one in managers},
            prefix="Management",
        )


class People(Stack):
    """Permission sets, and who has them in accounts that are no product's."""

    def __init__(
        self,
        scope: App,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        platform: Platform,
        assignments: Sequence[Assigned],
        permission_sets: Collection[PermissionSetName] = PERMISSION_SETS,
        prefix: str = "",
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Permission sets of Identity Center, and who has them where",
            termination_protection=True,
        )
        instance = _instance(self, platform)
        self.permission_sets = PermissionSets(
            self, "PermissionSets", instance_arn=instance, names=permission_sets, prefix=prefix
        )
        _assign(self, instance, self.permission_sets, assignments)


class ProductPeople(Stack):
    """Who has which permission set in the accounts of one product."""

    def __init__(
        self,
        scope: App,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        platform: Platform,
        permission_sets: PermissionSets,
        assignments: Sequence[Assigned],
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Who has which permission set in the accounts of one product",
            termination_protection=True,
        )
        _assign(self, _instance(self, platform), permission_sets, assignments)


def _assign(stack: Stack, instance: str, sets: PermissionSets, assignments: Sequence[Assigned]) -> None:
    if not assignments:
        return
    inside = Construct(stack, "Assignments")
    excuse_instance(inside)
    for one in assignments:
        sso.CfnAssignment(
            inside,
            f"{one.group}-{one.permission_set}-{one.account.name}",
            instance_arn=instance,
            permission_set_arn=sets.arn(one.permission_set),
            principal_type="GROUP",
            principal_id=one.group_id,
            target_type="AWS_ACCOUNT",
            target_id=one.account.id or SENTINEL_ACCOUNT,
        )


def _instance(stack: Stack, platform: Platform) -> str:
    return platform.registry.organization.identity_center or stack.format_arn(
        service="sso", region="", account="", resource="instance", resource_name=SENTINEL_INSTANCE
    )


def _administrator(platform: Platform) -> str:
    administrators: Mapping[str, str] = administrators_of(platform.spec)
    return platform.topology.account(administrators[_SSO]).id or SENTINEL_ACCOUNT


def _product(one: Assigned) -> str:
    return one.account.tags["product"]
