"""Where the logs of every account end up: an account that nobody can write to except by AWS's own delivery."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import App, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from accounts.archive import ArchiveSpec
from accounts.names import trail_name
from accounts.platform import Platform
from accounts.stacks.archive_bucket import ArchiveBucket
from accounts.stacks.archive_delivery import (
    let_config_deliver,
    let_config_encrypt,
    let_flow_logs_deliver,
    let_replicas_encrypt,
    let_replicas_in,
    let_trail_deliver,
    let_trail_encrypt,
    trail_arn,
)
from accounts.stacks.central_logs import CentralLogs
from constructs_lib.encryption import allow_logs
from constructs_lib.specs.landing import ACCESS_LOG_ROLE_PATH, Landing

_ROTATION = Duration.days(365)


def archive_stacks(app: App, platform: Platform) -> list[Stack]:
    """One stack for each region with cells, and the home region; that one has the plain name."""
    landing = platform.landing
    return [
        LogArchive(
            app,
            "LogArchive" if region == landing.home_region else f"LogArchive-{region}",
            stack_name=f"{landing.organization}-log-archive",
            env=Environment(account=landing.log_archive_account, region=region),
            landing=landing,
            spec=platform.archive,
            organization_id=platform.organization_id,
            management_account=platform.account("management"),
        )
        for region in platform.spec.address_pools
    ]


class LogArchive(Stack):
    """The log archive account's stack in one region. Stateful: everything in it is retained.

    Every region with cells has a locked bucket for their flow logs and one for their access logs. The home region also
    has the trail's locked bucket, the bucket of AWS Config, which cannot be locked, and the copies of all log groups.
    Flow logs and access logs are encrypted by S3 (SSE-S3): load balancers and buckets log with no other key, and with
    flow logs no mistake with a key makes seven years of them unreadable. The copies of what CloudFront logged have the
    archive's key, because S3 copies what a key of the cell encrypts only to another key.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        spec: ArchiveSpec,
        organization_id: str,
        management_account: str,
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Log archive: trail, configuration, flow logs, access logs and log groups of every account",
            termination_protection=True,
        )
        self._landing, self._spec, self._organization_id = landing, spec, organization_id
        self.flow_logs = self._build_flow_logs()
        self.access_logs = self._build_access_logs()
        if self.region == landing.home_region:
            trail = trail_arn(self, management_account=management_account, name=trail_name(landing.organization))
            self.key = self._build_key(trail, management_account)
            self.trail = self._build_trail_bucket(trail, management_account)
            self.config = self._build_config_bucket()
            self.central_logs = self._build_central_logs(landing.governed_regions)

    def _build_flow_logs(self) -> ArchiveBucket:
        name = self._landing.flow_log_bucket_name(self.region)
        flow_logs = ArchiveBucket(self, "FlowLogs", bucket_name=name, spec=self._spec)
        let_flow_logs_deliver(flow_logs.bucket, organization_id=self._organization_id)
        return flow_logs

    def _build_access_logs(self) -> ArchiveBucket:
        name = self._landing.access_log_bucket_name(self.region)
        access_logs = ArchiveBucket(self, "AccessLogs", bucket_name=name, spec=self._spec)
        let_replicas_in(access_logs.bucket, organization_id=self._organization_id, role_path=ACCESS_LOG_ROLE_PATH)
        return access_logs

    def _build_key(self, trail: str, management_account: str) -> kms.Key:
        """The key of what is delivered encrypted. Retained: without it seven years of logs cannot be read."""
        key = kms.Key(
            self,
            "Key",
            alias=self._landing.archive_key_alias,
            description="Trail, configuration and log groups of the organization",
            enable_key_rotation=True,
            rotation_period=_ROTATION,
            pending_window=Duration.days(30),
            removal_policy=RemovalPolicy.RETAIN,
        )
        let_trail_encrypt(key, trail=trail, management_account=management_account)
        let_config_encrypt(key, organization_id=self._organization_id)
        # What CloudFront writes is encrypted with a key of the cell; its copies with this one.
        let_replicas_encrypt(
            key,
            bucket_name=self._landing.access_log_bucket_name(self.region),
            organization_id=self._organization_id,
            role_path=ACCESS_LOG_ROLE_PATH,
        )
        # The log groups that the archive's account collects.
        allow_logs(key, sid="EncryptCentralLogs")
        return key

    def _build_trail_bucket(self, trail: str, management_account: str) -> ArchiveBucket:
        name = self._landing.trail_bucket_name
        archive = ArchiveBucket(self, "Trail", bucket_name=name, spec=self._spec, key=self.key)
        folders = (management_account, self._organization_id)
        let_trail_deliver(archive.bucket, trail=trail, folders=folders)
        return archive

    def _build_config_bucket(self) -> ArchiveBucket:
        name = self._landing.config_bucket_name
        archive = ArchiveBucket(self, "Config", bucket_name=name, spec=self._spec, locked=False, key=self.key)
        let_config_deliver(archive.bucket, organization_id=self._organization_id)
        return archive

    def _build_central_logs(self, regions: Sequence[str]) -> CentralLogs:
        return CentralLogs(
            self,
            "CentralLogs",
            rule_name=f"{self._landing.organization}-central-logs",
            organization_id=self._organization_id,
            source_regions=regions,
            account=self.account,
            region=self.region,
            key=self.key,
        )
