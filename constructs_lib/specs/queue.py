"""A queue and the function that works it off."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.function import FunctionSpec, QueueConsumerSpec, check_visibility


class ConsumerSpec(Spec):
    """The numbers of a queue and of its consumer, for the settings of a module."""

    visibility_seconds: Annotated[int, Field(ge=1, le=43200)] = 180
    """A message that was received is hidden for so long: at least six times `timeout_seconds`."""
    retention_days: Annotated[int, Field(ge=1, le=14)] = 4
    """A message that nobody takes is lost after so many days."""
    backlog: Annotated[int, Field(ge=1)] = 1000
    """More messages than this that wait raise an alarm."""
    batch_size: Annotated[int, Field(ge=1, le=10)] = 10
    """The consumer gets so many messages at once, at most."""
    timeout_seconds: Annotated[int, Field(ge=1, le=900)] = 30
    """The consumer may take so long for a batch."""
    memory_mib: Annotated[int, Field(ge=128, le=10240)] = 512
    """The memory of the consumer; its share of a processor grows with it."""
    max_concurrency: Annotated[int, Field(ge=2, le=1000)] = 10
    """So many batches are worked off at once, at most."""

    @model_validator(mode="after")
    def _a_message_is_hidden_while_it_is_worked_on(self) -> Self:
        try:
            check_visibility(visibility_seconds=self.visibility_seconds, timeout_seconds=self.timeout_seconds)
        except InputError as error:
            raise PydanticCustomError(
                "visibility", "{message}", {"message": error.message, "hint": error.hint}
            ) from None
        return self

    def function(self, *, log_retention_days: int, max_error_percent: float | None = None) -> FunctionSpec:
        """The consumer's function."""
        return FunctionSpec(
            timeout_seconds=self.timeout_seconds,
            memory_mib=self.memory_mib,
            log_retention_days=log_retention_days,
            max_error_percent=max_error_percent,
        )

    @property
    def consumer(self) -> QueueConsumerSpec:
        """How the function takes messages."""
        return QueueConsumerSpec(batch_size=self.batch_size, max_concurrency=self.max_concurrency)


class ConsumedQueueSpec(ConsumerSpec):
    """The same for a queue with a dead-letter queue."""

    max_receives: Annotated[int, Field(ge=1, le=1000)] = 3
    """A message that was tried so often goes to the dead-letter queue."""
