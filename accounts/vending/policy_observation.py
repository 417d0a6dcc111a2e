"""Reads the policies of an organization: which there are, where they are attached, and whether somebody edited them.

Policies that AWS manages itself, such as FullAWSAccess, are left out; the content of others is read where it is ours.
See https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTargetsForPolicy.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from accounts.policies.digest import digest_of_text
from accounts.policies.regions_let_in import regions_let_in
from accounts.policies.stack_place import PolicyStack
from accounts.services import POLICY_TYPES
from accounts.topology import UnitPath
from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of
from accounts.vending.listing import Listing
from accounts.vending.live import LivePolicy

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import PolicySummaryTypeDef


def observed_policies(
    clients: VendingClients, listing: Listing, units: Mapping[str, UnitPath], stack: PolicyStack | None
) -> tuple[LivePolicy, ...]:
    """The policies, sorted by name and id. `units` are the paths of the root and of the units, by id."""
    held = _held_by(clients, stack) if stack is not None else None

    def read(summary: PolicySummaryTypeDef) -> LivePolicy:
        id = summary["Id"]
        targets = listing.targets(id)
        policy = LivePolicy(
            id=id,
            name=summary["Name"],
            type=summary["Type"],
            tags=dict(sorted(listing.tags(id).items())),
            units=tuple(sorted(units[one["TargetId"]] for one in targets if one["TargetId"] in units)),
            accounts=tuple(sorted(one["TargetId"] for one in targets if one["Type"] == "ACCOUNT")),
            in_stack=held is None or id in held,
        )
        if not policy.ours:
            return policy
        content = listing.content(id)
        return policy.model_copy(update={"digest": digest_of_text(content), "regions": regions_let_in(content)})

    listed = clients.map(listing.policies, POLICY_TYPES)
    return tuple(sorted(clients.map(read, _customers(chain.from_iterable(listed))), key=lambda one: (one.name, one.id)))


def _customers(summaries: Iterable[PolicySummaryTypeDef]) -> list[PolicySummaryTypeDef]:
    return [one for one in summaries if not one["AwsManaged"]]


def _held_by(clients: VendingClients, stack: PolicyStack) -> frozenset[str]:
    """The ids of what a stack holds; of none when there is no such stack."""
    from botocore.exceptions import ClientError

    pages = clients.cloudformation(stack.region).get_paginator("list_stack_resources")
    try:
        found = clients.patience.call(
            lambda: [
                one.get("PhysicalResourceId", "")
                for page in pages.paginate(StackName=stack.name)
                for one in page["StackResourceSummaries"]
                if one["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
            ]
        )
    except ClientError as error:
        if code_of(error) != "ValidationError":
            raise
        return frozenset()
    return frozenset(found)
