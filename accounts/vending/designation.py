"""Tells services themselves who administers them for the organization.

To register an account with AWS Organizations is enough for most. These want to be told by a call of their own, which
also makes their service-linked role; GuardDuty, Security Hub and Inspector in each region. See
https://docs.aws.amazon.com/guardduty/latest/ug/delegated-admin-designate.html,
https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html,
https://docs.aws.amazon.com/inspector/latest/user/designating-admin.html,
https://docs.aws.amazon.com/vpc/latest/ipam/enable-integ-ipam.html,
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-delegated-administrator.html and
https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypedDict, cast

from accounts.vending.clients import VendingClients
from accounts.vending.errors import unless

Call = Callable[[], object]


class AdminAccount(TypedDict, total=False):
    """An administrator: GuardDuty calls the account by the first name, Security Hub by the second."""

    AdminAccountId: str
    AccountId: str


class AdminAccounts(TypedDict):
    """The answer with all of them."""

    AdminAccounts: list[AdminAccount]


class DetectionClient(Protocol):
    """What GuardDuty and Security Hub share."""

    def list_organization_admin_accounts(self) -> AdminAccounts:
        """Who administers it in this region."""

    def enable_organization_admin_account(self, *, AdminAccountId: str) -> object:
        """Let an account administer it in this region."""


class InspectorAdmin(TypedDict):
    """An administrator, as Inspector tells it."""

    accountId: str


class InspectorAdmins(TypedDict):
    """The answer with all of them."""

    delegatedAdminAccounts: list[InspectorAdmin]


class InspectorClient(Protocol):
    """What is used of Amazon Inspector."""

    def list_delegated_admin_accounts(self) -> InspectorAdmins:
        """Who administers it in this region."""

    def enable_delegated_admin_account(self, *, delegatedAdminAccountId: str) -> object:
        """Let an account administer it in this region."""


class TrailClient(Protocol):
    """What is used of AWS CloudTrail."""

    def register_organization_delegated_admin(self, *, MemberAccountId: str) -> object:
        """Let an account administer it."""


class AddressClient(Protocol):
    """What is used of Amazon VPC IPAM."""

    def enable_ipam_organization_admin_account(self, *, DelegatedAdminAccountId: str) -> object:
        """Let an account administer it. Asked again, it answers the same."""


class SharingClient(Protocol):
    """What is used of AWS RAM."""

    def enable_sharing_with_aws_organization(self) -> object:
        """Let accounts share within the organization. Asked again, it answers the same."""


def untold(clients: VendingClients, principal: str, account: str, regions: Sequence[str]) -> tuple[str, ...]:
    """The regions in which a service does not know its administrator. A service without regions has none."""
    known_in = _KNOWN_IN.get(principal)
    return tuple(region for region in regions if account not in known_in(clients, region)) if known_in else ()


def _detection(clients: VendingClients, service: str, region: str) -> DetectionClient:
    return cast(DetectionClient, clients.open(service, region))


def _inspector(clients: VendingClients, region: str) -> InspectorClient:
    return cast(InspectorClient, clients.open("inspector2", region))


def _detection_knows(service: str, clients: VendingClients, region: str) -> set[str]:
    found = clients.patience.call(_detection(clients, service, region).list_organization_admin_accounts)
    return {one.get("AdminAccountId") or one.get("AccountId") or "" for one in found["AdminAccounts"]}


def _inspector_knows(clients: VendingClients, region: str) -> set[str]:
    found = clients.patience.call(_inspector(clients, region).list_delegated_admin_accounts)
    return {one["accountId"] for one in found["delegatedAdminAccounts"]}


_KNOWN_IN: Mapping[str, Callable[[VendingClients, str], set[str]]] = {
    "guardduty.amazonaws.com": partial(_detection_knows, "guardduty"),
    "inspector2.amazonaws.com": _inspector_knows,
    "securityhub.amazonaws.com": partial(_detection_knows, "securityhub"),
}
"""The services with an administrator in each region, and how they say who it is."""


class Designation:
    """Designates administrators with the services that want it. Done again, it changes nothing."""

    def __init__(self, clients: VendingClients, regions: Sequence[str]) -> None:
        """`regions` are the governed ones."""
        self._clients = clients
        self._regions = regions
        self._of: Mapping[str, Callable[[str], None]] = {
            "cloudtrail.amazonaws.com": self._trail,
            "guardduty.amazonaws.com": lambda account: self._detection("guardduty", account),
            "inspector2.amazonaws.com": self._inspector,
            "ipam.amazonaws.com": self._addresses,
            "securityhub.amazonaws.com": lambda account: self._detection("securityhub", account),
        }

    def designate(self, principal: str, account: str) -> None:
        """Let an account administer a service, as far as the service itself has to be told."""
        tell = self._of.get(principal)
        if tell is not None:
            tell(account)

    def enable(self, principal: str) -> None:
        """Let a service work in the organization, as far as the service itself has to be told."""
        if principal == "ram.amazonaws.com":
            client = cast(SharingClient, self._clients.open("ram", self._regions[0]))
            self._call(client.enable_sharing_with_aws_organization)

    def _detection(self, service: str, account: str) -> None:
        for region in untold(self._clients, f"{service}.amazonaws.com", account, self._regions):
            client = _detection(self._clients, service, region)
            self._call(partial(client.enable_organization_admin_account, AdminAccountId=account))

    def _inspector(self, account: str) -> None:
        for region in untold(self._clients, "inspector2.amazonaws.com", account, self._regions):
            client = _inspector(self._clients, region)
            self._call(partial(client.enable_delegated_admin_account, delegatedAdminAccountId=account))

    def _addresses(self, account: str) -> None:
        client = cast(AddressClient, self._clients.open("ec2", self._regions[0]))
        self._call(partial(client.enable_ipam_organization_admin_account, DelegatedAdminAccountId=account))

    def _trail(self, account: str) -> None:
        client = cast(TrailClient, self._clients.open("cloudtrail", self._regions[0]))
        with unless("AccountRegisteredException"):
            self._call(partial(client.register_organization_delegated_admin, MemberAccountId=account))

    def _call(self, call: Call) -> None:
        self._clients.patience.call(call)
