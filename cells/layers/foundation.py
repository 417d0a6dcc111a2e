"""Foundation: network, keys, DNS and what every other layer stands on. It lives long and seldom changes."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cells.layers.layer import Layer
from cells.plan import ATTACHMENT_OUTPUT, CellPlan
from constructs_lib.alarm_topic import AlarmTopic
from constructs_lib.certificate import Certificate
from constructs_lib.dns import Dns
from constructs_lib.encryption import Encryption
from constructs_lib.log_bucket import LogBucket
from constructs_lib.network import Network
from constructs_lib.tracing import Tracing


class FoundationLayer(Layer):
    """VPC, keys, the cell's zone with its delegation and certificate, alarm topic and access-log bucket."""

    def __init__(self, scope: Construct, id: str, *, plan: CellPlan) -> None:
        super().__init__(
            scope,
            id,
            plan=plan,
            layer="foundation",
            description="Network, keys, DNS zone and log bucket of a product cell",
            permanent=True,
        )
        protection = plan.settings.protection
        self.encryption = Encryption(self, "Encryption", protection=protection)
        self.network = Network(self, "Network", spec=plan.network, flow_log_bucket=self._flow_log_bucket())
        if self.network.attachment:
            CfnOutput(self, ATTACHMENT_OUTPUT, value=self.network.attachment.attachment_id)
        self.log_bucket = LogBucket(
            self,
            "LogBucket",
            retention_days=plan.settings.storage.access_log_retention_days,
            protection=protection,
            archive=plan.landing.access_log_archive(plan.identity.region),
        )
        self.alarm_topic = AlarmTopic(self, "AlarmTopic", key=self.encryption.messaging_key)
        self.dns = Dns(
            self,
            "Dns",
            domain=plan.domain,
            parent_domain=plan.landing.base_domain,
            delegation_role=self._delegation_role(),
        )
        self.certificate = Certificate(
            self, "Certificate", domain=plan.domain, zone=self.dns.zone, delegation=self.dns.delegation
        )
        self.tracing = self._build_tracing()
        self.facade = self.monitoring(self.alarm_topic.topic)
        self.network.monitor(self.facade)
        self.certificate.monitor(self.facade)
        self.log_bucket.replica.monitor(self.facade)
        self.health_alarm = self.health(self.facade)

    def _build_tracing(self) -> Tracing | None:
        spec = self.plan.settings.tracing
        return Tracing(self, "Tracing", spec=spec) if spec.enabled else None

    def _flow_log_bucket(self) -> s3.IBucket:
        name = self.plan.landing.flow_log_bucket_name(self.plan.identity.region)
        return s3.Bucket.from_bucket_name(self, "FlowLogBucket", name)

    def _delegation_role(self) -> iam.IRole:
        landing = self.plan.landing
        arn = Stack.of(self).format_arn(
            service="iam",
            region="",
            account=landing.network_hub_account,
            resource="role",
            resource_name=self.plan.identity.delegation_role_name,
        )
        return iam.Role.from_role_arn(self, "DelegationRole", arn, mutable=False)
