"""Makes the steps true that happen inside accounts, or that wait for somebody."""

from __future__ import annotations

from accounts.platform_policies import platform_policies
from accounts.vending.account_room import AccountRoom
from accounts.vending.account_tags import tag_account
from accounts.vending.baseline_gate import BaselineGate
from accounts.vending.baseline_step import WaitForBaseline
from accounts.vending.bootstrap_step import BootstrapAccount, bootstrap_tag
from accounts.vending.bootstrapper import Bootstrapper
from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of
from accounts.vending.identity_center import read_identity_center
from accounts.vending.lock_step import LOCK_TAG, LockArchive
from accounts.vending.managed_policies import ManagedPolicies
from accounts.vending.manual_step import ManualStep
from accounts.vending.platform_policies_step import PLATFORM_POLICIES_TAG, PutPlatformPolicies
from accounts.vending.quota_requests import QuotaRequests
from accounts.vending.quota_step import RequestEmail, RequestQuota
from accounts.vending.region_gate import RegionGate
from accounts.vending.saml_providers import SamlProviders
from accounts.vending.saml_step import SAML_TAG, PutSamlProvider
from accounts.vending.settings_step import ApplySettings
from accounts.vending.waits import Waits, Watch

TOOLKIT_STACK = "CDKToolkit"
"""The stack that `cdk bootstrap` makes."""

RoomStep = (
    ApplySettings
    | PutPlatformPolicies
    | PutSamlProvider
    | WaitForBaseline
    | BootstrapAccount
    | LockArchive
    | RequestQuota
    | RequestEmail
)
"""A step about one account from inside."""


class AccountChanges:
    """Safe to use from several threads, as long as each account has one."""

    def __init__(
        self, clients: VendingClients, home_region: str, bootstrapper: Bootstrapper | None, watch: Watch
    ) -> None:
        self._clients = clients
        self._region = home_region
        self._bootstrapper = bootstrapper
        self._watch = watch
        self._gate = BaselineGate(clients, watch, home_region)
        self._quotas = QuotaRequests(clients)
        self._regions = RegionGate(clients)

    def make(self, step: RoomStep, account: str) -> str:
        """Do a step. What AWS answered, in a word. Raises ClientError, CellsError or Waits."""
        match step:
            case ApplySettings(settings=settings):
                AccountRoom(self._clients, account).apply(settings)
            case PutPlatformPolicies():
                self._put_policies(step, account)
            case PutSamlProvider():
                SamlProviders(self._clients, account).put(step)
                tag_account(self._clients, account, {SAML_TAG: step.digest})
            case WaitForBaseline(name=name):
                self._gate.passes(name, account)
            case BootstrapAccount():
                self._bootstrap(step, account)
            case LockArchive(lock=lock):
                tag_account(self._clients, account, {LOCK_TAG: lock})
            case RequestQuota() | RequestEmail():
                return self._quotas.make(step, account)
        return ""

    def look(self, step: ManualStep) -> str:
        """Look whether somebody did by hand what a step says. Raises Waits when nobody did."""
        found = ""

        def there() -> bool:
            nonlocal found
            instance = read_identity_center(self._clients, self._region)
            found = instance.arn if instance else ""
            return bool(found)

        if not self._watch.until(there):
            raise Waits("run this again when it is done, or with --wait")
        return found

    def _put_policies(self, step: PutPlatformPolicies, account: str) -> None:
        policies = platform_policies(step.access, account=account, partition=self._clients.partition)
        ManagedPolicies(self._clients, account).put(policies)
        tag_account(self._clients, account, {PLATFORM_POLICIES_TAG: step.digest})

    def _bootstrap(self, step: BootstrapAccount, account: str) -> None:
        if self._bootstrapper is None:
            raise Waits("nobody is here who runs `cdk bootstrap`: run `cells org bootstrap`")
        with self._regions.entered(account, step.region):
            trusted = self._trusted(account, step.region)
        self._bootstrapper.bootstrap(
            account,
            step.region,
            policy=step.policy_arn(account, self._clients.partition),
            untrust=trusted,
            credentials=self._clients.members.credentials(account),
        )
        tag_account(self._clients, account, {bootstrap_tag(step.region): step.digest})

    def _trusted(self, account: str, region: str) -> list[str]:
        """The accounts that an earlier bootstrap trusts."""
        parameters = toolkit_parameters(self._clients, account, region)
        trusted = {
            *parameters.get("TrustedAccounts", "").split(","),
            *parameters.get("TrustedAccountsForLookup", "").split(","),
        }
        return sorted(filter(None, trusted))


def toolkit_parameters(clients: VendingClients, account: str, region: str) -> dict[str, str]:
    """The parameters that an account and region was bootstrapped with; empty when it was not. Raises ClientError."""
    from botocore.exceptions import ClientError

    client = clients.members.cloudformation(account, region)
    try:
        found = clients.patience.call(lambda: client.describe_stacks(StackName=TOOLKIT_STACK))["Stacks"]
    except ClientError as error:
        # What CloudFormation answers for a stack that is not there.
        if code_of(error) != "ValidationError":
            raise
        return {}
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in found[0].get("Parameters", [])}
