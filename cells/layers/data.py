"""Data: everything that cannot be rebuilt. Permanent, and protected twice."""

from aws_cdk import Duration
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

from cells.layers.foundation import FoundationLayer
from cells.layers.layer import Layer
from cells.modules.building import building
from cells.modules.module import Module
from cells.plan import CellPlan
from constructs_lib.asset_store import AssetStore
from constructs_lib.backup_watch import BackupWatch
from constructs_lib.cache import Cache
from constructs_lib.data_bucket import data_bucket, log_bucket_of
from constructs_lib.database import Database
from constructs_lib.email_sender import EmailSender
from constructs_lib.event_bus import EventBus
from constructs_lib.failure_queue import FailureQueue
from constructs_lib.immutable_bucket import ImmutableBucket
from constructs_lib.logical_database import LogicalDatabase
from constructs_lib.queue import BACKLOG, Queue
from constructs_lib.restore_test import RestoreTest
from constructs_lib.revision_store import RevisionStore
from constructs_lib.search_domain import SearchDomain
from constructs_lib.secret import CellSecret
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.email import EmailSpec
from constructs_lib.specs.events import EventBusSpec
from constructs_lib.specs.search import InstanceType, SearchDomainSpec, default_nodes
from constructs_lib.specs.secret import SecretSpec
from constructs_lib.specs.table import IDEMPOTENCY_TABLE, TableSpec
from constructs_lib.specs.virus_scan import VirusScanSpec
from constructs_lib.storage import Storage
from constructs_lib.table import Table
from constructs_lib.topic import Topic
from constructs_lib.user_pool import UserPool
from constructs_lib.virus_scan import VirusScan


class DataLayer(Layer):
    """Aurora, ElastiCache, buckets, secrets and what the modules keep."""

    def __init__(
        self, scope: Construct, id: str, *, plan: CellPlan, foundation: FoundationLayer, modules: tuple[Module, ...]
    ) -> None:
        super().__init__(
            scope,
            id,
            plan=plan,
            layer="data",
            description="Database, cache, buckets and secrets of a product cell",
            permanent=True,
        )
        self._foundation = foundation
        self.secrets: dict[str, CellSecret] = {}
        self.user_pool: UserPool | None = None
        """Who signs in to the product, once the module `auth` has made it."""
        self.queues: dict[str, Queue] = {}
        """The queues of the modules, each as `module/id`."""
        self.bus: EventBus | None = None
        """The bus of the module `events`, for the modules that require it."""
        self.database = self._build_database()
        self.cache = self._build_cache()
        self.storage = Storage(
            self,
            "Storage",
            spec=plan.settings.storage,
            key=foundation.encryption.data_key,
            log_bucket=foundation.log_bucket.bucket,
            protection=plan.settings.protection,
            page_origins=plan.page_origins,
        )
        self.facade = self.monitoring(foundation.alarm_topic.topic)
        self._build_modules(modules)
        self._watch_backups()
        self.pagerduty_url = self._build_pagerduty_url() if plan.alerts.pagerduty else None
        self._monitor()

    def add_topic(self, module: Module, id: str) -> Topic:
        """Add a topic that a module publishes to, encrypted with the messaging key."""
        return Topic(self.module_scope(module), id, key=self._foundation.encryption.messaging_key)

    def add_queue(
        self,
        module: Module,
        id: str,
        *,
        visibility_timeout_seconds: int,
        retention_days: int,
        max_receives: int | None = 3,
        backlog: int = BACKLOG,
    ) -> Queue:
        """Add a queue with its dead-letter queue and alarms, encrypted with the messaging key.

        Without `max_receives` there is no dead-letter queue: for a consumer that keeps whatever comes. More than
        `backlog` messages that wait raise an alarm.
        """
        queue = Queue(
            self.module_scope(module),
            id,
            key=self._foundation.encryption.messaging_key,
            visibility_timeout=Duration.seconds(visibility_timeout_seconds),
            retention=Duration.days(retention_days),
            protection=self.plan.settings.protection,
            facade=self.facade,
            max_receives=max_receives,
            backlog=backlog,
        )
        self.queues[f"{module.name}/{id}"] = queue
        return queue

    def add_revision_store(self, module: Module, id: str, *, retention_days: int) -> RevisionStore:
        """Add a bucket whose versions nobody can change, encrypted with the data key."""
        return RevisionStore(
            self.module_scope(module),
            id,
            retention_days=retention_days,
            key=self._foundation.encryption.data_key,
            log_bucket=self._foundation.log_bucket.bucket,
            log_prefix=f"{module.name}-{id.lower()}/",
            protection=self.plan.settings.protection,
        )

    def add_asset_store(self, module: Module, id: str, *, prefix: str) -> AssetStore:
        """Add a bucket of public files that the pages of the product upload to."""
        return AssetStore(
            self.module_scope(module),
            id,
            prefix=prefix,
            origins=self.plan.page_origins,
            restore_days=self.plan.settings.storage.noncurrent_version_days,
            log_bucket=self._foundation.log_bucket.bucket,
            log_prefix=f"{module.name}/",
            protection=self.plan.settings.protection,
        )

    def add_secret(self, module: Module, id: str, spec: SecretSpec) -> CellSecret:
        """Add a secret that is there because of a setting; those that are always there are `Module.secrets`."""
        self.secrets[spec.name] = CellSecret(
            self.module_scope(module),
            id,
            spec=spec,
            key=self._foundation.encryption.data_key,
            protection=self.plan.settings.protection,
        )
        return self.secrets[spec.name]

    def add_versioned_bucket(self, module: Module, id: str) -> Bucket:
        """Add a private bucket with versions, encrypted with the data key."""
        scope = self.module_scope(module)
        return data_bucket(
            scope,
            id,
            key=self._foundation.encryption.data_key,
            log_bucket=log_bucket_of(scope, self._foundation.log_bucket.bucket),
            log_prefix=f"{module.name}-{id.lower()}/",
            protection=self.plan.settings.protection,
        )

    def add_failure_queue(self, module: Module, id: str) -> FailureQueue:
        """Add a queue, with an alarm, for what a stream or a schedule could not deliver."""
        return FailureQueue(
            self.module_scope(module),
            id,
            key=self._foundation.encryption.messaging_key,
            protection=self.plan.settings.protection,
            facade=self.facade,
        )

    def add_table(
        self, module: Module, id: str, spec: TableSpec, *, classification: DataClassification = "confidential"
    ) -> Table:
        """Add a table with its alarms, encrypted with the data key."""
        table = Table(
            self.module_scope(module),
            id,
            spec=spec,
            key=self._foundation.encryption.data_key,
            protection=self.plan.settings.protection,
            classification=classification,
        )
        table.monitor(self.facade)
        return table

    def add_idempotency_table(self, module: Module, id: str) -> Table:
        """Add the memory of a consumer: what it has done already. Pass it to `ServiceLayer.add_consumer`."""
        return self.add_table(module, id, IDEMPOTENCY_TABLE)

    def add_bus(self, module: Module, id: str, spec: EventBusSpec) -> EventBus:
        """Add an event bus with its archive, named after the cell and encrypted with the messaging key."""
        self.bus = EventBus(
            self.module_scope(module),
            id,
            name=self.plan.identity.prefix,
            spec=spec,
            key=self._foundation.encryption.messaging_key,
        )
        return self.bus

    def add_logical_database(self, module: Module, id: str, *, name: str) -> LogicalDatabase:
        """Add a database in the cell's cluster that nobody but its own user gets into."""
        return self.database.add_logical_database(self.module_scope(module), id, name=name)

    def add_search_domain(
        self, module: Module, id: str, *, nodes: int | None, instance_type: InstanceType, volume_gib: int
    ) -> SearchDomain:
        """Add an OpenSearch domain with its alarms, encrypted with the data key.

        Without `nodes` it has three where the cache spans zones, and one elsewhere.
        """
        settings = self.plan.settings
        domain = SearchDomain(
            self.module_scope(module),
            id,
            spec=SearchDomainSpec(
                nodes=nodes or default_nodes(multi_az=settings.cache.multi_az),
                instance_type=instance_type,
                volume_gib=volume_gib,
                log_retention_days=settings.api.log_retention_days,
            ),
            network_vpc=self._foundation.network.vpc,
            subnets=self._foundation.network.data_subnets,
            key=self._foundation.encryption.data_key,
            log_key=self._foundation.encryption.messaging_key,
            protection=settings.protection,
            callers=("layer", "service"),
        )
        domain.monitor(self.facade)
        return domain

    def add_virus_scan(self, module: Module, id: str, spec: VirusScanSpec) -> VirusScan:
        """Scan what is uploaded into the files bucket; what the containers may read depends on what was found."""
        scan = VirusScan(
            self.module_scope(module),
            id,
            spec=spec,
            bucket=self.storage.files,
            key=self._foundation.encryption.data_key,
            readers=("layer", "service"),
        )
        scan.monitor(self.facade)
        return scan

    def add_email_sender(self, module: Module, id: str, spec: EmailSpec, *, feedback: Queue) -> EmailSender:
        """Add the cell's domain as a sender of mail, with its alarms. What comes back goes to `feedback`."""
        sender = EmailSender(
            self.module_scope(module), id, zone=self._foundation.dns.zone, spec=spec, feedback=feedback
        )
        sender.monitor(self.facade)
        return sender

    def add_immutable_bucket(self, module: Module, id: str) -> ImmutableBucket:
        """Add a bucket, encrypted with the data key, whose objects are locked for as long as the settings say."""
        return ImmutableBucket(
            self.module_scope(module),
            id,
            key=self._foundation.encryption.data_key,
            log_bucket=self._foundation.log_bucket.bucket,
            log_prefix=f"{module.name}/",
            lock_days=self.plan.settings.storage.audit_lock_days,
            protection=self.plan.settings.protection,
        )

    def subscribe(self, topic: Topic, queue: Queue) -> None:
        """Deliver what is published to the topic into the queue, as it was published."""
        topic.topic.add_subscription(subscriptions.SqsSubscription(queue.queue, raw_message_delivery=True))

    def _build_database(self) -> Database:
        database = Database(
            self,
            "Database",
            spec=self.plan.settings.database,
            network_vpc=self._foundation.network.vpc,
            subnets=self._foundation.network.data_subnets,
            key=self._foundation.encryption.data_key,
            log_key=self._foundation.encryption.messaging_key,
            protection=self.plan.settings.protection,
        )
        database.add_application_user()
        return database

    def _build_cache(self) -> Cache:
        return Cache(
            self,
            "Cache",
            spec=self.plan.settings.cache,
            network_vpc=self._foundation.network.vpc,
            subnets=self._foundation.network.data_subnets,
            key=self._foundation.encryption.data_key,
            log_key=self._foundation.encryption.messaging_key,
            protection=self.plan.settings.protection,
            name_prefix=self.plan.identity.prefix,
        )

    def _build_modules(self, modules: tuple[Module, ...]) -> None:
        for module in modules:
            for spec in module.secrets:
                self.add_secret(module, spec.name.partition("/")[2].title().replace("-", ""), spec)
            with building(module, "data"):
                module.data(self)

    def _watch_backups(self) -> None:
        protection = self.plan.settings.protection
        if protection.backups != "none":
            BackupWatch(
                self,
                "BackupWatch",
                key=self._foundation.encryption.messaging_key,
                protection=protection,
                facade=self.facade,
            )
        if protection.restore_tests:
            RestoreTest(self, "RestoreTest", database=self.database, backups=protection.backups)

    def _build_pagerduty_url(self) -> CellSecret:
        return CellSecret(
            self,
            "PagerDutyUrl",
            spec=SecretSpec(
                name="alerts/pagerduty-url",
                kind="external",
                description="Integration URL of the PagerDuty service, with the integration Amazon CloudWatch",
            ),
            key=self._foundation.encryption.data_key,
            protection=self.plan.settings.protection,
        )

    def _monitor(self) -> None:
        self.database.monitor(self.facade)
        self.cache.monitor(self.facade)
        self.health_alarm = self.health(self.facade)
