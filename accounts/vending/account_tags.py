"""Writes down in an account's tags what was done in it: the tags last when a machine's disk does not."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.vending.clients import VendingClients


def tag_account(clients: VendingClients, account: str, tags: Mapping[str, str]) -> None:
    """Set tags of an account. Raises ClientError."""
    clients.patience.call(
        lambda: clients.organizations.tag_resource(
            ResourceId=account, Tags=[{"Key": key, "Value": value} for key, value in sorted(tags.items())]
        )
    )
