"""The tags of resources by which AWS splits the bill: cost allocation tags, kept by the management account.

A tag can be activated up to a day after AWS saw it on a resource, and counts from up to another day later. See
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypedDict, cast

from accounts.vending.clients import VendingClients
from accounts.vending.errors import told, words_of
from accounts.vending.live import CostTagStatus
from accounts.vending.waits import Waits
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.region import EDGE_REGION

_REGION = EDGE_REGION
"""Where Cost Explorer has its endpoint."""
_NOT_OPENED = "not enabled for cost explorer"
"""What AWS says, in whatever case, as long as nobody has opened Cost Explorer in the console."""
_NOT_SEEN = "TagKeysNotFoundException"


class CostTag(TypedDict):
    """A tag as AWS has it."""

    TagKey: str
    Status: CostTagStatus


class CostTags(TypedDict, total=False):
    """A page of them."""

    CostAllocationTags: list[CostTag]
    NextToken: str


class TagStatus(TypedDict):
    """What a tag is to be."""

    TagKey: str
    Status: CostTagStatus


class TagError(TypedDict, total=False):
    """Why a tag is not what it is to be."""

    TagKey: str
    Code: str
    Message: str


class Updated(TypedDict, total=False):
    """What UpdateCostAllocationTagsStatus answers."""

    Errors: list[TagError]


class CostClient(Protocol):
    """What is used of AWS Cost Explorer; its type stubs are not installed."""

    def list_cost_allocation_tags(self, *, TagKeys: list[str], Type: str, NextToken: str = ...) -> CostTags:
        """The tags of these that AWS knows."""

    def update_cost_allocation_tags_status(self, *, CostAllocationTagsStatus: list[TagStatus]) -> Updated:
        """Activate tags or not. What could not be done is in the answer."""


def read_cost_tags(clients: VendingClients, wanted: Sequence[str]) -> Mapping[str, CostTagStatus]:
    """The status of each of these tags that AWS knows. Nobody is asked when none is wanted.

    Raises CellsError when AWS refuses; none is known as long as nobody has opened Cost Explorer.
    """
    if not wanted:
        return {}
    from botocore.exceptions import ClientError

    with told("the cost allocation tags cannot be read"):
        try:
            return {one["TagKey"]: one["Status"] for one in _listed(clients, sorted(wanted))}
        except ClientError as error:
            if _NOT_OPENED not in words_of(error).lower():
                raise
            return {}


def activate(clients: VendingClients, tag: str) -> None:
    """Activate a tag. Raises Waits when AWS has not seen it yet, CellsError when it refuses."""
    client = _client(clients)
    wanted: TagStatus = {"TagKey": tag, "Status": "Active"}
    answer = clients.patience.call(lambda: client.update_cost_allocation_tags_status(CostAllocationTagsStatus=[wanted]))
    for error in answer.get("Errors", []):
        code = error.get("Code", "")
        if code == _NOT_SEEN:
            raise Waits("AWS has not seen it on a resource yet, which takes up to a day: run this again then")
        raise CellsError(
            f"the cost allocation tag {tag} was not activated: {error.get('Message', '')} ({code})",
            hint="run this again; when it stays, activate it in the console (Billing, Cost allocation tags)",
        )


def _listed(clients: VendingClients, wanted: list[str]) -> Iterator[CostTag]:
    client, token = _client(clients), ""
    while True:
        page = _page(clients, client, wanted, token)
        yield from page.get("CostAllocationTags", [])
        token = page.get("NextToken", "")
        if not token:
            return


def _page(clients: VendingClients, client: CostClient, wanted: list[str], token: str) -> CostTags:
    more = {"NextToken": token} if token else {}
    return clients.patience.call(lambda: client.list_cost_allocation_tags(TagKeys=wanted, Type="UserDefined", **more))


def _client(clients: VendingClients) -> CostClient:
    return cast(CostClient, clients.open("ce", _REGION))
