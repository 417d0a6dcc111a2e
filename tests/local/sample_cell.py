"""A CDK app with what a cell and its ground are made of: five stacks in two regions, a hub and a baseline."""

from dataclasses import dataclass

from aws_cdk import (
    App,
    CfnGuardHook,
    CfnOutput,
    CustomResource,
    Duration,
    Environment,
    Fn,
    RemovalPolicy,
    SecretValue,
    Stack,
    Tags,
)
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_backup as backup
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codeartifact as codeartifact
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

HUB_ACCOUNT = "777788889999"
CELL_ACCOUNT = "444455556666"
HOME_REGION = "eu-west-1"
EDGE_REGION = "us-east-1"
DOMAIN = "example.com"
CELL_DOMAIN = "crm-dev.example.com"
DELEGATION_ROLE = "crm-dev-delegation"

_MIGRATE = """
import time, boto3, urllib.request, json
def answer(event, context, status, reason="", data=None):
    same = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    body = json.dumps({**same, "Status": status, "Reason": reason, "PhysicalResourceId": "migration",
        "Data": data or {}}).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"content-type": ""})
    urllib.request.urlopen(request)
def handler(event, context):
    try:
        given = event["ResourceProperties"]
        if event["RequestType"] == "Delete":
            return answer(event, context, "SUCCESS")
        client = boto3.client("rds-data")
        client.execute_statement(resourceArn=given["Cluster"], secretArn=given["Secret"], database="app",
            sql="create role app_user")
        ecs = boto3.client("ecs")
        network = {"subnets": given["Subnets"], "securityGroups": given["Groups"]}
        started = ecs.run_task(cluster=given["EcsCluster"], taskDefinition=given["Task"], launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network})
        task = started["tasks"][0]["taskArn"]
        for _ in range(100):
            found = ecs.describe_tasks(cluster=given["EcsCluster"], tasks=[task])["tasks"][0]
            if found["lastStatus"] == "STOPPED":
                code = found["containers"][0].get("exitCode")
                if code != 0:
                    return answer(event, context, "FAILED", f"migration exited with {code}")
                return answer(event, context, "SUCCESS", data={"ExitCode": str(code)})
            time.sleep(0.1)
        answer(event, context, "FAILED", "timed out")
    except Exception as error:
        answer(event, context, "FAILED", repr(error))
"""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What differs between two versions of the same cell."""

    account: str = CELL_ACCOUNT
    hub_account: str = HUB_ACCOUNT
    desired_count: int = 2
    image_digest: str = "sha256:" + "a" * 64
    cache_port: int = 6379
    queue_seconds: int = 30
    log_fields: tuple[str, ...] = ("date", "time")


class Hub(Stack):
    """The parent zone and the role that a cell assumes to delegate from it."""

    def __init__(self, scope: Construct, id: str, *, variant: Variant) -> None:
        super().__init__(scope, id, env=Environment(account=variant.hub_account, region=HOME_REGION))
        self.zone = route53.PublicHostedZone(self, "Zone", zone_name=DOMAIN)
        self.role = iam.Role(
            self, "Delegation", role_name=DELEGATION_ROLE, assumed_by=iam.AccountPrincipal(variant.account)
        )
        self.zone.grant_delegation(self.role)


class Baseline(Stack):
    """What has no service behind it here is recorded."""

    def __init__(self, scope: Construct, id: str, *, variant: Variant) -> None:
        super().__init__(scope, id, env=Environment(account=variant.account, region=HOME_REGION))
        codeartifact.CfnDomain(self, "Packages", domain_name="packages")
        iam.ManagedPolicy(
            self,
            "Boundary",
            managed_policy_name="boundary",
            statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])],
        )
        bucket = s3.Bucket(self, "Rules", removal_policy=RemovalPolicy.DESTROY)
        role = iam.Role(self, "HookRole", assumed_by=iam.ServicePrincipal("hooks.cloudformation.amazonaws.com"))
        CfnGuardHook(
            self,
            "Hook",
            alias="Private::Guard::Data",
            execution_role=role.role_arn,
            failure_mode="FAIL",
            hook_status="ENABLED",
            rule_location=CfnGuardHook.S3LocationProperty(uri=f"s3://{bucket.bucket_name}/rules.guard"),
            target_operations=["RESOURCE"],
        )


class Foundation(Stack):
    """Network, keys, zone, topic."""

    def __init__(self, scope: Construct, id: str, *, variant: Variant) -> None:
        super().__init__(
            scope,
            id,
            env=Environment(account=variant.account, region=HOME_REGION),
            cross_region_references=True,
            termination_protection=True,
        )
        self.key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY)
        self.logs = s3.Bucket(
            self,
            "Logs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30))],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        self.topic = sns.Topic(self, "Alarms", master_key=self.key)
        self.vpc = self._vpc()
        self.zone = route53.PublicHostedZone(self, "Zone", zone_name=CELL_DOMAIN)
        delegation = route53.CrossAccountZoneDelegationRecord(
            self,
            "DelegationRecord",
            delegated_zone=self.zone,
            parent_hosted_zone_name=DOMAIN,
            delegation_role=iam.Role.from_role_arn(
                self, "HubRole", f"arn:aws:iam::{variant.hub_account}:role/{DELEGATION_ROLE}", mutable=False
            ),
        )
        self.certificate = acm.Certificate(
            self, "Certificate", domain_name=CELL_DOMAIN, validation=acm.CertificateValidation.from_dns(self.zone)
        )
        self.certificate.node.add_dependency(delegation)
        ssm.StringParameter(self, "Version", parameter_name="/cell/version", string_value="1")

    @property
    def availability_zones(self) -> list[str]:
        return [f"{HOME_REGION}{letter}" for letter in "abc"]

    def _vpc(self) -> ec2.Vpc:
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/20"),
            max_azs=3,
            nat_gateways=1,
            restrict_default_security_group=True,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
                ec2.SubnetConfiguration(name="App", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=24),
                ec2.SubnetConfiguration(name="Data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
            ],
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                "DynamoDb": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.DYNAMODB),
            },
            flow_logs={"All": ec2.FlowLogOptions(destination=ec2.FlowLogDestination.to_s3(self.logs, "flow-logs"))},
        )
        endpoint_group = ec2.SecurityGroup(self, "Endpoints", vpc=vpc, description="interface endpoints")
        vpc.add_interface_endpoint(
            "EcrApi", service=ec2.InterfaceVpcEndpointAwsService.ECR, security_groups=[endpoint_group]
        )
        acl = ec2.NetworkAcl(
            self, "DataAcl", vpc=vpc, subnet_selection=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        )
        acl.add_entry(
            "FromVpc",
            cidr=ec2.AclCidr.ipv4("10.0.0.0/20"),
            rule_number=100,
            traffic=ec2.AclTraffic.tcp_port_range(1024, 65535),
            direction=ec2.TrafficDirection.INGRESS,
        )
        acl.add_entry(
            "ToVpc",
            cidr=ec2.AclCidr.any_ipv4(),
            rule_number=100,
            traffic=ec2.AclTraffic.all_traffic(),
            direction=ec2.TrafficDirection.EGRESS,
        )
        ec2.CfnNatGateway(self, "RegionalNat", availability_mode="regional", vpc_id=vpc.vpc_id)
        return vpc


class Data(Stack):
    """Aurora, cache, buckets."""

    def __init__(self, scope: Construct, id: str, *, foundation: Foundation, variant: Variant) -> None:
        super().__init__(
            scope, id, env=Environment(account=variant.account, region=HOME_REGION), cross_region_references=True
        )
        self.foundation = foundation
        self.database = self._database()
        self.files = s3.Bucket(
            self,
            "Files",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=foundation.key,
            bucket_key_enabled=True,
            versioned=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            server_access_logs_bucket=foundation.logs,
            server_access_logs_prefix="files/",
            event_bridge_enabled=False,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.cache_secret = secretsmanager.Secret(
            self, "CacheSecret", generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True)
        )
        self.cache = self._cache(variant)
        plan = backup.BackupPlan.daily35_day_retention(
            self, "Plan", backup_vault=backup.BackupVault(self, "Vault", removal_policy=RemovalPolicy.DESTROY)
        )
        plan.add_selection("Data", resources=[backup.BackupResource.from_arn(self.database.cluster_arn)])

    def _database(self) -> rds.DatabaseCluster:
        version = rds.AuroraPostgresEngineVersion.of("16.8", "16")
        engine = rds.DatabaseClusterEngine.aurora_postgres(version=version)
        cluster = rds.DatabaseCluster(
            self,
            "Database",
            engine=engine,
            credentials=rds.Credentials.from_username("root"),
            manage_master_user_password=True,
            parameter_group=rds.ParameterGroup(
                self, "Parameters", engine=engine, description="cell", parameters={"rds.force_ssl": "1"}
            ),
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            readers=[rds.ClusterInstance.serverless_v2("Reader", scale_with_writer=True)],
            serverless_v2_min_capacity=0.5,
            serverless_v2_max_capacity=4,
            storage_encryption_key=self.foundation.key,
            vpc=self.foundation.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            iam_authentication=True,
            enable_data_api=True,
            default_database_name="app",
            cloudwatch_logs_exports=["postgresql"],
            backup=rds.BackupProps(retention=Duration.days(7)),
            deletion_protection=False,
            removal_policy=RemovalPolicy.SNAPSHOT,
        )
        secretsmanager.CfnRotationSchedule(
            self,
            "Rotation",
            secret_id=self.secret_arn_of(cluster),
            rotate_immediately_on_update=False,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(automatically_after_days=30),
        )
        readers = autoscaling.ScalableTarget(
            self,
            "Readers",
            service_namespace=autoscaling.ServiceNamespace.RDS,
            scalable_dimension="rds:cluster:ReadReplicaCount",
            resource_id=f"cluster:{cluster.cluster_identifier}",
            min_capacity=1,
            max_capacity=3,
        )
        readers.scale_to_track_metric(
            "Cpu",
            target_value=60,
            predefined_metric=autoscaling.PredefinedMetric.RDS_READER_AVERAGE_CPU_UTILIZATION,
        )
        return cluster

    def secret_arn_of(self, cluster: rds.DatabaseCluster) -> str:
        """The secret that RDS manages."""
        assert cluster.secret is not None
        return cluster.secret.secret_arn

    def _cache(self, variant: Variant) -> elasticache.CfnReplicationGroup:
        vpc = self.foundation.vpc
        self.cache_group = ec2.SecurityGroup(self, "CacheGroup", vpc=vpc, description="cache", allow_all_outbound=False)
        subnets = elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="data",
            subnet_ids=vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED).subnet_ids,
        )
        default = elasticache.CfnUser(
            self,
            "DefaultUser",
            engine="valkey",
            user_id="crm-dev-default",
            user_name="default",
            access_string="off -@all",
            authentication_mode={"Type": "no-password-required"},
        )
        user = elasticache.CfnUser(
            self,
            "AppUser",
            engine="valkey",
            user_id="crm-dev-app",
            user_name="app",
            access_string="on ~* +@all",
            passwords=[SecretValue.secrets_manager(self.cache_secret.secret_arn).unsafe_unwrap()],
        )
        group = elasticache.CfnUserGroup(
            self, "Users", engine="valkey", user_group_id="crm-dev-users", user_ids=[default.ref, user.ref]
        )
        parameters = elasticache.CfnParameterGroup(
            self,
            "CacheParameters",
            cache_parameter_group_family="valkey8",
            description="queues",
            properties={"maxmemory-policy": "noeviction"},
        )
        return elasticache.CfnReplicationGroup(
            self,
            "Cache",
            replication_group_description="cache and sessions",
            engine="valkey",
            engine_version="8.0",
            cache_node_type="cache.t4g.micro",
            num_cache_clusters=2,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            cache_parameter_group_name=parameters.ref,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[self.cache_group.security_group_id],
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            kms_key_id=self.foundation.key.key_id,
            user_group_ids=[group.ref],
            port=variant.cache_port,
        )


class Service(Stack):
    """Load balancer, containers, migrations, queue, site bucket."""

    def __init__(self, scope: Construct, id: str, *, foundation: Foundation, data: Data, variant: Variant) -> None:
        super().__init__(
            scope, id, env=Environment(account=variant.account, region=HOME_REGION), cross_region_references=True
        )
        self.foundation, self.data, self.variant = foundation, data, variant
        self.queue = sqs.Queue(
            self,
            "Jobs",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=foundation.key,
            visibility_timeout=Duration.seconds(variant.queue_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=sqs.Queue(self, "DeadLetters")),
        )
        self.site = s3.Bucket(
            self,
            "Site",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        self.site.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                resources=[self.site.arn_for_objects("*")],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        self.cluster = ecs.Cluster(
            self, "Cluster", vpc=foundation.vpc, container_insights_v2=ecs.ContainerInsights.ENABLED
        )
        self.balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=foundation.vpc,
            internet_facing=False,
            drop_invalid_header_fields=True,
            deletion_protection=False,
            security_group=ec2.SecurityGroup(self, "BalancerGroup", vpc=foundation.vpc, description="balancer"),
        )
        self.balancer.log_access_logs(foundation.logs, "alb")
        self.service = self._service()
        self._migrations()

    def _task(self, id: str) -> ecs.FargateTaskDefinition:
        task = ecs.FargateTaskDefinition(
            self,
            id,
            family=f"crm-dev-{id.lower()}",
            cpu=512,
            memory_limit_mib=1024,
            runtime_platform=ecs.RuntimePlatform(cpu_architecture=ecs.CpuArchitecture.ARM64),
        )
        repository = ecr.Repository.from_repository_attributes(
            self,
            f"{id}Repository",
            repository_arn=f"arn:aws:ecr:{HOME_REGION}:{self.variant.hub_account}:repository/crm",
            repository_name="crm",
        )
        container = task.add_container(
            "App",
            image=ecs.ContainerImage.from_ecr_repository(repository, self.variant.image_digest),
            readonly_root_filesystem=True,
            environment={
                "DATABASE": self.data.database.cluster_endpoint.hostname,
                "CACHE": self.data.cache.attr_primary_end_point_address,
                "QUEUE": self.queue.queue_url,
            },
            logging=ecs.LogDriver.aws_logs(stream_prefix="app"),
        )
        container.add_port_mappings(ecs.PortMapping(container_port=8443))
        self.queue.grant_consume_messages(task.task_role)
        self.data.files.grant_read_write(task.task_role)
        return task

    def _service(self) -> ecs.FargateService:
        service = ecs.FargateService(
            self,
            "Api",
            cluster=self.cluster,
            task_definition=self._task("ApiTask"),
            desired_count=self.variant.desired_count,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            security_groups=[ec2.SecurityGroup(self, "ApiGroup", vpc=self.foundation.vpc, description="api")],
        )
        listener = self.balancer.add_listener(
            "Https",
            port=443,
            protocol=elb.ApplicationProtocol.HTTPS,
            certificates=[self.foundation.certificate],
            open=False,
            ssl_policy=elb.SslPolicy.TLS13_RES,
            default_action=elb.ListenerAction.fixed_response(404),
        )
        listener.add_targets(
            "Api",
            priority=1,
            conditions=[elb.ListenerCondition.path_patterns(["/api/*"])],
            port=8443,
            protocol=elb.ApplicationProtocol.HTTPS,
            targets=[service],
            health_check=elb.HealthCheck(path="/health"),
        )
        service.connections.allow_to(self.data.database, ec2.Port.tcp(5432), "database")
        service.connections.allow_to(self.data.cache_group, ec2.Port.tcp(6379), "cache")
        scaling = service.auto_scale_task_count(min_capacity=2, max_capacity=10)
        scaling.scale_on_cpu_utilization("Cpu", target_utilization_percent=70)
        alarm = cloudwatch.Alarm(
            self,
            "Errors",
            metric=cloudwatch.MathExpression(
                expression="100 * errors / requests",
                using_metrics={
                    "errors": self.balancer.metrics.http_code_target(elb.HttpCodeTarget.TARGET_5XX_COUNT),
                    "requests": self.balancer.metrics.request_count(),
                },
            ),
            threshold=1,
            evaluation_periods=3,
        )
        alarm.add_alarm_action(actions.SnsAction(self.foundation.topic))
        self.error_alarm = alarm
        service.enable_deployment_alarms([alarm.alarm_name])
        return service

    def _migrations(self) -> None:
        task = self._task("MigrationTask")
        function = lambda_.Function(
            self,
            "Migrate",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(_MIGRATE),
            timeout=Duration.minutes(5),
        )
        resource = CustomResource(
            self,
            "Migrations",
            resource_type="Custom::Migrations",
            service_token=function.function_arn,
            properties={
                "Image": self.variant.image_digest,
                "EcsCluster": self.cluster.cluster_name,
                "Task": task.task_definition_arn,
                "Cluster": self.data.database.cluster_arn,
                "Secret": self.data.secret_arn_of(self.data.database),
                "Subnets": self.foundation.vpc.select_subnets(
                    subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
                ).subnet_ids,
                "Groups": [self.data.cache_group.security_group_id],
            },
        )
        self.service.node.add_dependency(resource)
        CfnOutput(self, "MigrationExitCode", value=resource.get_att_string("ExitCode"))


class Edge(Stack):
    """The front door in us-east-1."""

    def __init__(
        self, scope: Construct, id: str, *, foundation: Foundation, service: Service, variant: Variant
    ) -> None:
        super().__init__(
            scope, id, env=Environment(account=variant.account, region=EDGE_REGION), cross_region_references=True
        )
        certificate = acm.Certificate(
            self, "Certificate", domain_name=CELL_DOMAIN, validation=acm.CertificateValidation.from_dns(foundation.zone)
        )
        acl = wafv2.CfnWebACL(
            self,
            "Firewall",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
                cloud_watch_metrics_enabled=True, metric_name="cell", sampled_requests_enabled=True
            ),
            rules=[],
        )
        log = logs.LogGroup(
            self,
            "FirewallLog",
            log_group_name="aws-waf-logs-crm-dev",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        wafv2.CfnLoggingConfiguration(
            self,
            "FirewallLogging",
            resource_arn=acl.attr_arn,
            log_destination_configs=[log.log_group_arn],
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": "authorization"})
            ],
        )
        topic = sns.Topic(self, "Alarms")
        origin = cloudfront.VpcOrigin(
            self,
            "Origin",
            endpoint=cloudfront.VpcOriginEndpoint.application_load_balancer(service.balancer),
            vpc_origin_name="crm-dev",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        )
        control = cloudfront.S3OriginAccessControl(self, "Access", origin_access_control_name="crm-dev")
        site = s3.Bucket.from_bucket_attributes(self, "Site", bucket_name=service.site.bucket_name, region=HOME_REGION)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(site, origin_access_control=control),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                response_headers_policy=cloudfront.ResponseHeadersPolicy(
                    self,
                    "Headers",
                    response_headers_policy_name="crm-dev",
                    security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True)
                    ),
                ),
            ),
            additional_behaviors={
                "/api/*": cloudfront.BehaviorOptions(
                    origin=origins.VpcOrigin.with_vpc_origin(origin, domain_name=CELL_DOMAIN),
                    allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                    cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                )
            },
            domain_names=[CELL_DOMAIN],
            certificate=certificate,
            web_acl_id=acl.attr_arn,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            publish_additional_metrics=True,
        )
        alarm = cloudwatch.Alarm(
            self, "Errors", metric=self.distribution.metric5xx_error_rate(), threshold=1, evaluation_periods=3
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
        route53.ARecord(
            self,
            "Alias",
            zone=foundation.zone,
            target=route53.RecordTarget.from_alias(targets.CloudFrontTarget(self.distribution)),
        )
        self._delivery(variant)
        ssm.StringParameter(
            self, "Balancer", parameter_name="/edge/balancer", string_value=service.balancer.load_balancer_arn
        )

    def _delivery(self, variant: Variant) -> None:
        source = logs.CfnDeliverySource(
            self,
            "AccessLogSource",
            name="crm-dev-access",
            log_type="ACCESS_LOGS",
            resource_arn=self.format_arn(
                service="cloudfront",
                region="",
                resource="distribution",
                resource_name=self.distribution.distribution_id,
            ),
        )
        group = logs.LogGroup(self, "AccessLog", removal_policy=RemovalPolicy.DESTROY)
        destination = logs.CfnDeliveryDestination(
            self, "AccessLogDestination", name="crm-dev-access", destination_resource_arn=group.log_group_arn
        )
        delivery = logs.CfnDelivery(
            self,
            "AccessLogDelivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.attr_arn,
            record_fields=list(variant.log_fields),
        )
        delivery.add_resource_dependency(source)


class Leaf(Stack):
    """The cell record, the dashboard, the composite alarm."""

    def __init__(
        self, scope: Construct, id: str, *, data: Data, service: Service, edge: Edge, variant: Variant
    ) -> None:
        super().__init__(
            scope, id, env=Environment(account=variant.account, region=HOME_REGION), cross_region_references=True
        )
        cloudwatch.CompositeAlarm(
            self,
            "Health",
            composite_alarm_name="crm-dev-health",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                cloudwatch.AlarmRule.from_alarm(service.error_alarm, cloudwatch.AlarmState.ALARM)
            ),
        )
        cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name="crm-dev", widgets=[[cloudwatch.AlarmWidget(alarm=service.error_alarm)]]
        )
        ssm.StringParameter(
            self,
            "Distribution",
            parameter_name="/cell/distribution",
            string_value=Fn.join("/", [edge.distribution.distribution_id, data.files.bucket_name]),
        )


def build(outdir: str, variant: Variant | None = None) -> App:
    """Build the app and synthesize it into `outdir`."""
    variant = variant or Variant()
    app = App(
        outdir=outdir,
        analytics_reporting=False,
        tree_metadata=False,
        stack_traces=False,
        builtin_cloud_formation_validation=False,
        context={"@aws-cdk/core:defaultCrossStackReferences": "weak"},
    )
    hub = Hub(app, "Hub", variant=variant)
    Baseline(app, "Baseline", variant=variant)
    foundation = Foundation(app, "Cell-Foundation", variant=variant)
    foundation.add_stack_dependency(hub)
    data = Data(app, "Cell-Data", foundation=foundation, variant=variant)
    service = Service(app, "Cell-Service", foundation=foundation, data=data, variant=variant)
    edge = Edge(app, "Cell-Edge", foundation=foundation, service=service, variant=variant)
    Leaf(app, "Cell", data=data, service=service, edge=edge, variant=variant)
    Tags.of(app).add("product", "crm")
    app.synth()
    return app
