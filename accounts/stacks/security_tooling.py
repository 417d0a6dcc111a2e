"""Security tooling: the account that watches all others, as the delegated administrator of what watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_cdk import App, ArnFormat, Environment, Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_securityhub as securityhub

from accounts.names import security_bus_name, trail_name
from accounts.platform import Platform
from accounts.stacks.analyzers import ExternalAccess, InternalAccess, UnusedAccess
from accounts.stacks.break_glass_operator import BreakGlassOperator
from accounts.stacks.config_aggregator import ConfigAggregator
from accounts.stacks.organization_settings import OrganizationSettings
from accounts.stacks.security_alarms import SecurityAlarms, SecurityKey
from accounts.stacks.security_hub import SecurityHub


def security_stacks(app: App, platform: Platform, *, after: Sequence[Stack]) -> Iterator[Stack]:
    """`SecurityTooling` in the home region, and `SecurityTooling-<region>` in the other governed ones.

    `after` are the stacks of the log archive, whose bucket the trail writes to.
    """
    landing = platform.landing
    name = f"{landing.organization}-security-tooling"
    account = platform.account("security-tooling")
    home = SecurityTooling(
        app,
        "SecurityTooling",
        stack_name=name,
        env=Environment(account=account, region=landing.home_region),
        platform=platform,
    )
    for stack in after:
        home.add_stack_dependency(stack)
    for region in landing.governed_regions:
        if region != landing.home_region:
            regional = RegionalSecurityTooling(
                app,
                f"SecurityTooling-{region}",
                stack_name=name,
                env=Environment(account=account, region=region),
            )
            # Its hub has to be there before the home region links it.
            home.add_stack_dependency(regional)
            yield regional
    yield home


class SecurityTooling(Stack):
    """The security tooling account's stack in the home region: trail, detectors, findings, inventory and alarms."""

    def __init__(self, scope: App, id: str, *, stack_name: str, env: Environment, platform: Platform) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Security tooling: trail, GuardDuty, Security Hub, Config, Access Analyzer, alarms",
            termination_protection=True,
        )
        landing = platform.landing
        others = [region for region in landing.governed_regions if region != landing.home_region]
        self.key = SecurityKey(self, "Key").key
        self.settings = self._build_settings(platform)
        self.security_hub = SecurityHub(
            self,
            "SecurityHub",
            organization=landing.organization,
            root_id=platform.root_id,
            linked_regions=others,
        )
        self.config = ConfigAggregator(
            self, "Config", name=f"{landing.organization}-organization", regions=landing.governed_regions
        )
        self.external = ExternalAccess(self, "ExternalAccess")
        self.unused = UnusedAccess(self, "UnusedAccess")
        self.internal = InternalAccess(self, "InternalAccess", accounts=_watched_accounts(platform))
        self.alarms = self._build_alarms(platform)
        if platform.spec.break_glass_provider:
            self.operator = BreakGlassOperator(self, "BreakGlass", provider=platform.spec.break_glass_provider)

    def _build_settings(self, platform: Platform) -> OrganizationSettings:
        landing = platform.landing
        settings = OrganizationSettings(
            self,
            "Settings",
            organization=landing.organization,
            trail_name=trail_name(landing.organization),
            regions=landing.governed_regions,
            log_key=self.key,
            log_retention=logs.RetentionDays.ONE_YEAR,
        )
        buckets = [
            landing.trail_bucket_name,
            landing.config_bucket_name,
            *(landing.flow_log_bucket_name(region) for region in platform.spec.address_pools),
            *(landing.access_log_bucket_name(region) for region in platform.spec.address_pools),
        ]
        self.trail = settings.add_trail(
            bucket_name=landing.trail_bucket_name,
            key_arn=self.format_arn(
                service="kms",
                account=landing.log_archive_account,
                resource=landing.archive_key_alias,
                arn_format=ArnFormat.NO_RESOURCE_NAME,
            ),
            watched_buckets=[
                self.format_arn(
                    service="s3", region="", account="", resource=bucket, arn_format=ArnFormat.NO_RESOURCE_NAME
                )
                for bucket in buckets
            ],
        )
        self.detectors = settings.add_detectors()
        return settings

    def _build_alarms(self, platform: Platform) -> SecurityAlarms:
        contact = platform.spec.contacts.security
        return SecurityAlarms(
            self,
            "Alarms",
            bus_name=security_bus_name(platform.spec.name),
            organization_id=platform.organization_id,
            key=self.key,
            told=[contact.email] if contact else [],
        )


class RegionalSecurityTooling(Stack):
    """What each governed region beside the home region needs of its own. Its findings go to the home region."""

    def __init__(self, scope: App, id: str, *, stack_name: str, env: Environment) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Security tooling of one region: Security Hub, external access",
            termination_protection=True,
        )
        self.hub = securityhub.CfnHub(
            self,
            "Hub",
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            enable_default_standards=False,
        )
        self.hub_v2 = securityhub.CfnHubV2(self, "HubV2")
        self.external = ExternalAccess(self, "ExternalAccess")


def _watched_accounts(platform: Platform) -> list[str]:
    """The log archive, and what is declared; an account without an id is not there to be watched yet."""
    declared = [platform.topology.account(name).id for name in platform.spec.internal_access]
    return sorted({platform.landing.log_archive_account, *(id for id in declared if id is not None)})
