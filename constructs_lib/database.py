"""The Aurora PostgreSQL cluster of a cell."""

import jsii
from aws_cdk import Annotations, Duration, Fn, Stack, Tags
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from cdk_monitoring_constructs import MonitoringFacade
from constructs import Construct

from constructs_lib.backup_selection import back_up
from constructs_lib.database_monitoring import monitor_database
from constructs_lib.database_statements import StatementTarget
from constructs_lib.database_user import DatabaseUser
from constructs_lib.exception import excuse
from constructs_lib.log_retention import log_retention
from constructs_lib.logical_database import LogicalDatabase
from constructs_lib.removal import removal_policy
from constructs_lib.secret_access import grant_secret_read
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.database import DatabaseSpec
from constructs_lib.specs.protection import ProtectionSpec

ENGINE_VERSION = rds.AuroraPostgresEngineVersion.VER_18_6
"""The newest that aws-cdk-lib, cfn-lint and AWS know. Minor versions disappear: move it with each release."""

PORT = 5432
"""The port of PostgreSQL."""

DATABASE_NAME = "app"
"""The database that is there from the start."""

APPLICATION_USER = "app"
"""The user that services sign in with, by IAM authentication."""

_MASTER_USER = "cell_admin"
_MASTER_ROTATION_DAYS = 30
_BACKUP_WINDOW = "02:00-03:00"
_MAINTENANCE_WINDOW = "sun:03:30-sun:04:30"
_MONITORING_INTERVAL = Duration.seconds(60)
_NEEDED = (rds.CfnDBInstance, rds.CfnDBSubnetGroup, rds.CfnDBClusterParameterGroup)
_PARAMETERS = {
    "rds.force_ssl": "1",
    "ssl_min_protocol_version": "TLSv1.2",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "ddl,role",
    "log_min_duration_statement": "1000",
    "log_lock_waits": "1",
    "log_temp_files": "10240",
}


@jsii.implements(ec2.IConnectable)
class Database(Construct):
    """Aurora PostgreSQL Serverless v2: a writer, and readers in other zones.

    - Storage, backups, Performance Insights and the master secret are encrypted with `key`; logs with `log_key`, whose
      policy has to allow CloudWatch Logs. Default: with the key that CloudWatch Logs owns.
    - Connections need TLS. The master secret is for migrations and emergencies, RDS rotates it every 30 days;
      services sign in as `application_user` with an IAM token (`grant_connect`).
    - The cluster's name belongs to CloudFormation; its log group is named after it, see `_build_log_group`.

    `classification` is `restricted` by default: the cluster holds everything that users of a product entrust to it.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: DatabaseSpec,
        network_vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        key: kms.IKey,
        protection: ProtectionSpec,
        log_key: kms.IKey | None = None,
        classification: DataClassification = "restricted",
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._protection = protection
        self._vpc = network_vpc
        self._key = key
        self._log_key = log_key
        self.application_user = APPLICATION_USER
        self.database_name = DATABASE_NAME
        self.security_group = self._build_security_group()
        self._connections = ec2.Connections(security_groups=[self.security_group], default_port=ec2.Port.tcp(PORT))
        self.parameter_group = self._build_parameter_group()
        self.cluster = self._build_cluster(subnets)
        self._instances = self._find_instances()
        self.log_group = self._build_log_group()
        self.secret = self._master_secret()
        self._build_rotation()
        self._build_reader_scaling()
        self._keep_what_the_cluster_needs()
        back_up(self.cluster, protection)
        Tags.of(self).add("data-classification", classification)

    @property
    def connections(self) -> ec2.Connections:
        """The door: `service.connections.allow_to_default_port(database)` opens it."""
        return self._connections

    @property
    def subnet_group_name(self) -> str:
        """The subnet group of the cluster, for another one that is restored beside it."""
        groups = [child for child in self.cluster.node.find_all() if isinstance(child, rds.CfnDBSubnetGroup)]
        return groups[0].ref

    def add_application_user(self) -> DatabaseUser:
        """Create the application's user in the database. Services depend on it."""
        return DatabaseUser(
            self,
            "ApplicationUser",
            target=self._statement_target(),
            database_name=self.database_name,
            user_name=self.application_user,
        )

    def add_logical_database(self, scope: Construct, id: str, *, name: str) -> LogicalDatabase:
        """Create a database beside the application's in this cluster, with a user of its name."""
        return LogicalDatabase(scope, id, target=self._statement_target(), connections=self._connections, name=name)

    def grant_connect(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let the grantee sign in as the application's user, and as no other."""
        return self.cluster.grant_connect(grantee, self.application_user)

    def grant_read_master_secret(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read the master secret: migrations only."""
        grant_secret_read(grantee, self.secret, self._key)

    def metric(self, name: str, *, statistic: str = "Average") -> cloudwatch.Metric:
        """Return a metric of the whole cluster, such as `CPUUtilization`, in the unit that RDS has for it."""
        return self.cluster.metric(name, statistic=statistic, period=Duration.minutes(5))

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add widgets and alarms: load, capacity and connections at their limits, deadlocks, readers that lag."""
        monitor_database(facade, self.cluster, self._spec)

    def _statement_target(self) -> StatementTarget:
        return StatementTarget(
            cluster=self.cluster,
            instances=self._instances,
            secret=self.secret,
            key=self._key,
            log_key=self._log_key,
            log_retention_days=self._spec.log_retention_days,
        )

    def _build_security_group(self) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc,
            description="Aurora PostgreSQL: only services that the cell lets in",
            allow_all_outbound=False,
        )

    def _build_parameter_group(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self,
            "Parameters",
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=ENGINE_VERSION),
            description="TLS only; statements that are slow or change the schema are logged",
            parameters=_PARAMETERS,
        )

    def _build_cluster(self, subnets: ec2.SubnetSelection) -> rds.DatabaseCluster:
        cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=ENGINE_VERSION),
            vpc=self._vpc,
            vpc_subnets=subnets,
            security_groups=[self.security_group],
            port=PORT,
            default_database_name=DATABASE_NAME,
            parameter_group=self.parameter_group,
            writer=self._instance("Writer"),
            readers=[
                self._instance(f"Reader{number}", scale_with_writer=number == 1)
                for number in range(1, self._spec.readers + 1)
            ],
            serverless_v2_min_capacity=self._spec.min_acu,
            serverless_v2_max_capacity=self._spec.max_acu,
            serverless_v2_auto_pause_duration=self._auto_pause(),
            storage_encrypted=True,
            storage_encryption_key=self._key,
            iam_authentication=True,
            enable_data_api=True,
            manage_master_user_password=True,
            credentials=rds.Credentials.from_username(_MASTER_USER, encryption_key=self._key),
            backup=rds.BackupProps(
                retention=Duration.days(self._spec.backup_retention_days), preferred_window=_BACKUP_WINDOW
            ),
            copy_tags_to_snapshot=True,
            # A major version that is out of support is upgraded, not billed by the hour.
            engine_lifecycle_support=rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
            delete_automated_backups=self._protection.removal == "destroy",
            preferred_maintenance_window=_MAINTENANCE_WINDOW,
            cloudwatch_logs_exports=["postgresql"],
            enable_cluster_level_enhanced_monitoring=True,
            monitoring_interval=_MONITORING_INTERVAL,
            monitoring_role=self._build_monitoring_role(),
            enable_performance_insights=True,
            database_insights_mode=self._insights_mode(),
            performance_insight_retention=self._insights_retention(),
            performance_insight_encryption_key=self._key,
            deletion_protection=self._protection.deletion_protection,
            removal_policy=removal_policy(self._protection, has_snapshots=True),
        )
        # The instances follow the cluster.
        warning = "@aws-cdk/aws-rds:instancePerformanceInsightsOverridden"
        Annotations.of(cluster).acknowledge_warning(warning)
        if not self._protection.deletion_protection:
            excuse(
                cluster,
                rule="AwsSolutions-RDS10",
                reason="cells for development are taken down whole, and leave a snapshot or nothing behind",
                owner="platform",
                expires="2027-11-30",
            )
        return cluster

    def _build_monitoring_role(self) -> iam.Role:
        policy = "service-role/AmazonRDSEnhancedMonitoringRole"
        role = iam.Role(
            self,
            "MonitoringRole",
            assumed_by=iam.ServicePrincipal("monitoring.rds.amazonaws.com"),
            description="Enhanced monitoring of the database",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        excuse(
            role,
            rule=f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]",
            reason="RDS documents this policy for enhanced monitoring; it writes to the log groups `RDS*` only",
            owner="platform",
            expires="2027-11-30",
        )
        return role

    def _find_instances(self) -> list[rds.CfnDBInstance]:
        return [child for child in self.cluster.node.find_all() if isinstance(child, rds.CfnDBInstance)]

    def _instance(self, id: str, *, scale_with_writer: bool | None = None) -> rds.IClusterInstance:
        # Serverless v2 on purpose for readers too; the first follows the writer, to take over at its size.
        if scale_with_writer is None:
            return rds.ClusterInstance.serverless_v2(
                id,
                publicly_accessible=False,
                auto_minor_version_upgrade=True,
                ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
            )
        return rds.ClusterInstance.serverless_v2(
            id,
            scale_with_writer=scale_with_writer,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            ca_certificate=rds.CaCertificate.RDS_CA_RSA2048_G1,
        )

    def _auto_pause(self) -> Duration | None:
        minutes = self._spec.auto_pause_minutes
        return None if minutes is None else Duration.minutes(minutes)

    def _insights_mode(self) -> rds.DatabaseInsightsMode:
        advanced = self._spec.insights == "advanced"
        return rds.DatabaseInsightsMode.ADVANCED if advanced else rds.DatabaseInsightsMode.STANDARD

    def _insights_retention(self) -> rds.PerformanceInsightRetention:
        # The advanced mode takes 465 days and nothing else.
        advanced = self._spec.insights == "advanced"
        return rds.PerformanceInsightRetention.MONTHS_15 if advanced else rds.PerformanceInsightRetention.DEFAULT

    def _build_log_group(self) -> logs.LogGroup:
        # RDS writes to a name that it makes of the cluster's, and would create the group without key and retention.
        # Instances write it, not the cluster: created between the two, it is there before the first line.
        log_group = logs.LogGroup(
            self,
            "LogGroup",
            log_group_name=Fn.join("", ["/aws/rds/cluster/", self.cluster.cluster_identifier, "/postgresql"]),
            encryption_key=self._log_key,
            retention=log_retention(self._spec.log_retention_days),
            removal_policy=removal_policy(self._protection, has_snapshots=False),
        )
        for instance in self._instances:
            instance.node.add_dependency(log_group)
        return log_group

    def _master_secret(self) -> secretsmanager.ISecret:
        secret = self.cluster.secret
        assert secret is not None
        return secret

    def _build_rotation(self) -> secretsmanager.CfnRotationSchedule:
        # L1: the L2 wants a function, and RDS rotates a secret that it manages without one.
        return secretsmanager.CfnRotationSchedule(
            self,
            "MasterRotation",
            secret_id=self.secret.secret_arn,
            rotate_immediately_on_update=False,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                automatically_after_days=_MASTER_ROTATION_DAYS
            ),
        )

    def _build_reader_scaling(self) -> None:
        if self._spec.max_readers == self._spec.readers:
            return
        target = appscaling.ScalableTarget(
            self,
            "ReaderScaling",
            service_namespace=appscaling.ServiceNamespace.RDS,
            scalable_dimension="rds:cluster:ReadReplicaCount",
            resource_id=Fn.join(":", ["cluster", self.cluster.cluster_identifier]),
            min_capacity=self._spec.readers,
            max_capacity=self._spec.max_readers,
            role=self._scaling_role(),
        )
        target.scale_to_track_metric(
            "Cpu",
            policy_name="reader-cpu",
            predefined_metric=appscaling.PredefinedMetric.RDS_READER_AVERAGE_CPU_UTILIZATION,
            target_value=self._spec.reader_cpu_target_percent,
            scale_in_cooldown=Duration.minutes(10),
            scale_out_cooldown=Duration.minutes(5),
        )
        target.node.add_dependency(*self._instances)

    def _scaling_role(self) -> iam.IRole:
        # Application Auto Scaling scales readers with its service-linked role; without one the CDK makes an idle role.
        arn = Stack.of(self).format_arn(
            service="iam",
            region="",
            resource="role/aws-service-role/rds.application-autoscaling.amazonaws.com",
            resource_name="AWSServiceRoleForApplicationAutoScaling_RDSCluster",
        )
        return iam.Role.from_role_arn(self, "ReaderScalingRole", arn, mutable=False)

    def _keep_what_the_cluster_needs(self) -> None:
        # A cluster that stays cannot lose its subnet group, parameters or security group: deleting them would fail.
        policy = removal_policy(self._protection, has_snapshots=False)
        self.security_group.apply_removal_policy(policy)
        for resource in [*self.cluster.node.find_all(), *self.parameter_group.node.find_all()]:
            if isinstance(resource, _NEEDED):
                resource.apply_removal_policy(policy)
