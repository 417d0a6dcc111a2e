"""One Valkey replication group with its users."""

import jsii
from aws_cdk import Duration, Fn, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from cdk_monitoring_constructs import (
    CustomMetricGroup,
    CustomMetricWithAlarm,
    CustomThreshold,
    MonitoringFacade,
)
from constructs import Construct

from constructs_lib.cache_users import APPLICATION_USER, ENGINE, CacheUsers
from constructs_lib.exception import excuse
from constructs_lib.log_retention import log_retention
from constructs_lib.removal import removal_policy
from constructs_lib.specs.cache import CacheSpec
from constructs_lib.specs.protection import ProtectionSpec

ENGINE_VERSION = "8.2"
"""The newest 8.x that cfn-lint accepts."""
PARAMETER_FAMILY = "valkey8"

PORT = 6379
"""The port of Valkey."""

_SNAPSHOT_WINDOW = "02:00-03:00"
_MAINTENANCE_WINDOW = "sun:03:30-sun:04:30"
_LOG_RETENTION_DAYS = 30
_MANY_EVICTIONS = 1000
"""In five minutes, on one node."""


@jsii.implements(ec2.IConnectable)
class CacheGroup(Construct):
    """A Valkey group: TLS only, encrypted with `key`, one user with a generated password (`CacheUsers`).

    `name` starts the names of users, at most 40 characters; the group itself is named by CloudFormation.
    With `evicts` keys that were not used for long make room (`allkeys-lru`); otherwise writes fail when memory is full
    (`noeviction`), as queues need it.

    Written with L1 constructs: the CDK has no other for ElastiCache.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: CacheSpec,
        network_vpc: ec2.IVpc,
        subnet_group: elasticache.CfnSubnetGroup,
        key: kms.IKey,
        log_key: kms.IKey | None,
        protection: ProtectionSpec,
        name: str,
        evicts: bool,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._key = key
        self._log_key = log_key
        self._protection = protection
        self._evicts = evicts
        self.port = PORT
        self.user_name = APPLICATION_USER
        self.security_group = self._build_security_group(network_vpc)
        self._connections = ec2.Connections(security_groups=[self.security_group], default_port=ec2.Port.tcp(PORT))
        self.users = CacheUsers(self, "Users", key=key, removal=self._policy(), name=name)
        self.secret = self.users.secret
        self.parameter_group = self._build_parameter_group()
        self.log_group = self._build_log_group()
        self.replication_group = self._build_replication_group(subnet_group)
        self.endpoint = self.replication_group.attr_primary_end_point_address

    @property
    def connections(self) -> ec2.Connections:
        """The door: `service.connections.allow_to_default_port(cache.queues)` opens it."""
        return self._connections

    def grant_read_credentials(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read user name and password."""
        self.users.grant_read_credentials(grantee)

    def metric(self, name: str, *, statistic: str = "Maximum") -> cloudwatch.Metric | cloudwatch.MathExpression:
        """Return a metric of the node that is worst off, such as `EngineCPUUtilization`."""
        nodes = {f"node{number}": self._node_metric(name, number, statistic) for number in self._nodes}
        if len(nodes) == 1:
            return nodes["node1"]
        return cloudwatch.MathExpression(
            expression=f"MAX([{', '.join(nodes)}])", using_metrics=nodes, label=name, period=Duration.minutes(5)
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add widgets and alarms: processor, memory, evictions, replicas that fall behind."""
        name = self.node.id
        facade.monitor_custom(
            human_readable_name=name,
            alarm_friendly_name=name,
            metric_groups=[
                CustomMetricGroup(title="Engine CPU (%)", metrics=[self._processor()]),
                CustomMetricGroup(title="Memory (%)", metrics=[self._memory()]),
                CustomMetricGroup(title="Evictions", metrics=[self._evictions()]),
                CustomMetricGroup(title="Connections", metrics=[self.metric("CurrConnections")]),
                *self._replica_groups(),
            ],
        )

    @property
    def _nodes(self) -> range:
        return range(1, self._spec.replicas + 2)

    def _node_metric(self, name: str, number: int, statistic: str) -> cloudwatch.Metric:
        # The nodes of a group are `<group>-001` and so on; the group's own id has no metrics.
        node = Fn.join("", [self.replication_group.ref, f"-{number:03d}"])
        return cloudwatch.Metric(
            namespace="AWS/ElastiCache",
            metric_name=name,
            dimensions_map={"CacheClusterId": node},
            statistic=statistic,
            period=Duration.minutes(5),
        )

    def _processor(self) -> CustomMetricWithAlarm:
        return self._alarm("EngineCPUUtilization", "CPU", above=80, meaning="Valkey runs commands on one thread")

    def _memory(self) -> cloudwatch.Metric | cloudwatch.MathExpression | CustomMetricWithAlarm:
        # A cache that evicts is full by design.
        name = "DatabaseMemoryUsagePercentage"
        if self._evicts:
            return self.metric(name)
        return self._alarm(name, "Memory", above=75, meaning="When memory is full, writes fail")

    def _evictions(self) -> cloudwatch.Metric | cloudwatch.MathExpression | CustomMetricWithAlarm:
        name = "Evictions"
        if not self._evicts:
            return self.metric(name, statistic="Sum")
        return self._alarm(
            name, "Evictions", above=_MANY_EVICTIONS, statistic="Sum", meaning="The cache is too small for its use"
        )

    def _replica_groups(self) -> list[CustomMetricGroup]:
        if self._spec.replicas == 0:
            return []
        lag = self._alarm("ReplicationLag", "ReplicationLag", above=30, meaning="A fail-over would lose writes")
        return [CustomMetricGroup(title="Replication lag (s)", metrics=[lag])]

    def _alarm(
        self, metric: str, friendly_name: str, *, above: float, meaning: str, statistic: str = "Maximum"
    ) -> CustomMetricWithAlarm:
        return CustomMetricWithAlarm(
            metric=self.metric(metric, statistic=statistic),
            alarm_friendly_name=friendly_name,
            add_alarm={
                "Warning": CustomThreshold(
                    threshold=above,
                    additional_description=meaning,
                    comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                    datapoints_to_alarm=3,
                    evaluation_periods=3,
                )
            },
        )

    def _build_security_group(self, vpc: ec2.IVpc) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="Valkey: only services that the cell lets in",
            allow_all_outbound=False,
        )
        group.apply_removal_policy(self._policy())
        return group

    def _build_parameter_group(self) -> elasticache.CfnParameterGroup:
        group = elasticache.CfnParameterGroup(
            self,
            "Parameters",
            cache_parameter_group_family=PARAMETER_FAMILY,
            description="What happens when memory is full",
            properties={"maxmemory-policy": "allkeys-lru" if self._evicts else "noeviction"},
        )
        group.apply_removal_policy(self._policy())
        return group

    def _build_log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=self._log_key,
            retention=log_retention(_LOG_RETENTION_DAYS),
            removal_policy=self._policy(),
        )

    def _build_replication_group(self, subnet_group: elasticache.CfnSubnetGroup) -> elasticache.CfnReplicationGroup:
        group = elasticache.CfnReplicationGroup(
            self,
            "ReplicationGroup",
            replication_group_description="Valkey of the cell",
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            cache_node_type=self._spec.node_type,
            cache_parameter_group_name=self.parameter_group.ref,
            cache_subnet_group_name=subnet_group.ref,
            port=PORT,
            num_cache_clusters=self._spec.replicas + 1,
            multi_az_enabled=self._spec.multi_az,
            automatic_failover_enabled=self._spec.replicas > 0,
            security_group_ids=[self.security_group.security_group_id],
            user_group_ids=[self.users.group.ref],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=self._key.key_arn,
            snapshot_retention_limit=self._spec.snapshot_retention_days,
            snapshot_window=_SNAPSHOT_WINDOW,
            preferred_maintenance_window=_MAINTENANCE_WINDOW,
            auto_minor_version_upgrade=True,
            log_delivery_configurations=[self._log_delivery("slow-log"), self._log_delivery("engine-log")],
        )
        group.apply_removal_policy(removal_policy(self._protection, has_snapshots=True))
        excuse(
            group,
            rule="AwsSolutions-AEC6",
            reason="users with passwords and rights (RBAC) take the place of AUTH; ElastiCache allows one of the two",
            owner="platform",
            expires="2027-11-30",
        )
        if not self._spec.multi_az:
            excuse(
                group,
                rule="AwsSolutions-AEC4",
                reason="cells of small sizes run one node; what the cache holds is rebuilt or queued again",
                owner="platform",
                expires="2027-11-30",
            )
        return group

    def _log_delivery(self, log_type: str) -> elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty:
        properties = elasticache.CfnReplicationGroup
        return properties.LogDeliveryConfigurationRequestProperty(
            log_type=log_type,
            log_format="json",
            destination_type="cloudwatch-logs",
            destination_details=properties.DestinationDetailsProperty(
                cloud_watch_logs_details=properties.CloudWatchLogsDestinationDetailsProperty(
                    log_group=self.log_group.log_group_name
                )
            ),
        )

    def _policy(self) -> RemovalPolicy:
        # What a group that stays needs has to stay with it.
        return removal_policy(self._protection, has_snapshots=False)
