"""Drift inside accounts: what was set in them, and by what they were bootstrapped, looked at where it is.

A plan believes the tags of accounts. This asks every region of every account, which takes a minute for a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accounts.platform_policies import platform_policies
from accounts.spec import OrganizationSpec
from accounts.topology import Account, Topology
from accounts.vending.account_changes import toolkit_parameters
from accounts.vending.account_room import AccountRoom
from accounts.vending.bootstrap_step import bootstrap_tag, bootstraps_of
from accounts.vending.clients import VendingClients
from accounts.vending.errors import told
from accounts.vending.finding import Finding, Sides
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.managed_policies import ManagedPolicies
from accounts.vending.platform_policies_step import PLATFORM_POLICIES_TAG, platform_policies_of
from accounts.vending.progress import live_account
from accounts.vending.saml_providers import SamlProviders
from accounts.vending.saml_step import SAML_TAG, saml_provider_of
from accounts.vending.settings_step import SETTINGS_TAG, settings_of
from accounts.vending.step import TagAccount

_WHY_NO_ADOPT = "declare other `settings` in accounts/organization.yaml"


def findings_inside(
    clients: VendingClients, spec: OrganizationSpec, topology: Topology, live: LiveOrganization
) -> tuple[Finding, ...]:
    """What differs inside accounts from what their tags say. Raises CellsError when one cannot be entered."""
    ignored = IgnoredParts(spec, live)
    found = [(account, live_account(account, live)) for account in topology.accounts]
    entered = [
        (account, there)
        for account, there in found
        if there is not None and there.state == "ACTIVE" and not ignored.account(there)
    ]
    looked = clients.map(lambda one: list(_look(clients, spec, *one)), entered)
    return tuple(finding for findings in looked for finding in findings)


def _look(clients: VendingClients, spec: OrganizationSpec, account: Account, there: LiveAccount) -> Iterator[Finding]:
    settings = settings_of(spec)
    with told(f"the account {account.name} ({there.id}) cannot be looked into"):
        if there.tags.get(SETTINGS_TAG) == settings.digest:
            differences = list(AccountRoom(clients, there.id).differences(settings))
            if differences:
                yield _finding(account, there, SETTINGS_TAG, "settings", "; ".join(differences))
        yield from policies_inside(clients, spec, account, there)
        yield from saml_inside(clients, spec, account, there)
        yield from bootstraps_inside(clients, spec, account, there)


def saml_inside(
    clients: VendingClients, spec: OrganizationSpec, account: Account, there: LiveAccount
) -> Iterator[Finding]:
    """What differs in the identity provider of break-glass. Raises ClientError."""
    step = saml_provider_of(spec, account, there.id)
    if step and there.tags.get(SAML_TAG) == step.digest:
        differences = list(SamlProviders(clients, there.id).differences(step))
        if differences:
            yield _finding(account, there, SAML_TAG, "break-glass-provider", "; ".join(differences))


def policies_inside(
    clients: VendingClients, spec: OrganizationSpec, account: Account, there: LiveAccount
) -> Iterator[Finding]:
    """What differs in the policies that a platform account is bootstrapped with. Raises ClientError."""
    step = platform_policies_of(spec, account, there.id)
    if step and there.tags.get(PLATFORM_POLICIES_TAG) == step.digest:
        wanted = platform_policies(step.access, account=there.id, partition=clients.partition)
        differences = list(ManagedPolicies(clients, there.id).differences(wanted))
        if differences:
            yield _finding(account, there, PLATFORM_POLICIES_TAG, "platform-policies", "; ".join(differences))


def bootstraps_inside(
    clients: VendingClients, spec: OrganizationSpec, account: Account, there: LiveAccount
) -> Iterator[Finding]:
    """What differs in the regions in which an account was bootstrapped. Raises ClientError."""
    for step in bootstraps_of(spec, account, there.id):
        tag = bootstrap_tag(step.region)
        if there.tags.get(tag) == step.digest:
            parameters = toolkit_parameters(clients, there.id, step.region)
            difference = _bootstrap(parameters, step.policy_arn(there.id, clients.partition))
            if difference:
                yield _finding(account, there, tag, f"bootstrap:{step.region}", difference)


def _bootstrap(parameters: Mapping[str, str], policy: str) -> str:
    """What differs in a bootstrap stack."""
    if not parameters:
        return "there is no CDKToolkit"
    trusted = ",".join(filter(None, (parameters.get("TrustedAccounts"), parameters.get("TrustedAccountsForLookup"))))
    if trusted:
        return f"CDKToolkit trusts {trusted}"
    executes = parameters.get("CloudFormationExecutionPolicies", "")
    return "" if executes == policy else f"CDKToolkit executes with {executes or 'nothing'}"


def _finding(account: Account, there: LiveAccount, tag: str, part: str, difference: str) -> Finding:
    """Taken back by forgetting that it was done: the next run does it again."""
    forget = TagAccount(name=account.name, account=there.id, tags={}, remove=(tag,))
    return Finding(
        name=f"account:{account.name}:{part}",
        line=f"account {account.name} ({there.id}): {difference}; after --revert, cells org apply sets it again",
        mover="organization",
        sides=Sides(declared="as set", applied="as set", live=difference),
        revert=(forget,),
        why_no_adopt=_WHY_NO_ADOPT,
    )
