"""Sets what has no resource type in an account, and looks whether it still is as it was set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accounts.settings import PasswordPolicy
from accounts.vending.account_tags import tag_account
from accounts.vending.clients import VendingClients
from accounts.vending.default_network import DefaultNetwork
from accounts.vending.errors import code_of
from accounts.vending.region_gate import RegionGate
from accounts.vending.settings_step import SETTINGS_TAG, Settings

if TYPE_CHECKING:
    from types_boto3_ec2 import EC2Client


class AccountRoom:
    """One account from inside. Everything in it can be done twice."""

    def __init__(self, clients: VendingClients, account: str) -> None:
        self._clients = clients
        self._patience = clients.patience
        self._account = account
        self._gate = RegionGate(clients)
        self._regions: dict[str, EC2Client] = {}

    def apply(self, settings: Settings) -> None:
        """Set it all, then write it down.

        Raises ClientError, CellsError when a default VPC is in use, and Waits when a policy closes a region.
        """
        for region in settings.regions:
            with self._gate.entered(self._account, region):
                self._set_region(region, settings)
        if settings.password_policy is not None:
            self._set_passwords(settings.password_policy)
        tag_account(self._clients, self._account, {SETTINGS_TAG: settings.digest})

    def _set_region(self, region: str, settings: Settings) -> None:
        if settings.default_network == "removed":
            self._network(region).remove()
        if settings.ebs_encryption:
            self._encrypt(region)

    def differences(self, settings: Settings) -> Iterator[str]:
        """What is not as declared, for a person. Raises ClientError."""
        for region in settings.regions:
            if settings.default_network == "removed" and (vpc := self._network(region).find()):
                yield f"there is a default VPC {vpc} in {region}"
            if settings.ebs_encryption and not self._encrypts(region):
                yield f"new volumes are not encrypted by default in {region}"
        if settings.password_policy is not None and self._passwords() != _wanted(settings.password_policy):
            yield "the password policy is another one"

    def _network(self, region: str) -> DefaultNetwork:
        return DefaultNetwork(self._ec2(region), self._patience, self._account, region)

    def _ec2(self, region: str) -> EC2Client:
        # To make a client takes longer than to use it.
        if region not in self._regions:
            self._regions[region] = self._clients.members.ec2(self._account, region)
        return self._regions[region]

    def _encrypt(self, region: str) -> None:
        self._patience.call(self._ec2(region).enable_ebs_encryption_by_default)

    def _encrypts(self, region: str) -> bool:
        return self._patience.call(self._ec2(region).get_ebs_encryption_by_default)["EbsEncryptionByDefault"]

    def _set_passwords(self, policy: PasswordPolicy) -> None:
        client = self._clients.members.iam(self._account)
        self._patience.call(
            lambda: client.update_account_password_policy(
                MinimumPasswordLength=policy.minimum_length,
                PasswordReusePrevention=policy.remembered,
                MaxPasswordAge=policy.max_age_days,
                RequireLowercaseCharacters=True,
                RequireUppercaseCharacters=True,
                RequireNumbers=True,
                RequireSymbols=True,
                AllowUsersToChangePassword=True,
            )
        )

    def _passwords(self) -> dict[str, object]:
        from botocore.exceptions import ClientError

        client = self._clients.members.iam(self._account)
        try:
            found: dict[str, object] = {**self._patience.call(client.get_account_password_policy)["PasswordPolicy"]}
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            return {}
        return {key: found.get(key) for key in _wanted(PasswordPolicy())}


def _wanted(policy: PasswordPolicy) -> dict[str, object]:
    return {
        "MinimumPasswordLength": policy.minimum_length,
        "PasswordReusePrevention": policy.remembered,
        "MaxPasswordAge": policy.max_age_days,
        "RequireLowercaseCharacters": True,
        "RequireUppercaseCharacters": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
    }
