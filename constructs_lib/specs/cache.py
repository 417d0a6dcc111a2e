"""The ElastiCache (Valkey) groups of a cell."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec


class CacheSpec(Spec):
    """Valkey for sessions, cache, rate limits and job queues."""

    separate_queues: bool
    """Two groups: one for cache and sessions that evicts, one for queues that never does.

    Otherwise one group that never evicts.
    """
    node_type: Annotated[str, Field(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")]
    """Node type of each group, such as `cache.t4g.small` (ARM64)."""
    replicas: Annotated[int, Field(ge=0, le=5)]
    """Replicas per group, in other zones than the primary."""
    multi_az: bool
    """Whether a replica takes over when the primary's zone fails. Needs at least one replica."""
    snapshot_retention_days: Annotated[int, Field(ge=0, le=35)]
    """Daily snapshots kept this long. 0 takes none."""

    @model_validator(mode="after")
    def _multi_az_has_a_replica(self) -> Self:
        if self.multi_az and self.replicas == 0:
            raise ValueError("multi_az needs at least one replica")
        return self
