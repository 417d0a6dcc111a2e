"""The Fargate services of a cell: API and worker."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
_MEMORY_MIB = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
}


def refuse_memory(cpu: int, memory_mib: int) -> None:
    """Raise ValueError for a pair that Fargate does not have."""
    allowed = _MEMORY_MIB[cpu]
    if memory_mib not in allowed:
        raise ValueError(
            f"memory_mib must be one of {allowed[0]} to {allowed[-1]} that Fargate allows for cpu {cpu}, "
            f"got {memory_mib}"
        )


class ServiceSpec(Spec):
    """One Fargate service on ARM64."""

    cpu: Literal[256, 512, 1024, 2048, 4096]
    """CPU units of a task; 1024 is one vCPU."""
    memory_mib: Annotated[int, Field(ge=512, le=30720)]
    """Memory of a task. Fargate allows certain pairs of `cpu` and `memory_mib` only."""
    min_tasks: Annotated[int, Field(ge=0, le=200)]
    """Tasks that always run."""
    max_tasks: Annotated[int, Field(ge=1, le=200)]
    """Auto-scaling never runs more."""
    cpu_target_percent: Annotated[int, Field(ge=20, le=90)]
    """Average CPU that auto-scaling holds."""
    requests_per_task_per_minute: Annotated[int, Field(ge=10)] | None
    """Requests per task that auto-scaling holds (API). None: not scaled on requests."""
    queue_depth_per_task: Annotated[int, Field(ge=1)] | None
    """Waiting jobs per task that auto-scaling holds (worker). None: not scaled on queue depth."""
    spot: bool
    """Run on Fargate Spot: cheaper, and a task may be stopped with two minutes' notice. Never in prod."""
    execute_command: bool
    """Whether ECS Exec may open a shell in a task. Never in prod."""
    log_retention_days: Annotated[int, Field(ge=1)]
    """Log retention in CloudWatch Logs."""

    @model_validator(mode="after")
    def _memory_fits_cpu(self) -> Self:
        refuse_memory(self.cpu, self.memory_mib)
        return self

    @model_validator(mode="after")
    def _task_range_is_ordered(self) -> Self:
        if self.min_tasks > self.max_tasks:
            raise ValueError(f"min_tasks must be <= max_tasks ({self.max_tasks}), got {self.min_tasks}")
        return self


class ApiSpec(ServiceSpec):
    """The service behind the load balancer, and how a new version of it takes over."""

    deployment: Literal["rolling", "blue-green", "canary"] = "rolling"
    """How an update takes over: task by task, all requests at once to a second set of tasks, or a part of them first.

    `blue-green` and `canary` run both versions for a while and scale on CPU only.
    """
    bake_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """How long the old version stays ready after the new one has all requests, and how long a canary is watched."""
    canary_percent: Annotated[int, Field(ge=1, le=50)] = 10
    """The part of the requests that a canary takes."""

    @property
    def shifts_traffic(self) -> bool:
        """Whether an update is a second set of tasks that requests are moved to."""
        return self.deployment != "rolling"


class MigrationsSpec(Spec):
    """The one-off task that migrates the database before new code takes traffic."""

    cpu: Literal[256, 512, 1024, 2048, 4096]
    memory_mib: Annotated[int, Field(ge=512, le=30720)]
    timeout_minutes: Annotated[int, Field(ge=1, le=14)]
    """A migration that runs longer is stopped and the update fails.

    14, because the function that waits lives 15 minutes.
    """
    log_retention_days: Annotated[int, Field(ge=1)]
