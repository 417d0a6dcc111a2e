"""Every step has a name of its own, a sign and a line."""

import hashlib
from datetime import date
from typing import get_args

import pytest

from accounts.platform_access import platform_access_of
from accounts.vending.baseline_step import WaitForBaseline
from accounts.vending.bootstrap_step import BootstrapAccount
from accounts.vending.cost_tag_step import ActivateCostTag
from accounts.vending.lock_step import LockArchive
from accounts.vending.manual_step import ManualStep
from accounts.vending.platform_policies_step import PutPlatformPolicies
from accounts.vending.policy_steps import AttachPolicy, DeletePolicy, DetachPolicy, RenamePolicy, RestorePolicy
from accounts.vending.quota_step import RequestEmail, RequestQuota
from accounts.vending.region_step import WaitForRegion
from accounts.vending.saml_step import PutSamlProvider
from accounts.vending.settings_step import ApplySettings
from accounts.vending.step import (
    CloseAccount,
    CreateAccount,
    CreateOrganization,
    CreateUnit,
    EnablePolicyType,
    EnableRootAccess,
    EnableService,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    Step,
    TagAccount,
)
from accounts.vending.undo_step import (
    DeleteContact,
    DeleteUnit,
    DeregisterAdministrator,
    DisablePolicyType,
    DisableService,
    RenameAccount,
    RenameUnit,
)
from accounts.vending.words import is_irreversible, line_of, name_of, sign_of
from tests.accounts.vending.world import CONTACT, organization

ID = "444455556666"

ACCESS = platform_access_of(organization(), "ci-cd")
SETTINGS = {
    "regions": ["eu-west-1", "us-east-1"],
    "default_network": "removed",
    "ebs_encryption": True,
    "password_policy": {},
}
EMAIL = {"website": "https://example.com", "use_case": "Receipts to people who bought something, and nothing else."}

WORDS = [
    (CreateOrganization(), "create-organization", "+", "organization with all features"),
    (
        EnablePolicyType(policy_type="TAG_POLICY"),
        "enable-policy-type:TAG_POLICY",
        "~",
        "policy type TAG_POLICY enabled",
    ),
    (
        EnableService(principal="config.amazonaws.com"),
        "enable-service:config.amazonaws.com",
        "~",
        "trusted access for config.amazonaws.com",
    ),
    (
        EnableRootAccess(feature="RootSessions"),
        "enable-root-access:RootSessions",
        "~",
        "central root access: RootSessions",
    ),
    (CreateUnit(path=("Workloads", "crm")), "create-unit:Workloads/crm", "+", "unit Workloads/crm"),
    (
        CreateAccount(name="crm-dev", email="crm@example.com", tags={}),
        "create-account:crm-dev",
        "+",
        "account crm-dev <crm@example.com>",
    ),
    (
        MoveAccount(name="crm-dev", account=ID, source=(), target=("Workloads", "crm")),
        "move-account:crm-dev:Workloads/crm",
        "~",
        "account crm-dev: Root → Workloads/crm",
    ),
    (
        TagAccount(name="crm-dev", account=ID, tags={"b": "2", "a": "1"}, remove=("c",)),
        "tag-account:crm-dev",
        "~",
        "account crm-dev: tags a=1, b=2, -c",
    ),
    (
        SetContact(name="crm-dev", account=ID, contact_kind="SECURITY", contact=CONTACT),
        "set-contact:crm-dev:SECURITY",
        "~",
        "account crm-dev: security contact security@example.com",
    ),
    (
        RegisterAdministrator(principal="config.amazonaws.com", name="log-archive", account=ID),
        "register-administrator:config.amazonaws.com",
        "~",
        "config.amazonaws.com is administered by log-archive",
    ),
    (
        CloseAccount(name="crm-dev", account=ID, since=date(2026, 11, 1)),
        f"close-account:{ID}",
        "-",
        f"account crm-dev ({ID}), suspended since 2026-11-01: closed, and gone after 90 days",
    ),
    (
        LockArchive(name="log-archive", account=ID, lock="COMPLIANCE:7y", days=2557),
        "lock-archive:log-archive",
        "~",
        "account log-archive: logs are locked in COMPLIANCE mode for 2557 days, and nobody can undo it, AWS and the "
        "root user included",
    ),
    (
        RenameUnit(unit="ou-1", path=("Workloads", "crm"), was="CRM"),
        "rename-unit:ou-1",
        "~",
        "unit Workloads/CRM is called crm again",
    ),
    (
        RenameAccount(name="crm-dev", account=ID, title="crm-dev", was="CRM"),
        "rename-account:crm-dev",
        "~",
        "account crm-dev: name 'CRM' → 'crm-dev'",
    ),
    (
        DeleteContact(name="crm-dev", account=ID, contact_kind="SECURITY"),
        "delete-contact:crm-dev:SECURITY",
        "-",
        "account crm-dev: no security contact",
    ),
    (
        DeregisterAdministrator(principal="config.amazonaws.com", name="crm-dev", account=ID),
        f"deregister-administrator:config.amazonaws.com:{ID}",
        "-",
        "config.amazonaws.com is administered by crm-dev no more",
    ),
    (
        DisableService(principal="config.amazonaws.com"),
        "disable-service:config.amazonaws.com",
        "-",
        "no trusted access for config.amazonaws.com",
    ),
    (
        DisablePolicyType(policy_type="TAG_POLICY"),
        "disable-policy-type:TAG_POLICY",
        "-",
        "policy type TAG_POLICY disabled, and its policies detached",
    ),
    (DeleteUnit(unit="ou-1", path=("Rogue",)), "delete-unit:ou-1", "-", "unit Rogue"),
    (
        ApplySettings(name="crm-dev", account=ID, settings=SETTINGS),
        "apply-settings:crm-dev",
        "~",
        "account crm-dev: no default network, encrypted volumes in eu-west-1, us-east-1; password policy",
    ),
    (
        WaitForBaseline(name="crm-dev", account=ID),
        "wait-for-baseline:crm-dev",
        "~",
        "account crm-dev: waits for its baseline",
    ),
    (
        WaitForRegion(region="eu-west-2", policies=("a-1", "b-1")),
        "wait-for-region:eu-west-2",
        "~",
        "region eu-west-2: waits for a guardrail that lets it in, a-1, b-1 on Root close it to member accounts",
    ),
    (
        PutPlatformPolicies(name="ci-cd", account=ID, access=ACCESS),
        "put-platform-policies:ci-cd",
        "+",
        "account ci-cd: policies platform-cloudformation-execution, platform-permission-boundary",
    ),
    (
        BootstrapAccount(name="crm-dev", account=ID, region="eu-west-1", execution_policy="cell-policy"),
        "bootstrap-account:crm-dev:eu-west-1",
        "+",
        "account crm-dev: cdk bootstrap in eu-west-1, executes with cell-policy",
    ),
    (
        RequestQuota(name="crm-dev", account=ID, region="eu-west-1", quota="fargate-vcpu", value=100),
        "request-quota:crm-dev:fargate-vcpu:eu-west-1",
        "+",
        "account crm-dev: asks AWS for 100 vCPUs of Fargate in eu-west-1",
    ),
    (
        RequestEmail(name="crm-dev", account=ID, region="eu-west-1", email=EMAIL),
        "request-email:crm-dev:email:eu-west-1",
        "+",
        "account crm-dev: asks Amazon SES for production access in eu-west-1",
    ),
    (
        ActivateCostTag(tag="product"),
        "activate-cost-tag:product",
        "+",
        "cost allocation tag product: the bill is split by it",
    ),
    (
        PutSamlProvider(name="security-tooling", account=ID, provider="emergency", metadata="<x/>"),
        "put-saml-provider:security-tooling",
        "+",
        "account security-tooling: SAML provider emergency of break-glass, metadata "
        + hashlib.sha256(b"emergency\0<x/>").hexdigest()[:8],
    ),
    (
        ManualStep(task="identity-center", instructions="enable it", console="https://console.aws.amazon.com/x"),
        "manual:identity-center",
        "~",
        "by hand: enable it (console: https://console.aws.amazon.com/x)",
    ),
    (
        AttachPolicy(policy="p-1", name="a-1", policy_type="TAG_POLICY", target=(), trial=False),
        "attach-policy:a-1:p-1:Root",
        "+",
        "policy a-1 on Root",
    ),
    (
        AttachPolicy(policy="p-1", name="a-1", policy_type="TAG_POLICY", target=("Policy Staging",), trial=True),
        "attach-policy:a-1:p-1:Policy Staging",
        "+",
        "policy a-1 on Policy Staging, where it is tried",
    ),
    (
        DetachPolicy(policy="p-1", name="a-1", target=("Workloads",)),
        "detach-policy:a-1:p-1:Workloads",
        "-",
        "policy a-1 off Workloads",
    ),
    (
        RenamePolicy(policy="p-1", name="a-1", new_name="a-1-retired-1"),
        "rename-policy:a-1:p-1",
        "~",
        "policy a-1 is called a-1-retired-1",
    ),
    (
        RestorePolicy(policy="p-1", name="a-1", content="{}"),
        "restore-policy:a-1:p-1",
        "~",
        "policy a-1: what somebody edited goes back",
    ),
    (DeletePolicy(policy="p-1", name="a-1"), "delete-policy:a-1:p-1", "-", "policy a-1"),
]


@pytest.mark.parametrize(("step", "name", "sign", "line"), WORDS, ids=[row[1] for row in WORDS])
def test_a_step_in_words(step, name, sign, line):
    assert (name_of(step), sign_of(step), line_of(step)) == (name, sign, line)


def test_every_kind_of_step_is_in_the_table():
    union = get_args(get_args(Step)[0])

    assert {type(row[0]) for row in WORDS} == set(union)


def test_what_uses_up_an_address_closes_deletes_or_locks_is_irreversible():
    irreversible = [row[1] for row in WORDS if is_irreversible(row[0])]

    assert irreversible == [
        "create-account:crm-dev",
        f"close-account:{ID}",
        "lock-archive:log-archive",
        "delete-unit:ou-1",
    ]
