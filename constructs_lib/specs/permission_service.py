"""The permission service of a cell."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.service import ServiceSpec, refuse_memory

DATABASE_NAME = "openfga"
"""The database of the permission service, and the user that signs in to it."""

OPENFGA: Mapping[str, str] = MappingProxyType(
    {
        "OPENFGA_AUTHN_METHOD": "preshared",
        "OPENFGA_DATASTORE_ENGINE": "postgres",
        # A connection that nobody uses would keep a database awake that may pause.
        "OPENFGA_DATASTORE_CONN_MAX_IDLE_TIME": "60s",
        # Inside the task: what listens outside of it speaks TLS.
        "OPENFGA_GRPC_ADDR": "127.0.0.1:8081",
        "OPENFGA_HTTP_ADDR": "127.0.0.1:8080",
        "OPENFGA_LOG_FORMAT": "json",
        "OPENFGA_METRICS_ENABLED": "false",
        "OPENFGA_PLAYGROUND_ENABLED": "false",
    }
)
"""How OpenFGA runs in every cell. https://openfga.dev/docs/getting-started/setup-openfga/configuration"""

Tasks = Annotated[int, Field(ge=1, le=200)]


class PermissionServiceSpec(Spec):
    """The numbers of OpenFGA on Fargate."""

    cpu: Literal[256, 512, 1024, 2048, 4096] = 256
    """CPU units of a task; 1024 is one vCPU."""
    memory_mib: Annotated[int, Field(ge=512, le=30720)] = 512
    """Memory of a task. Fargate allows certain pairs of `cpu` and `memory_mib` only."""
    min_tasks: Tasks | None = None
    """Tasks that always run. None: as many as those of the API, and one at least."""
    max_tasks: Tasks | None = None
    """Auto-scaling never runs more. None: as many as those of the API, or `min_tasks` if that is more."""
    model_id: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")] | None = None
    """The authorization model that the application asks, a ULID. None: the latest of the store."""

    @model_validator(mode="after")
    def _memory_fits_cpu(self) -> Self:
        refuse_memory(self.cpu, self.memory_mib)
        return self

    @model_validator(mode="after")
    def _task_range_is_ordered(self) -> Self:
        if self.min_tasks is not None and self.max_tasks is not None and self.min_tasks > self.max_tasks:
            raise ValueError(f"min_tasks must be <= max_tasks ({self.max_tasks}), got {self.min_tasks}")
        return self

    def service(self, api: ServiceSpec) -> ServiceSpec:
        """The service beside an API: its capacity provider and logs, and tasks like it where nothing is said."""
        least = self.min_tasks or min(max(1, api.min_tasks), self.max_tasks or api.max_tasks)
        return ServiceSpec(
            cpu=self.cpu,
            memory_mib=self.memory_mib,
            min_tasks=least,
            max_tasks=self.max_tasks or max(least, api.max_tasks),
            cpu_target_percent=api.cpu_target_percent,
            requests_per_task_per_minute=None,
            queue_depth_per_task=None,
            spot=api.spot,
            execute_command=False,
            log_retention_days=api.log_retention_days,
        )
