"""The services that work for the whole organization: who gets trusted access, and which account administers what.

See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html.
"""

from __future__ import annotations

from collections.abc import Mapping

from accounts.spec import OrganizationSpec

POLICY_TYPES: tuple[str, ...] = (
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "TAG_POLICY",
    "BACKUP_POLICY",
    "AISERVICES_OPT_OUT_POLICY",
    "S3_POLICY",
    "SECURITYHUB_POLICY",
    "INSPECTOR_POLICY",
    "GUARDDUTY_POLICY",
)
"""The types of policies that are enabled in the root."""

TRUSTED_SERVICES: tuple[str, ...] = (
    "access-analyzer.amazonaws.com",
    "account.amazonaws.com",
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "guardduty.amazonaws.com",
    "iam.amazonaws.com",
    "inspector2.amazonaws.com",
    "ipam.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "observabilityadmin.amazonaws.com",
    "ram.amazonaws.com",
    "securityhub.amazonaws.com",
    "sso.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
)
"""Service principals with trusted access."""

ADMINISTRATORS: Mapping[str, str] = {
    "access-analyzer.amazonaws.com": "security-tooling",
    "backup.amazonaws.com": "security-tooling",
    "cloudtrail.amazonaws.com": "security-tooling",
    "config.amazonaws.com": "security-tooling",
    "guardduty.amazonaws.com": "security-tooling",
    "inspector2.amazonaws.com": "security-tooling",
    "ipam.amazonaws.com": "network-hub",
    "member.org.stacksets.cloudformation.amazonaws.com": "security-tooling",
    "observabilityadmin.amazonaws.com": "log-archive",
    "securityhub.amazonaws.com": "security-tooling",
    "sso.amazonaws.com": "shared-services",
}
"""The account that administers a service. The management account does nothing that another one can do."""


def policy_types_of(spec: OrganizationSpec) -> tuple[str, ...]:
    """Every type of policy that is enabled: the platform's, and those that are declared."""
    return (*POLICY_TYPES, *(one for one in spec.policy_types if one not in POLICY_TYPES))


def services_of(spec: OrganizationSpec) -> tuple[str, ...]:
    """Every service that gets trusted access, sorted: the platform's, and those that are declared."""
    return tuple(sorted({*TRUSTED_SERVICES, *spec.trusted_services, *spec.delegated_administrators}))


def administrators_of(spec: OrganizationSpec) -> Mapping[str, str]:
    """The account name that administers each service. What is declared wins."""
    return {**ADMINISTRATORS, **spec.delegated_administrators}
