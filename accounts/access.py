"""Who may become what in an account, and where its logs go: one table, which the command line shows and docs quote.

A row says what a trust policy says; the trust policy is in the stack that is named beside it. Whoever adds a role that
somebody outside an account may become adds its row here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.assignments import assigned
from accounts.names import AUDITOR_ROLE_NAME, BREAK_GLASS_OPERATOR_NAME, BREAK_GLASS_ROLE_NAME
from accounts.platform import Platform
from accounts.topology import Account, Kind
from constructs_lib.specs.landing import DEPLOYMENT_ROLE_NAME, VENDING_ROLE_NAME

MEMBERS: tuple[Kind, ...] = ("platform", "cell", "sandbox", "canary", "extra")
"""Every kind of account but the management account."""

EVERYWHERE: tuple[Kind, ...] = ("management", *MEMBERS)


@dataclass(frozen=True)
class Access:
    """Somebody who may become a role of an account."""

    role: str
    """The role, or `permission set` and its name."""
    who: str
    may: str
    """What the role may do, in a few words."""
    since: str
    """What makes the role: AWS, a stack, or the bootstrap."""


@dataclass(frozen=True)
class _Rule:
    access: Access
    kinds: tuple[Kind, ...]
    accounts: tuple[str, ...] = ()
    """Only in these accounts of these kinds; empty for all."""


_RULES: tuple[_Rule, ...] = (
    _Rule(
        Access(
            VENDING_ROLE_NAME,
            "the vending engine, and administrators of the management account",
            "everything; it makes an account what it is",
            "AWS Organizations, with the account",
        ),
        MEMBERS,
    ),
    _Rule(
        Access(
            "stacksets-exec-*",
            "the organization's stack sets",
            "everything; brings the account baseline",
            "AWS CloudFormation, when the account joins",
        ),
        MEMBERS,
    ),
    _Rule(
        Access(
            DEPLOYMENT_ROLE_NAME,
            "the pipeline role of the CI/CD account",
            "becomes the bootstrap roles, and so deploys the cell",
            "the account baseline",
        ),
        ("cell",),
    ),
    _Rule(
        Access(
            "the other cdk-* roles",
            "roles of the account itself, such as the deployment role; no other account",
            "starts deployments, publishes assets, looks things up",
            "cdk bootstrap",
        ),
        EVERYWHERE,
    ),
    _Rule(
        Access(
            "cdk-*-cfn-exec-role-*",
            "CloudFormation",
            "what the execution policy of the account lets a deployment do",
            "cdk bootstrap",
        ),
        EVERYWHERE,
    ),
    _Rule(
        Access(
            BREAK_GLASS_ROLE_NAME,
            f"the role {BREAK_GLASS_OPERATOR_NAME} of the security tooling account",
            "everything that guardrails let through, for an hour; each use is alarmed",
            "the account baseline",
        ),
        EVERYWHERE,
    ),
    _Rule(
        Access(
            AUDITOR_ROLE_NAME,
            "people with the permission set auditor in the security tooling account",
            "reads how the account is configured, and no data",
            "the account baseline",
        ),
        EVERYWHERE,
    ),
    _Rule(
        Access(
            "cell-pipeline",
            "workflows of the declared repositories, by OpenID Connect",
            "pushes, publishes and signs; becomes the deployment role of cells",
            "CiCd",
        ),
        ("platform",),
        ("ci-cd",),
    ),
    _Rule(
        Access(
            "the delegation role of each cell",
            "CloudFormation in the account of that cell",
            "writes the NS record of that cell's domain",
            "NetworkHub",
        ),
        ("platform",),
        ("network-hub",),
    ),
)


@dataclass(frozen=True)
class LogPlace:
    """Where a kind of log of an account goes."""

    log: str
    place: str


def access_of(platform: Platform, account: Account) -> tuple[Access, ...]:
    """Who may become what in an account: roles first, then people of IAM Identity Center."""
    roles = (rule.access for rule in _RULES if _is_meant(rule, account))
    return (*roles, *_people(platform, account))


def logs_of(platform: Platform, account: Account) -> tuple[LogPlace, ...]:
    """Where the logs of an account go. All of it is in the log archive, but for findings."""
    return tuple(_logs(platform, account))


def _is_meant(rule: _Rule, account: Account) -> bool:
    return account.kind in rule.kinds and (not rule.accounts or account.name in rule.accounts)


def _people(platform: Platform, account: Account) -> Iterator[Access]:
    for one in assigned(platform.spec, platform.topology):
        if one.account.name == account.name:
            yield Access(
                f"permission set {one.permission_set}",
                f"the group {one.group}",
                "what the permission set says",
                "People",
            )


def _logs(platform: Platform, account: Account) -> Iterator[LogPlace]:
    landing = platform.landing
    yield LogPlace("every call (CloudTrail)", landing.trail_bucket_name)
    yield LogPlace("every configuration (AWS Config)", landing.config_bucket_name)
    if account.kind == "cell":
        yield LogPlace("requests to the front door (CloudFront)", landing.edge_log_archive.bucket_name)
        for region in sorted(platform.spec.address_pools):
            yield LogPlace(f"network flows, {region}", landing.flow_log_bucket_name(region))
            yield LogPlace(f"access to buckets and load balancers, {region}", landing.access_log_bucket_name(region))
    yield LogPlace("CloudWatch Logs", f"the account log-archive ({landing.log_archive_account}), by centralization")
    yield LogPlace("findings (GuardDuty, Security Hub)", f"security-tooling ({platform.account('security-tooling')})")
