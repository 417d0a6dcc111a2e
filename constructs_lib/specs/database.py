"""The Aurora PostgreSQL cluster of a cell."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

Acu = Annotated[float, Field(ge=0, le=256, multiple_of=0.5)]

_CONNECTIONS_PER_ACU = 211.4
_CONNECTIONS_KEPT = 22.4
_MOST_CONNECTIONS = 5000
_SMALL_ACU = 0.5
_MOST_CONNECTIONS_OF_SMALL = 2000


class DatabaseSpec(Spec):
    """Aurora PostgreSQL Serverless v2. One ACU is about 2 GiB of memory with the processor that goes with it."""

    min_acu: Acu
    """Capacity never falls below this. 0 pauses an idle cluster and needs `auto_pause_minutes`."""
    max_acu: Annotated[float, Field(ge=1, le=256, multiple_of=0.5)]
    """Capacity never rises above this."""
    auto_pause_minutes: Annotated[int, Field(ge=5, le=1440)] | None
    """Idle minutes before a cluster with `min_acu: 0` pauses. None for a cluster that never pauses."""
    readers: Annotated[int, Field(ge=0, le=15)]
    """Readers that always run, each in another zone than the writer."""
    max_readers: Annotated[int, Field(ge=0, le=15)]
    """Reader auto-scaling adds readers up to this. Equal to `readers`: no auto-scaling."""
    reader_cpu_target_percent: Annotated[int, Field(ge=20, le=90)]
    """Average reader CPU that auto-scaling holds."""
    backup_retention_days: Annotated[int, Field(ge=1, le=35)]
    """Point-in-time recovery reaches back this far."""
    deploy_snapshots: Annotated[int, Field(ge=1, le=20)]
    """How many of the snapshots stay that `cells deploy` takes before a change that touches the database."""
    insights: Literal["standard", "advanced"]
    """CloudWatch Database Insights mode; `advanced` keeps 15 months of query statistics."""
    log_retention_days: Annotated[int, Field(ge=1)]
    """PostgreSQL log retention in CloudWatch Logs."""
    cpu_alarm_percent: Annotated[int, Field(ge=1, le=100)] = 85
    """An alarm when the processors are busier than this for `cpu_alarm_minutes`."""
    cpu_alarm_minutes: Literal[5, 10, 15, 30, 60] = 15
    connections_alarm_percent: Annotated[int, Field(ge=1, le=100)] = 80
    """An alarm when an instance has more than this share of the connections that its capacity range lets it have.

    Which that is: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
    """

    @property
    def max_connections(self) -> int:
        """The connections that an instance takes: by `max_acu`, at most 5,000, and 2,000 where it may fall to 0.5 ACU.

        AWS gives a table (189 for 1 ACU, 823 for 4, 1,669 for 8, 3,360 for 16); this is the line through it.
        """
        ceiling = _MOST_CONNECTIONS_OF_SMALL if self.min_acu <= _SMALL_ACU else _MOST_CONNECTIONS
        return min(round(_CONNECTIONS_PER_ACU * self.max_acu - _CONNECTIONS_KEPT), ceiling)

    @model_validator(mode="after")
    def _capacity_range_is_ordered(self) -> Self:
        if self.min_acu > self.max_acu:
            raise ValueError(f"min_acu must be <= max_acu ({self.max_acu:g}), got {self.min_acu:g}")
        return self

    @model_validator(mode="after")
    def _pause_goes_with_zero(self) -> Self:
        if (self.min_acu == 0) != (self.auto_pause_minutes is not None):
            raise ValueError("auto_pause_minutes goes with min_acu 0, and only with it")
        return self

    @model_validator(mode="after")
    def _reader_range_is_ordered(self) -> Self:
        if self.readers > self.max_readers:
            raise ValueError(f"readers must be <= max_readers ({self.max_readers}), got {self.readers}")
        return self
