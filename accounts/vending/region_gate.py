"""Tells a region that is closed by a policy from a call that is.

A changed policy takes minutes to be everywhere, and policies of others close regions as well. So what a run is denied
in a region counts as a wait when everything is denied there, and as a failure when it is that call alone. See
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accounts.vending.clients import VendingClients
from accounts.vending.errors import words_of
from accounts.vending.waits import Waits

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_EXPLICITLY = "explicit deny in a service control policy"


class RegionGate:
    """The regions of accounts, as policies leave them."""

    def __init__(self, clients: VendingClients) -> None:
        self._clients = clients

    @contextmanager
    def entered(self, account: str, region: str) -> Iterator[None]:
        """Do something in a region. Raises Waits when a policy closes it, and whatever else AWS answers as it is."""
        from botocore.exceptions import ClientError

        try:
            yield
        except ClientError as error:
            if not _by_policy(error) or not self._closed(account, region):
                raise
            raise Waits(
                f"a service control policy closes {region} to the account {account}: a policy that was just changed "
                "takes some minutes; run this again",
                region=region,
            ) from error

    def _closed(self, account: str, region: str) -> bool:
        """Whether a call is denied that no policy has a reason to deny by itself."""
        from botocore.exceptions import ClientError

        try:
            self._clients.patience.call(self._clients.members.ec2(account, region).describe_availability_zones)
        except ClientError as error:
            return _by_policy(error)
        return False


def _by_policy(error: ClientError) -> bool:
    return _EXPLICITLY in words_of(error)
