"""A search domain: OpenSearch in the data subnets, administered by a role and by no password."""

import jsii
from aws_cdk import RemovalPolicy, Stack, Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from cdk_monitoring_constructs import (
    MonitoringFacade,
    OpenSearchClusterAutomatedSnapshotFailureThreshold,
    OpenSearchClusterIndexWritesBlockedThreshold,
    OpenSearchClusterStatus,
    OpenSearchClusterStatusCustomization,
    UsageThreshold,
)
from constructs import Construct

from constructs_lib.exception import excuse, excuse_each
from constructs_lib.log_retention import log_retention
from constructs_lib.removal import removal_policy
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.search import SEARCH_ROLE_PATH, SearchDomainSpec

PORT = 443
_CALLS = ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPatch", "es:ESHttpPost", "es:ESHttpPut"]


@jsii.implements(ec2.IConnectable)
class SearchDomain(Construct):
    """An OpenSearch domain, encrypted with `key`, reached over HTTPS by signed requests from inside the VPC.

    Its administrator is `role`, which roles with the tag `callers` assume: there is no password to keep. Slow,
    application and audit logs go to CloudWatch. AWS takes a snapshot every hour and keeps it for 14 days, as long as
    the domain is there. No domain enters a VPC without the account's service-linked role, which the
    account baseline holds.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: SearchDomainSpec,
        network_vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        key: kms.IKey,
        log_key: kms.IKey,
        protection: ProtectionSpec,
        callers: tuple[str, str],
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._key = key
        self._log_key = log_key
        self.security_group = self._build_security_group(network_vpc)
        self._connections = ec2.Connections(security_groups=[self.security_group], default_port=ec2.Port.tcp(PORT))
        self.role = self._build_role(callers)
        self.domain = self._build_domain(network_vpc, subnets, protection)
        self.domain.node.add_dependency(self._let_the_service_log())
        self._let_the_role_call()
        Tags.of(self).add("data-classification", classification)

    @property
    def connections(self) -> ec2.Connections:
        """The door: `service.connections.allow_to_default_port(domain)` opens it."""
        return self._connections

    @property
    def endpoint(self) -> str:
        """The address, with its scheme."""
        return f"https://{self.domain.domain_endpoint}"

    def grant_use(self, grantee: iam.IGrantable) -> None:
        """Let the grantee become the role that reads, writes and administers this domain."""
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[self.role.role_arn])
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm when copies or whole shards are missing, space or memory runs out, writes or snapshots fail."""
        facade.monitor_open_search_cluster(
            domain=self.domain,
            human_readable_name="Search domain",
            alarm_friendly_name="Search",
            add_cluster_status_alarm={
                "Warning": OpenSearchClusterStatusCustomization(status=OpenSearchClusterStatus.YELLOW),
                "Critical": OpenSearchClusterStatusCustomization(status=OpenSearchClusterStatus.RED),
            },
            add_disk_space_usage_alarm={"Warning": UsageThreshold(max_usage_percent=75)},
            add_jvm_memory_pressure_alarm={"Warning": UsageThreshold(max_usage_percent=85)},
            add_cluster_index_writes_blocked_alarm={
                "Critical": OpenSearchClusterIndexWritesBlockedThreshold(max_blocked_writes=1)
            },
            add_cluster_automated_snapshot_failure_alarm={
                "Warning": OpenSearchClusterAutomatedSnapshotFailureThreshold(max_failures=1)
            },
        )

    def _build_domain(
        self, vpc: ec2.IVpc, subnets: ec2.SubnetSelection, protection: ProtectionSpec
    ) -> opensearch.Domain:
        zones = self._spec.zones
        domain = opensearch.Domain(
            self,
            "Domain",
            version=opensearch.EngineVersion.OPENSEARCH_3_3,
            vpc=vpc,
            vpc_subnets=[
                ec2.SubnetSelection(
                    subnets=vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnets[:zones]
                )
            ],
            security_groups=[self.security_group],
            capacity=opensearch.CapacityConfig(
                data_nodes=self._spec.nodes,
                data_node_instance_type=self._spec.instance_type,
                multi_az_with_standby_enabled=False,
            ),
            zone_awareness=opensearch.ZoneAwarenessConfig(
                enabled=zones > 1, availability_zone_count=zones if zones > 1 else None
            ),
            ebs=opensearch.EbsOptions(volume_size=self._spec.volume_gib, volume_type=ec2.EbsDeviceVolumeType.GP3),
            encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True, kms_key=self._key),
            node_to_node_encryption=True,
            enforce_https=True,
            tls_security_policy=opensearch.TLSSecurityPolicy.TLS_1_2_PFS,
            fine_grained_access_control=opensearch.AdvancedSecurityOptions(master_user_arn=self.role.role_arn),
            logging=self._build_logging(),
            suppress_logs_resource_policy=True,
            enable_auto_software_update=True,
            off_peak_window_enabled=True,
            enable_version_upgrade=True,
            removal_policy=removal_policy(protection, has_snapshots=False),
        )
        excuse_each(
            domain,
            {
                "AwsSolutions-OS3": "It is in the VPC, behind a security group: no address outside reaches it",
                "AwsSolutions-OS4": "Dedicated masters pay from about ten data nodes on; a cell's domain has three",
                "AwsSolutions-OS5": "Fine-grained access knows one administrator, a role: a request has to be signed",
            },
            owner="platform",
            expires="2027-11-30",
        )
        return domain

    def _build_logging(self) -> opensearch.LoggingOptions:
        return opensearch.LoggingOptions(
            slow_search_log_enabled=True,
            slow_search_log_group=self._log_group("SlowSearches"),
            slow_index_log_enabled=True,
            slow_index_log_group=self._log_group("SlowWrites"),
            app_log_enabled=True,
            app_log_group=self._log_group("Errors"),
            audit_log_enabled=True,
            audit_log_group=self._log_group("Audit"),
        )

    def _log_group(self, id: str) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            id,
            encryption_key=self._log_key,
            retention=log_retention(self._spec.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _let_the_service_log(self) -> logs.ResourcePolicy:
        stack = Stack.of(self)
        groups = [child.log_group_arn for child in self.node.children if isinstance(child, logs.LogGroup)]
        return logs.ResourcePolicy(
            self,
            "LogPolicy",
            policy_statements=[
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("es.amazonaws.com")],
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=groups,
                    conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
                )
            ],
        )

    def _build_role(self, callers: tuple[str, str]) -> iam.Role:
        name, value = callers
        return iam.Role(
            self,
            "Role",
            path=SEARCH_ROLE_PATH,
            assumed_by=iam.PrincipalWithConditions(
                iam.AccountRootPrincipal(), {"StringEquals": {f"aws:PrincipalTag/{name}": value}}
            ),
            description="Reads, writes and administers the search domain",
        )

    def _let_the_role_call(self) -> None:
        self.role.add_to_principal_policy(
            iam.PolicyStatement(actions=_CALLS, resources=[f"{self.domain.domain_arn}/*"])
        )
        excuse(
            self.role,
            rule="AwsSolutions-IAM5[Resource::{reference}/*]",
            reason="the indexes of a domain are not known in advance; the domain is one",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )

    def _build_security_group(self, vpc: ec2.IVpc) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description="HTTPS to the search domain", allow_all_outbound=False
        )
