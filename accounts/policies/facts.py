"""What guardrails have to know about one organization: ids, accounts, regions and the names of roles."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from accounts.landing import account_id
from accounts.names import (
    AUDITOR_ROLE_NAME,
    BASELINE_STACKS,
    BREAK_GLASS_OPERATOR_NAME,
    BREAK_GLASS_ROLE_NAME,
    PLATFORM_BOUNDARY_NAME,
    PLATFORM_EXECUTION_POLICY_NAME,
    SECURITY_SETTINGS_ROLE_NAME,
    baseline_rules_bucket_name,
)
from accounts.spec import OrganizationSpec
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import SENTINEL_ORGANIZATION, AccountId, Region
from constructs_lib.specs.landing import (
    BACKUP_ROLE_NAME,
    BACKUP_VAULT_NAME,
    DEPLOYMENT_ROLE_NAME,
    EXECUTION_POLICY_NAME,
    PERMISSION_BOUNDARY_NAME,
    VENDING_ROLE_NAME,
)
from constructs_lib.specs.region import EDGE_REGION
from constructs_lib.specs.registry import Registry

RoleName = Annotated[str, Field(pattern=r"^[\w+=,.@-]+$", max_length=64)]


class PolicyFacts(Spec):
    """The values that stand in for `<placeholders>` of guardrails."""

    organization: str
    """Short name, such as `example`."""
    organization_id: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] = SENTINEL_ORGANIZATION
    """Such as `o-exampleorgid`."""
    home_region: Region
    governed_regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    """The regions that may be used at all."""
    cell_regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    """The regions that cells live in: those with a pool of addresses."""
    log_archive_account: AccountId
    security_tooling_account: AccountId
    network_hub_account: AccountId
    ci_cd_account: AccountId

    vending_role: RoleName = VENDING_ROLE_NAME
    """What the vending engine becomes in a member account. Organizations makes it in every account that it creates."""
    deployment_role: RoleName = DEPLOYMENT_ROLE_NAME
    """What a pipeline becomes in the account of a cell."""
    break_glass_role: RoleName = BREAK_GLASS_ROLE_NAME
    """What a person becomes when everything else has failed."""
    break_glass_operator: RoleName = BREAK_GLASS_OPERATOR_NAME
    """Who may become it, in the security tooling account."""
    auditor_role: RoleName = AUDITOR_ROLE_NAME
    """What an auditor reads with."""
    security_settings_role: RoleName = SECURITY_SETTINGS_ROLE_NAME
    """What sets trail and detectors, in the security tooling account."""
    pipeline_role: RoleName = "cell-pipeline"
    """What a pipeline runs as, in the CI/CD account."""
    boundary: str = PERMISSION_BOUNDARY_NAME
    """The managed policy that bounds every role of a cell."""
    execution_policy: str = EXECUTION_POLICY_NAME
    """The managed policy that CloudFormation executes a cell with."""
    platform_boundary: str = PLATFORM_BOUNDARY_NAME
    """The managed policy that bounds every role of the platform's stacks."""
    platform_execution_policy: str = PLATFORM_EXECUTION_POLICY_NAME
    """The managed policy that CloudFormation executes the platform's stacks with."""
    bootstrap: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,10}$")] = "hnb659fds"
    """The qualifier of `cdk bootstrap`, which is in the names of everything that it makes."""
    backup_role: RoleName = BACKUP_ROLE_NAME
    """What AWS Backup works as in the account of a cell."""
    backup_vault: str = BACKUP_VAULT_NAME
    """The vault that backups of the organization's plan go to."""
    baseline_stacks: str = BASELINE_STACKS
    """How the names of the account baseline's stacks begin, and of the roles that CloudFormation names after them."""

    @property
    def partition(self) -> str:
        """The partition that the home region is in.

        See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.
        """
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for prefix, name in prefixes.items() if self.home_region.startswith(prefix)), "aws")

    @property
    def further_regions(self) -> tuple[str, ...]:
        """The governed regions that are neither the home region nor CloudFront's."""
        return tuple(region for region in self.governed_regions if region not in (self.home_region, EDGE_REGION))

    @property
    def edge_only_regions(self) -> tuple[str, ...]:
        """CloudFront's region, unless cells live in it too."""
        return () if EDGE_REGION in self.cell_regions else (EDGE_REGION,)

    def values(self) -> dict[str, tuple[str, ...]]:
        """What each placeholder stands for."""
        return {
            "organization": (self.organization,),
            "organization-id": (self.organization_id,),
            "partition": (self.partition,),
            "home-region": (self.home_region,),
            "governed-regions": self.governed_regions,
            "cell-regions": self.cell_regions,
            "edge-only-regions": self.edge_only_regions,
            "log-archive": (self.log_archive_account,),
            "security-tooling": (self.security_tooling_account,),
            "network-hub": (self.network_hub_account,),
            "ci-cd": (self.ci_cd_account,),
            "vending-role": (self.vending_role,),
            "deployment-role": (self.deployment_role,),
            "break-glass-role": (self.break_glass_role,),
            "break-glass-operator": (self.break_glass_operator,),
            "auditor-role": (self.auditor_role,),
            "security-settings-role": (self.security_settings_role,),
            "pipeline-role": (self.pipeline_role,),
            "boundary": (self.boundary,),
            "execution-policy": (self.execution_policy,),
            "platform-boundary": (self.platform_boundary,),
            "platform-execution-policy": (self.platform_execution_policy,),
            "bootstrap": (self.bootstrap,),
            "baseline-stacks": (self.baseline_stacks,),
            "baseline-buckets": (self.baseline_stacks.lower(),),
            "hook-rules": (baseline_rules_bucket_name(self.organization, self.security_tooling_account),),
            "backup-role": (self.backup_role,),
            "backup-vault": (self.backup_vault,),
        }


def facts_of(spec: OrganizationSpec, registry: Registry, organization_id: str | None = None) -> PolicyFacts:
    """The facts of a declared organization.

    The organization's id is the one that is given, else the registry's, else the sentinel. An account that is not
    vended yet has the sentinel account, as everywhere. Raises InputError when a platform account
    is missing from the registry.
    """
    return PolicyFacts(
        organization=spec.name,
        organization_id=organization_id or registry.organization.id or SENTINEL_ORGANIZATION,
        home_region=spec.home_region,
        governed_regions=spec.governed_regions,
        cell_regions=tuple(spec.address_pools),
        log_archive_account=account_id(registry, "log-archive"),
        security_tooling_account=account_id(registry, "security-tooling"),
        network_hub_account=account_id(registry, "network-hub"),
        ci_cd_account=account_id(registry, "ci-cd"),
    )
