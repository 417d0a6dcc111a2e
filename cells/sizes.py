"""The sizes: named profiles of every setting.

The numbers come from the platform's design: `prod` runs 2 to 10 tasks over three zones with a writer and readers up to
128 ACU; `staging` has prod's shape with smaller numbers; `dev` runs the least that still is the same cell; `prototype`
serves fewer than 100 users with one NAT gateway and one task, and costs next to nothing while idle.
"""

from typing import Literal, get_args

from cells.settings import Settings
from constructs_lib.specs.cache import CacheSpec
from constructs_lib.specs.database import DatabaseSpec
from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.specs.identity import Environment
from constructs_lib.specs.network import InterfaceEndpoint, NetworkSettings
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.service import ApiSpec, MigrationsSpec, ServiceSpec
from constructs_lib.specs.storage import StorageSpec
from constructs_lib.specs.tracing import TracingSpec

Size = Literal["prototype", "dev", "staging", "prod"]
SIZE_NAMES: tuple[Size, ...] = get_args(Size)

DEFAULT_SIZES: dict[Environment, Size] = {"sandbox": "prototype", "dev": "dev", "staging": "staging", "prod": "prod"}
"""The size that an environment has when the product file says nothing."""

_ENDPOINTS: tuple[InterfaceEndpoint, ...] = ("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "ssm", "sts")

_CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)

_DISPOSABLE = ProtectionSpec(removal="destroy", deletion_protection=False, termination_protection=False, backups="none")
_UNTRACED = TracingSpec(enabled=False, sampling_percent=5, indexed_percent=1)
_PROTECTED = ProtectionSpec(removal="retain", deletion_protection=True, termination_protection=True)


def _edge(*, log_retention_days: int, bot_control: Literal["block", "count", "off"]) -> EdgeSpec:
    return EdgeSpec(
        common_rules="block",
        known_bad_inputs="block",
        sql_injection="block",
        cross_site_scripting="block",
        ip_reputation="block",
        bot_control=bot_control,
        rate_limit="block",
        requests_per_five_minutes=2000,
        geo_blocking="off",
        blocked_countries=(),
        price_class="100",
        content_security_policy=_CSP,
        log_retention_days=log_retention_days,
    )


def _api(cpu: Literal[256, 512, 1024], memory_mib: int, tasks: tuple[int, int], *, production: bool) -> ApiSpec:
    return ApiSpec(
        cpu=cpu,
        memory_mib=memory_mib,
        min_tasks=tasks[0],
        max_tasks=tasks[1],
        cpu_target_percent=70,
        requests_per_task_per_minute=1000,
        queue_depth_per_task=None,
        spot=not production,
        execute_command=not production,
        log_retention_days=90 if production else 14,
    )


def _worker(api: ApiSpec) -> ServiceSpec:
    alike = api.model_dump(include=set(ServiceSpec.model_fields))
    return ServiceSpec.model_validate({**alike, "requests_per_task_per_minute": None, "queue_depth_per_task": 100})


def _database(acu: tuple[float, float], *, pause: int | None = None, backup_days: int, log_days: int) -> DatabaseSpec:
    return DatabaseSpec(
        min_acu=acu[0],
        max_acu=acu[1],
        auto_pause_minutes=pause,
        readers=0,
        max_readers=0,
        reader_cpu_target_percent=60,
        backup_retention_days=backup_days,
        deploy_snapshots=5,
        insights="standard",
        log_retention_days=log_days,
    )


def _storage(
    *, versions: int, archive: int | None, backups: int, logs: int, audit_lock: int | None = None
) -> StorageSpec:
    return StorageSpec(
        noncurrent_version_days=versions,
        archive_after_days=archive,
        backup_retention_days=backups,
        access_log_retention_days=logs,
        audit_lock_days=audit_lock,
    )


def _small(*, database: DatabaseSpec, api: ApiSpec) -> Settings:
    return Settings(
        network=NetworkSettings(nat="single", interface_endpoints=()),
        database=database,
        cache=CacheSpec(
            separate_queues=False, node_type="cache.t4g.micro", replicas=0, multi_az=False, snapshot_retention_days=0
        ),
        storage=_storage(versions=7, archive=None, backups=7, logs=30),
        api=api,
        worker=_worker(api),
        migrations=MigrationsSpec(cpu=256, memory_mib=512, timeout_minutes=10, log_retention_days=14),
        edge=_edge(log_retention_days=14, bot_control="off"),
        protection=_DISPOSABLE,
        tracing=_UNTRACED,
    )


SIZES: dict[Size, Settings] = {
    "prototype": _small(
        database=_database((0, 1), pause=15, backup_days=1, log_days=7),
        api=_api(256, 512, (1, 1), production=False),
    ),
    "dev": _small(
        database=_database((0.5, 4), backup_days=7, log_days=14),
        api=_api(256, 512, (1, 2), production=False),
    ),
    "staging": Settings(
        network=NetworkSettings(nat="regional", interface_endpoints=_ENDPOINTS),
        database=_database((0.5, 16), backup_days=14, log_days=30).model_copy(update={"readers": 1, "max_readers": 2}),
        cache=CacheSpec(
            separate_queues=True, node_type="cache.t4g.small", replicas=1, multi_az=True, snapshot_retention_days=1
        ),
        storage=_storage(versions=30, archive=90, backups=30, logs=90, audit_lock=30),
        api=_api(512, 1024, (2, 4), production=True),
        worker=_worker(_api(512, 1024, (1, 4), production=True)),
        migrations=MigrationsSpec(cpu=512, memory_mib=1024, timeout_minutes=14, log_retention_days=30),
        edge=_edge(log_retention_days=30, bot_control="block"),
        protection=_PROTECTED.model_copy(update={"backups": "daily"}),
        tracing=_UNTRACED,
    ),
    "prod": Settings(
        network=NetworkSettings(nat="regional", interface_endpoints=_ENDPOINTS),
        database=_database((0.5, 128), backup_days=35, log_days=90).model_copy(
            update={"readers": 1, "max_readers": 15, "insights": "advanced"}
        ),
        cache=CacheSpec(
            separate_queues=True, node_type="cache.r7g.large", replicas=1, multi_az=True, snapshot_retention_days=7
        ),
        storage=_storage(versions=90, archive=90, backups=365, logs=365, audit_lock=365),
        api=_api(1024, 2048, (2, 10), production=True),
        worker=_worker(_api(1024, 2048, (2, 10), production=True)),
        migrations=MigrationsSpec(cpu=1024, memory_mib=2048, timeout_minutes=14, log_retention_days=90),
        edge=_edge(log_retention_days=365, bot_control="block"),
        protection=_PROTECTED.model_copy(update={"restore_tests": True}),
        tracing=_UNTRACED,
    ),
}
