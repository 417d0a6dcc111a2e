"""The network of a cell: a VPC over three zones whose every range is a value of the plan."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.hub_attachment import HubAttachment
from constructs_lib.network_acls import NetworkAcls
from constructs_lib.planned_addresses import PlannedAddresses
from constructs_lib.specs.network import AttachmentSpec, InterfaceEndpoint, NetworkSpec

_HTTPS = 443

_SERVICES: dict[InterfaceEndpoint, tuple[str, ec2.InterfaceVpcEndpointAwsService]] = {
    "ecr.api": ("EcrApi", ec2.InterfaceVpcEndpointAwsService.ECR),
    "ecr.dkr": ("EcrDocker", ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER),
    "logs": ("Logs", ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS),
    "secretsmanager": ("SecretsManager", ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER),
    "kms": ("Kms", ec2.InterfaceVpcEndpointAwsService.KMS),
    "ssm": ("Ssm", ec2.InterfaceVpcEndpointAwsService.SSM),
    "ssmmessages": ("SsmMessages", ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES),
    "sts": ("Sts", ec2.InterfaceVpcEndpointAwsService.STS),
    "sqs": ("Sqs", ec2.InterfaceVpcEndpointAwsService.SQS),
    "sns": ("Sns", ec2.InterfaceVpcEndpointAwsService.SNS),
    "monitoring": ("Monitoring", ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING),
    "ecs": ("Ecs", ec2.InterfaceVpcEndpointAwsService.ECS),
    "xray": ("XRay", ec2.InterfaceVpcEndpointAwsService.XRAY),
}


class Network(Construct):
    """A VPC with public, app and data subnets in three zones; data subnets know no way to the internet.

    Every subnet has a network ACL, the default security group is empty, all traffic is logged to the log archive, and
    AWS services are reached by endpoints that only this account's principals may use. App subnets reach out as
    `spec.settings.nat` says. The internet gateway stays even without NAT, because CloudFront attaches a VPC origin to
    no VPC that has none. See https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html
    """

    def __init__(self, scope: Construct, id: str, *, spec: NetworkSpec, flow_log_bucket: s3.IBucket) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._nat = self._nat_provider()
        self.app_cidrs: tuple[str, ...] = tuple(zone.app_cidr for zone in spec.zones)
        self.vpc = self._build_vpc()
        self.app_subnets = ec2.SubnetSelection(subnet_group_name="App")
        self.data_subnets = ec2.SubnetSelection(subnet_group_name="Data")
        self.gateway_endpoints = self._build_gateway_endpoints()
        self.interface_endpoints = self._build_interface_endpoints()
        self.network_acls = NetworkAcls(self, "Acls", spec=spec, vpc=self.vpc)
        self.flow_log = self._build_flow_log(flow_log_bucket)
        self.attachment = self._build_attachment(spec.attachment) if spec.attachment else None

    def metric_port_allocation_errors(self) -> list[cloudwatch.Metric]:
        """Connections that a NAT gateway refused for want of a port, one metric per gateway; none without NAT."""
        return self._nat_metrics("ErrorPortAllocation")

    def metric_packets_dropped(self) -> list[cloudwatch.Metric]:
        """Packets that a NAT gateway dropped, one metric per gateway; none without NAT."""
        return self._nat_metrics("PacketsDropCount")

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm when a NAT gateway runs out of ports or drops packets. Without NAT there is nothing to watch."""
        errors, drops = self.metric_port_allocation_errors(), self.metric_packets_dropped()
        if not errors:
            return
        facade.add_large_header("Network").monitor_custom(
            alarm_friendly_name="Network",
            human_readable_name="NAT gateways",
            metric_groups=[
                _nat_group("Port allocation errors", "NatPortAllocation", errors, threshold=0),
                _nat_group("Packets dropped", "NatPacketsDropped", drops, threshold=100),
            ],
        )

    def _nat_provider(self) -> ec2.NatProvider:
        if self._spec.settings.nat == "regional":
            return ec2.NatProvider.regional_gateway()
        return ec2.NatProvider.gateway()

    def _build_vpc(self) -> ec2.Vpc:
        nat = self._spec.settings.nat
        return ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=PlannedAddresses(self._spec),
            availability_zones=[zone.zone for zone in self._spec.zones],
            enable_dns_support=True,
            enable_dns_hostnames=True,
            restrict_default_security_group=True,
            nat_gateway_provider=None if nat == "none" else self._nat,
            nat_gateways={"regional": 1, "per_az": len(self._spec.zones), "single": 1, "none": 0}[nat],
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
                ),
                ec2.SubnetConfiguration(
                    name="App",
                    subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
                    if nat == "none"
                    else ec2.SubnetType.PRIVATE_WITH_EGRESS,
                ),
                ec2.SubnetConfiguration(name="Data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            ],
        )

    def _build_attachment(self, spec: AttachmentSpec) -> HubAttachment:
        return HubAttachment(self, "Attachment", spec=spec, vpc=self.vpc, subnets=self.app_subnets)

    def _build_gateway_endpoints(self) -> list[ec2.GatewayVpcEndpoint]:
        bucket = self.vpc.add_gateway_endpoint(
            "S3", service=ec2.GatewayVpcEndpointAwsService.S3, subnets=[self.app_subnets]
        )
        bucket.add_to_policy(self._own_principals_and_resources())
        # ECR hands out signed addresses of image layers in a bucket that AWS owns.
        stack = Stack.of(self)
        bucket.add_to_policy(
            iam.PolicyStatement(
                sid="ReadImageLayers",
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject"],
                resources=[
                    stack.format_arn(
                        service="s3",
                        account="",
                        region="",
                        resource=f"prod-{stack.region}-starport-layer-bucket",
                        resource_name="*",
                    )
                ],
            )
        )
        table = self.vpc.add_gateway_endpoint(
            "DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB, subnets=[self.app_subnets]
        )
        table.add_to_policy(self._own_principals_and_resources())
        return [bucket, table]

    def _build_interface_endpoints(self) -> list[ec2.InterfaceVpcEndpoint]:
        return [self._build_interface_endpoint(name) for name in self._spec.settings.interface_endpoints]

    def _build_interface_endpoint(self, name: InterfaceEndpoint) -> ec2.InterfaceVpcEndpoint:
        id, service = _SERVICES[name]
        group = ec2.SecurityGroup(
            self,
            f"{id}EndpointGroup",
            vpc=self.vpc,
            description="HTTPS from the app subnets to an interface endpoint",
            allow_all_outbound=False,
        )
        for cidr in self.app_cidrs:
            group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(_HTTPS), "HTTPS from an app subnet")
        endpoint = self.vpc.add_interface_endpoint(
            f"{id}Endpoint",
            service=service,
            subnets=self.app_subnets,
            security_groups=[group],
            private_dns_enabled=True,
            open=False,
        )
        endpoint.add_to_policy(self._own_principals())
        return endpoint

    def _own_principals(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="OwnPrincipals",
            principals=[iam.AnyPrincipal()],
            actions=["*"],
            resources=["*"],
            conditions={"StringEquals": {"aws:PrincipalAccount": Stack.of(self).account}},
        )

    def _own_principals_and_resources(self) -> iam.PolicyStatement:
        """Nothing leaves through the endpoint into a bucket or table of another account."""
        account = Stack.of(self).account
        return iam.PolicyStatement(
            sid="OwnPrincipalsAndResources",
            principals=[iam.AnyPrincipal()],
            actions=["*"],
            resources=["*"],
            conditions={"StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}},
        )

    def _build_flow_log(self, bucket: s3.IBucket) -> ec2.FlowLog:
        flow_log = ec2.FlowLog(
            self,
            "FlowLog",
            resource_type=ec2.FlowLogResourceType.from_vpc(self.vpc),
            traffic_type=ec2.FlowLogTrafficType.ALL,
            max_aggregation_interval=ec2.FlowLogMaxAggregationInterval.TEN_MINUTES,
            destination=ec2.FlowLogDestination.to_s3(bucket),
        )
        # The L2 writes these options in camel case, which the resource type does not know (aws-cdk-lib 2.275).
        resource = cast(ec2.CfnFlowLog, flow_log.node.default_child)
        resource.add_property_override(
            "DestinationOptions",
            {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True},
        )
        return flow_log

    def _nat_metrics(self, name: str) -> list[cloudwatch.Metric]:
        if self._spec.settings.nat == "none":
            return []
        gateways = [
            child.attr_nat_gateway_id for child in self.vpc.node.find_all() if isinstance(child, ec2.CfnNatGateway)
        ]
        return [
            cloudwatch.Metric(
                namespace="AWS/NATGateway",
                metric_name=name,
                statistic="Sum",
                period=Duration.minutes(5),
                dimensions_map={"NatGatewayId": gateway},
                label=f"NAT gateway {number}",
            )
            for number, gateway in enumerate(gateways, start=1)
        ]


def _nat_group(title: str, alarm: str, metrics: list[cloudwatch.Metric], *, threshold: int) -> CustomMetricGroup:
    return CustomMetricGroup(
        title=title,
        metrics=[
            CustomMetricWithAlarm(
                metric=metric,
                alarm_friendly_name=f"{alarm}{number}",
                add_alarm={
                    "Warning": CustomThreshold(
                        threshold=threshold,
                        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                        evaluation_periods=3,
                        datapoints_to_alarm=3,
                        treat_missing_data_override=cloudwatch.TreatMissingData.NOT_BREACHING,
                    )
                },
            )
            for number, metric in enumerate(metrics, start=1)
        ],
    )
