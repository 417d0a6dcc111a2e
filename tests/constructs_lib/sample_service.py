"""A service layer as cells have it: network, keys and certificate in one stack, services in the next."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from cdk_monitoring_constructs import AlarmFactoryDefaults, MonitoringFacade

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.api_service import ApiService
from constructs_lib.cell_record import CellRecord
from constructs_lib.cluster import Cluster
from constructs_lib.container import ContainerSetup
from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.migrations import Migrations
from constructs_lib.network import Network
from constructs_lib.permission_service import PermissionService
from constructs_lib.specs.network import NetworkSettings, NetworkSpec, plan_subnets
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.service import ApiSpec, MigrationsSpec, ServiceSpec
from constructs_lib.worker_service import WorkerService
from tests.constructs_lib.sample_data import CONTEXT

API = ApiSpec(
    cpu=512,
    memory_mib=1024,
    min_tasks=2,
    max_tasks=10,
    cpu_target_percent=70,
    requests_per_task_per_minute=1000,
    queue_depth_per_task=None,
    spot=False,
    execute_command=False,
    log_retention_days=90,
)
WORKER = ServiceSpec(
    **API.model_dump(include=set(ServiceSpec.model_fields) - {"requests_per_task_per_minute", "queue_depth_per_task"}),
    requests_per_task_per_minute=None,
    queue_depth_per_task=100,
)
MIGRATIONS = MigrationsSpec(cpu=256, memory_mib=512, timeout_minutes=10, log_retention_days=14)
CHEAP = {"spot": True, "execute_command": True, "min_tasks": 1, "max_tasks": 1}


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What two cells of one shape differ in."""

    prefix: str = "acme-crm-prod"
    account: str = "111122223333"
    cidr: str = "10.16.0.0/20"
    domain: str = "crm.example.com"
    digest: str = "sha256:" + "a" * 64


class SampleService:
    """An app with the stacks Foundation and Service; what a test asks for is built into Service."""

    def __init__(
        self,
        folder: Path | None = None,
        identity: Identity | None = None,
        *,
        execute_command_log_days: int | None = None,
    ) -> None:
        self.identity = identity or Identity()
        self.app = App(
            outdir=str(folder) if folder else None,
            analytics_reporting=False,
            tree_metadata=False,
            stack_traces=False,
            builtin_cloud_formation_validation=False,
            context=CONTEXT,
        )
        home = Environment(account=self.identity.account, region="eu-west-1")
        self.foundation = Stack(self.app, "Foundation", env=home, stack_name=f"{self.identity.prefix}-foundation")
        self.stack = Stack(self.app, "Service", env=home, stack_name=f"{self.identity.prefix}-service")
        self.key = kms.Key(self.foundation, "Key", enable_key_rotation=True)
        self.network = self._network()
        self.data = ec2.SecurityGroup(
            self.foundation, "Data", vpc=self.network.vpc, description="A store", allow_all_outbound=False
        )
        self.cluster = Cluster(
            self.stack,
            "Cluster",
            network_vpc=self.network.vpc,
            key=self.key,
            execute_command_log_days=execute_command_log_days,
        )

    def _network(self) -> Network:
        zones = plan_subnets(self.identity.cidr, ("eu-west-1a", "eu-west-1b", "eu-west-1c"))
        settings = NetworkSettings(nat="regional", interface_endpoints=())
        return Network(
            self.foundation,
            "Network",
            spec=NetworkSpec(cidr=self.identity.cidr, zones=zones, settings=settings),
            flow_log_bucket=s3.Bucket.from_bucket_name(self.foundation, "Archive", "archive"),
        )

    def load_balancer(self) -> LoadBalancer:
        domain = self.identity.domain
        zone = route53.PublicHostedZone(self.foundation, "Zone", zone_name=domain)
        return LoadBalancer(
            self.stack,
            "LoadBalancer",
            network=self.network,
            certificate=acm.Certificate(
                self.foundation, "Certificate", domain_name=domain, validation=acm.CertificateValidation.from_dns(zone)
            ),
            log_bucket=s3.Bucket(self.foundation, "LogBucket"),
            origin_domain=f"origin.{domain}",
            zone=zone,
            protection=ProtectionSpec(removal="retain", deletion_protection=True, termination_protection=True),
        )

    def container(self, id: str, **changes) -> ContainerSetup:
        repository = ecr.Repository.from_repository_attributes(
            self.stack,
            id,
            repository_arn="arn:aws:ecr:eu-west-1:777788889999:repository/acme/api",
            repository_name="acme/api",
        )
        given = {
            "repository": repository,
            "digest": self.identity.digest,
            "environment": {"PORT": "8443"},
            "command": (),
            "port": 8443,
            "user": "65532:65532",
            "health_path": "/health",
            "health_command": ("CMD", "healthcheck"),
        }
        return ContainerSetup(**{**given, **changes})

    def api(self, spec: ApiSpec = API, **changes) -> ApiService:
        return ApiService(
            self.stack,
            "Api",
            spec=spec,
            container=self.container("ApiRepository", **changes),
            cluster=self.cluster.cluster,
            network=self.network,
            load_balancer=self.load_balancer(),
            log_key=self.key,
            family=f"{self.identity.prefix}-api",
        )

    def worker(self, spec: ServiceSpec = WORKER, queue_depth: cloudwatch.IMetric | None = None) -> WorkerService:
        return WorkerService(
            self.stack,
            "Worker",
            spec=spec,
            container=self.container("WorkerRepository", command=("worker",)),
            cluster=self.cluster.cluster,
            network=self.network,
            log_key=self.key,
            family=f"{self.identity.prefix}-worker",
            queue_depth=queue_depth,
        )

    def jobs_waiting(self) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="Cell", metric_name="JobsWaiting", dimensions_map={"Cell": self.identity.prefix}
        )

    def migrations(self) -> Migrations:
        return Migrations(
            self.stack,
            "Migrations",
            spec=MIGRATIONS,
            container=self.container("MigrationsRepository", command=("migrate",), health_command=None),
            cluster=self.cluster.cluster,
            network=self.network,
            log_key=self.key,
            family=f"{self.identity.prefix}-migrations",
            lock_name=f"/cells/{self.identity.prefix}/migrations-lock",
        )

    def permissions(self, spec: ServiceSpec) -> PermissionService:
        load_balancer = self.load_balancer()
        return PermissionService(
            self.stack,
            "Permissions",
            spec=spec,
            container=self.container("PermissionsRepository"),
            cluster=self.cluster.cluster,
            network=self.network,
            load_balancer=load_balancer,
            certificate=acm.Certificate.from_certificate_arn(
                self.stack, "PermissionsCertificate", "arn:aws:acm:eu-west-1:111122223333:certificate/one"
            ),
            log_key=self.key,
            family=f"{self.identity.prefix}-permissions",
        )

    def record(self) -> CellRecord:
        return CellRecord(self.stack, "Record", path=f"/cells/{self.identity.prefix}", values={"size": "prod"})

    def everything(self, **changes) -> None:
        """A service layer whole: what services open and are granted comes after them, as in a cell."""
        migrations = self.migrations()
        api = self.api(API.model_copy(update=changes))
        worker = self.worker(WORKER.model_copy(update=changes), self.jobs_waiting())
        for client in (migrations, api, worker):
            client.connections.allow_to(self.data, ec2.Port.tcp(5432), "Reaches the database")
            client.task_role.add_to_principal_policy(
                iam.PolicyStatement(actions=["rds-db:connect"], resources=["arn:aws:rds-db:eu-west-1::dbuser:a/b"])
            )
        for service in (api, worker):
            service.service.node.add_dependency(migrations.resource)
            service.monitor(self.facade)
        self.record()

    @property
    def facade(self) -> MonitoringFacade:
        known = self.stack.node.try_find_child("Monitoring")
        if isinstance(known, MonitoringFacade):
            return known
        defaults = AlarmFactoryDefaults(alarm_name_prefix="Service", actions_enabled=True)
        return MonitoringFacade(self.stack, "Monitoring", alarm_factory_defaults=defaults)

    def template(self) -> Template:
        return Template.from_stack(self.stack)


def findings(folder: Path, sample: SampleService) -> list[str]:
    """What the checks find in Service that is not excused, and excuses in it that nothing needs."""
    sample.app.synth()
    names = {sample.identity.prefix: "product"}
    judgement = check(CloudAssembly.load(folder), on=date(2026, 11, 21), app=sample.app, names=names).judgement
    unexcused = [f"{item.path}: {item.rule} {item.message}" for item in judgement.unexcused if item.stack == "Service"]
    return [*unexcused, *(f"unused: {item}" for item in judgement.unused if item.stack == "Service")]


def resource(template: Template, type: str, **properties) -> dict:
    """The properties of the one resource of a type that has these."""
    found = template.find_resources(type, {"Properties": properties} if properties else {})
    (only,) = found.values()
    return only["Properties"]


def statements(template: Template, *, action: str) -> list[dict]:
    """All statements of the template's policies that name an action."""
    found = []
    for policy in template.find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            if action in ([actions] if isinstance(actions, str) else actions):
                found.append(statement)
    return found


def watched(alarm: dict) -> set[str]:
    """The names of the metrics that an alarm looks at, alone or in a calculation."""
    metrics = [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", []) if "MetricStat" in part] or [alarm]
    return {metric["MetricName"] for metric in metrics}


def told(template: Template, metric: str) -> list[dict]:
    """The alarms on a metric that tell somebody, which deployment and scaling alarms do not."""
    return [
        alarm
        for found in template.find_resources("AWS::CloudWatch::Alarm").values()
        if metric in watched(alarm := found["Properties"]) and alarm.get("AlarmName", "").startswith("Service")
    ]
