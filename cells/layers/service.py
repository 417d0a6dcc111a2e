"""Service: what runs. It changes often and can be rebuilt at any time."""

from collections.abc import Callable, Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from cdk_monitoring_constructs import MonitoringFacade
from constructs import Construct

from cells.images import contract
from cells.layers.containers import ContainerNeeds, Granter
from cells.layers.data import DataLayer
from cells.layers.foundation import FoundationLayer
from cells.layers.layer import Layer
from cells.layers.permission_service import PermissionParts
from cells.modules.building import building
from cells.modules.module import Module
from cells.plan import CellPlan
from constructs_lib.amplify_app import AmplifyApp
from constructs_lib.api_gateway import ApiGateway
from constructs_lib.api_service import ApiService
from constructs_lib.cluster import Cluster
from constructs_lib.container import ContainerSetup
from constructs_lib.handler import Handler
from constructs_lib.load_balancer import LoadBalancer
from constructs_lib.logical_database import LogicalDatabase
from constructs_lib.migrations import Migrations
from constructs_lib.permission_service import PORT as PERMISSIONS_PORT
from constructs_lib.queue import Queue
from constructs_lib.rest_api import RestApi
from constructs_lib.secret import CellSecret
from constructs_lib.site import Site
from constructs_lib.specs.frontend import AmplifyFrontend, SpaFrontend
from constructs_lib.specs.function import FunctionSpec
from constructs_lib.specs.image import Container, repository_name
from constructs_lib.specs.queue import ConsumerSpec
from constructs_lib.specs.region import EDGE_REGION
from constructs_lib.specs.service import ServiceSpec
from constructs_lib.table import Table
from constructs_lib.worker_service import WorkerService

POSTGRES_PORT = 5432
_HTTPS = 443

GATEWAY_OUTPUT = "GatewayApiId"
"""The output with the id of the REST API that CloudFront asks."""


def gateway_key_output(number: int) -> str:
    """The output with the ARN, in us-east-1, of a key that CloudFront may show."""
    return f"GatewayKey{number}ArnAtEdge"


class ServiceLayer(Layer):
    """Load balancer, ECS cluster, migrations, API and worker, and what serves the pages: a bucket or an Amplify app."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan: CellPlan,
        foundation: FoundationLayer,
        data: DataLayer,
        modules: tuple[Module, ...],
    ) -> None:
        super().__init__(
            scope,
            id,
            plan=plan,
            layer="service",
            description="Load balancer, API, worker and migrations of a product cell",
        )
        self.foundation = foundation
        self.data = data
        self._queue_depth: cloudwatch.IMetric | None = None
        self._needs = ContainerNeeds()
        self._handlers: list[Handler] = []
        self._watched: list[Callable[[MonitoringFacade], None]] = []
        self._doors: list[tuple[ec2.IConnectable, str]] = []
        self._in_cluster: list[Callable[[], None]] = []
        self._rest_api: RestApi | None = None
        self._called_by_pages: list[str] = []
        self._shown_by_pages: list[str] = []
        self._need_core()
        self.load_balancer = self._build_load_balancer()
        self._build_modules(modules)
        self.site = self._build_site()
        self.amplify_app = self._build_amplify_app()
        self.cluster = self._build_cluster()
        self.migrations = self._build_migrations()
        self._build_in_cluster()
        self.api = self._build_api()
        self.api_gateway = self._build_api_gateway()
        self.worker = self._build_worker()
        self._open_doors()
        self._monitor()

    def set_environment(self, name: str, value: str) -> None:
        """Give all containers an environment variable. Never a secret: those are read by ARN at run time."""
        self._needs.set(name, value)

    def grant_containers(self, grant: Granter) -> None:
        """Grant something to the roles of API and worker."""
        self._needs.grants.append(grant)

    def grant_worker(self, grant: Granter) -> None:
        """Grant something to the role of the worker only."""
        self._needs.worker_grants.append(grant)

    def watch(self, monitor: Callable[[MonitoringFacade], None]) -> None:
        """Add alarms of a module. They go the way of all alarms of the cell."""
        self._watched.append(monitor)

    def open_door(self, to: ec2.IConnectable, description: str) -> None:
        """Let API and worker reach something of a module, on its default port."""
        self._doors.append((to, description))

    def share_api_role(self, api: RestApi) -> None:
        """Let the other REST APIs of the cell have their logs written by the role of this one: an account has one."""
        self._rest_api = api

    def let_pages_call(self, origin: str) -> None:
        """Let pages that Amplify serves call another origin, such as the bucket that they upload to."""
        self._called_by_pages.append(origin)

    def let_pages_show(self, origin: str) -> None:
        """Let pages that Amplify serves show pictures of another origin."""
        self._shown_by_pages.append(origin)

    def scale_worker_on_queue_depth(self) -> None:
        """Let the worker scale on the waiting jobs that it reports itself: `JobsWaiting` in the namespace `Cell`."""
        self._queue_depth = cloudwatch.Metric(
            namespace="Cell",
            metric_name="JobsWaiting",
            dimensions_map={"Cell": self.plan.identity.prefix},
            statistic=cloudwatch.Stats.AVERAGE,
            period=Duration.minutes(1),
        )

    def _need_core(self) -> None:
        identity, database, cache = self.plan.identity, self.data.database, self.data.cache
        for name, value in {
            "CELL": identity.prefix,
            "PRODUCT": identity.product,
            "ENVIRONMENT": identity.environment,
            "DOMAIN": self.plan.domain,
            "PORT": str(contract.PORT),
            "MODULES": ",".join(module.reference for module in self.plan.modules),
            "DATABASE_HOST": database.cluster.cluster_endpoint.hostname,
            "DATABASE_READER_HOST": database.cluster.cluster_read_endpoint.hostname,
            "DATABASE_NAME": database.database_name,
            "DATABASE_USER": database.application_user,
            "CACHE_ENDPOINT": cache.cache.endpoint,
            "CACHE_SECRET_ARN": cache.cache.secret.secret_arn,
        }.items():
            self.set_environment(name, value)
        if self.plan.cors_origins:
            self.set_environment("API_DOMAIN", self.plan.api_domain)
            self.set_environment("CORS_ORIGINS", ",".join(self.plan.cors_origins))
        self.grant_containers(database.grant_connect)
        self.grant_containers(cache.grant_read_credentials)

    def _build_modules(self, modules: tuple[Module, ...]) -> None:
        for module in modules:
            for spec in module.secrets:
                secret = self.data.secrets[spec.name]
                self.set_environment(
                    f"{spec.name.upper().replace('/', '_').replace('-', '_')}_ARN", secret.secret.secret_arn
                )
                self.grant_containers(secret.grant_read)
            with building(module, "service"):
                module.service(self)

    def add_permission_service(
        self, module: Module, id: str, *, spec: ServiceSpec, database: LogicalDatabase, key: CellSecret
    ) -> str:
        """Run OpenFGA, with its migrations and alarms; API and worker may ask it. Returns its address.

        It is built after the modules, with the cluster that it runs in.
        """

        def build() -> None:
            service = PermissionParts(self, module, database=database, key=key).build(id, spec)
            self.watch(service.monitor)
            self.open_door(service, "The service asks for permissions")

        self._in_cluster.append(build)
        return f"https://{self.plan.origin_domain}:{PERMISSIONS_PORT}"

    def add_handler(
        self,
        module: Module,
        id: str,
        *,
        description: str,
        code: Path,
        environment: Mapping[str, str],
        spec: FunctionSpec,
        in_network: bool = False,
    ) -> Handler:
        """Add a function of a module, with its alarms. `code` is the folder with its `index.py`.

        It runs outside of the VPC: what it needs are AWS's own addresses, and its role is what bounds it. With
        `in_network` it runs in the app subnets, to call the load balancer.
        """
        handler = Handler(
            self.module_scope(module),
            id,
            description=description,
            code=code,
            spec=spec,
            log_key=self.foundation.encryption.messaging_key,
            environment=environment,
            network=self.foundation.network if in_network else None,
        )
        if in_network:
            handler.connections.allow_to(
                self.load_balancer.load_balancer, ec2.Port.tcp(_HTTPS), "The function calls the services"
            )
        self._handlers.append(handler)
        return handler

    def add_consumer(
        self,
        module: Module,
        id: str,
        *,
        description: str,
        code: Path,
        environment: Mapping[str, str],
        queue: Queue,
        spec: ConsumerSpec,
        seen: Table | None = None,
        max_error_percent: float | None = None,
        in_network: bool = False,
    ) -> Handler:
        """Add a function that works off a queue, with its alarms. Only the messages of a batch that failed come again.

        `seen` is what it remembers of the messages that it has worked off: `DataLayer.add_idempotency_table`, named in
        the variable `IDEMPOTENCY_TABLE`. Without it the work itself has to bear being done twice.
        """
        days = self.plan.settings.api.log_retention_days
        consumer = self.add_handler(
            module,
            id,
            description=description,
            code=code,
            environment=environment,
            spec=spec.function(log_retention_days=days, max_error_percent=max_error_percent),
            in_network=in_network,
        )
        consumer.consume(queue, spec.consumer)
        if seen is not None:
            consumer.remember(seen)
        return consumer

    def _build_site(self) -> Site | None:
        if not isinstance(self.plan.frontend, SpaFrontend):
            return None
        return Site(
            self, "Site", log_bucket=self.foundation.log_bucket.bucket, protection=self.plan.settings.protection
        )

    def _build_amplify_app(self) -> AmplifyApp | None:
        if not isinstance(self.plan.frontend, AmplifyFrontend):
            return None
        settings = self.plan.settings
        return AmplifyApp(
            self,
            "Frontend",
            spec=self.plan.frontend,
            name=self.plan.identity.prefix,
            api_url=f"https://{self.plan.api_domain}",
            content_security_policy=settings.edge.content_security_policy,
            called=self._called_by_pages,
            shown=self._shown_by_pages,
            log_key=self.foundation.encryption.messaging_key,
            log_retention_days=settings.api.log_retention_days,
        )

    def _build_load_balancer(self) -> LoadBalancer:
        return LoadBalancer(
            self,
            "LoadBalancer",
            network=self.foundation.network,
            certificate=self.foundation.certificate.certificate,
            log_bucket=self.foundation.log_bucket.bucket,
            origin_domain=self.plan.origin_domain,
            zone=self.foundation.dns.zone,
            protection=self.plan.settings.protection,
        )

    def _build_cluster(self) -> Cluster:
        settings = self.plan.settings
        execute_command = settings.api.execute_command or settings.worker.execute_command
        return Cluster(
            self,
            "Cluster",
            network_vpc=self.foundation.network.vpc,
            key=self.foundation.encryption.messaging_key,
            execute_command_log_days=settings.api.log_retention_days if execute_command else None,
        )

    def _container(
        self, name: Container, *, id: str, command: tuple[str, ...], health: tuple[str, ...] | None
    ) -> ContainerSetup:
        return ContainerSetup(
            repository=self.repository(name, id),
            digest=self.plan.images[name],
            environment={**self._needs.environment, **self._tracing_environment(name)},
            command=command,
            port=contract.PORT,
            user=contract.USER,
            health_path=contract.HEALTH_PATH,
            health_command=health,
        )

    def _tracing_environment(self, name: Container) -> Mapping[str, str]:
        tracing = self.foundation.tracing
        if tracing is None or name == "migrations":
            return {}
        return tracing.environment_of(f"{self.plan.identity.prefix}-{name}")

    def repository(self, name: Container, id: str) -> ecr.IRepository:
        """The images of a container, in shared services."""
        repository = repository_name(self.plan.identity.product, name)
        arn = Stack.of(self).format_arn(
            service="ecr",
            account=self.plan.landing.shared_services_account,
            region=self.plan.landing.home_region,
            resource="repository",
            resource_name=repository,
        )
        return ecr.Repository.from_repository_attributes(self, id, repository_arn=arn, repository_name=repository)

    def _build_migrations(self) -> Migrations:
        migrations = Migrations(
            self,
            "Migrations",
            spec=self.plan.settings.migrations,
            container=self._container(
                "migrations", id="MigrationsRepository", command=contract.MIGRATIONS_COMMAND, health=None
            ),
            cluster=self.cluster.cluster,
            network=self.foundation.network,
            log_key=self.foundation.encryption.messaging_key,
            family=f"{self.plan.identity.prefix}-migrations",
            lock_name=f"{self.plan.identity.record_path}/migrations-lock",
        )
        migrations.connections.allow_to(
            self.data.database, ec2.Port.tcp(POSTGRES_PORT), "Migrations reach the database"
        )
        self.data.database.grant_read_master_secret(migrations.task_role)
        return migrations

    def _build_in_cluster(self) -> None:
        for build in self._in_cluster:
            build()

    def _build_api(self) -> ApiService:
        api = ApiService(
            self,
            "Api",
            spec=self.plan.settings.api,
            container=self._container(
                "api", id="ApiRepository", command=contract.API_COMMAND, health=contract.API_HEALTH_COMMAND
            ),
            cluster=self.cluster.cluster,
            network=self.foundation.network,
            load_balancer=self.load_balancer,
            log_key=self.foundation.encryption.messaging_key,
            family=f"{self.plan.identity.prefix}-api",
        )
        api.service.node.add_dependency(self.migrations.resource)
        return api

    def _build_api_gateway(self) -> ApiGateway | None:
        settings = self.plan.settings
        if not settings.gateway.enabled:
            return None
        gateway = ApiGateway(
            self,
            "Gateway",
            spec=settings.gateway,
            network=self.foundation.network,
            load_balancer=self.load_balancer,
            origin_domain=self.plan.origin_domain,
            name_prefix=self.plan.identity.prefix,
            edge_region=EDGE_REGION,
            secret_key=self.foundation.encryption.data_key,
            protection=settings.protection,
            log_key=self.foundation.encryption.messaging_key,
            log_retention_days=settings.api.log_retention_days,
            beside=self._rest_api,
        )
        # By name, because they outlive their reader: Edge stops to read them before the gateway goes.
        CfnOutput(self, GATEWAY_OUTPUT, value=gateway.rest_api.api.rest_api_id)
        for number, secret in gateway.keys.items():
            CfnOutput(self, gateway_key_output(number), value=secret.arn_in(EDGE_REGION))
        return gateway

    def _build_worker(self) -> WorkerService:
        worker = WorkerService(
            self,
            "Worker",
            spec=self.plan.settings.worker,
            container=self._container(
                "worker", id="WorkerRepository", command=contract.WORKER_COMMAND, health=contract.WORKER_HEALTH_COMMAND
            ),
            cluster=self.cluster.cluster,
            network=self.foundation.network,
            log_key=self.foundation.encryption.messaging_key,
            family=f"{self.plan.identity.prefix}-worker",
            queue_depth=self._queue_depth,
        )
        worker.service.node.add_dependency(self.migrations.resource)
        return worker

    def _open_doors(self) -> None:
        self._needs.apply(api=self.api.task_role, worker=self.worker.task_role)
        for service in (self.api, self.worker):
            if self.foundation.tracing is not None:
                self.foundation.tracing.grant_send(service.task_role)
            service.connections.allow_to(
                self.data.database, ec2.Port.tcp(POSTGRES_PORT), "The service reaches the database"
            )
            for group in self.data.cache.distinct_groups:
                service.connections.allow_to(group, ec2.Port.tcp(group.port), "The service reaches the cache")
            for to, description in self._doors:
                service.connections.allow_to_default_port(to, description)

    def _monitor(self) -> None:
        self.facade = self.monitoring(self.foundation.alarm_topic.topic)
        self.load_balancer.monitor(self.facade)
        self.api.monitor(self.facade)
        self.worker.monitor(self.facade)
        if self.api_gateway is not None:
            self.api_gateway.monitor(self.facade)
        if self.amplify_app is not None:
            self.amplify_app.monitor(self.facade)
        for handler in self._handlers:
            handler.monitor(self.facade)
        for monitor in self._watched:
            monitor(self.facade)
        self.health_alarm = self.health(self.facade)
