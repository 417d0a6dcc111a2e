"""Reads the organization's instance of IAM Identity Center.

See https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html.
"""

from __future__ import annotations

from typing import Protocol, TypedDict, cast

from accounts.vending.clients import VendingClients
from accounts.vending.live import LiveIdentityCenter


class Instance(TypedDict, total=False):
    """An instance as ListInstances has it."""

    InstanceArn: str
    IdentityStoreId: str
    OwnerAccountId: str
    Status: str


class Instances(TypedDict):
    """What ListInstances answers."""

    Instances: list[Instance]


class IdentityCenterClient(Protocol):
    """What is used of IAM Identity Center; its type stubs are not installed."""

    def list_instances(self) -> Instances:
        """The instances that the caller sees: the organization's, and those of its own account."""


def read_identity_center(clients: VendingClients, region: str) -> LiveIdentityCenter | None:
    """The instance of the organization in its home region; None when nobody enabled it.

    An instance of another account is no instance of the organization: that one belongs to the management account.
    """
    client = cast(IdentityCenterClient, clients.open("sso-admin", region))
    for one in clients.patience.call(client.list_instances)["Instances"]:
        owner = one.get("OwnerAccountId", clients.caller)
        if owner == clients.caller and one.get("Status", "ACTIVE") == "ACTIVE":
            return LiveIdentityCenter(arn=one["InstanceArn"], store=one["IdentityStoreId"])
    return None
