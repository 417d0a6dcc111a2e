"""A function of the platform: how long it may run, with how much memory, how often at once."""

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError

VISIBILITY_FACTOR = 6
"""A queue hides a message for at least this many timeouts of its function: Lambda retries inside that time.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

POWERTOOLS_PUBLISHER = "017000801446"
"""The account of AWS that publishes the layers of Powertools for AWS Lambda, in every region of the partition `aws`."""
POWERTOOLS_VERSION = "3.24.0"
"""The release in the layer. Tests run with the same one."""

# Layer AWSLambdaPowertoolsPythonV3-python313-arm64 as of 2026-01; each release counts up alike in all regions.
# https://docs.aws.amazon.com/powertools/python/3.24.0/getting-started/install
_POWERTOOLS_LAYER = {
    "ap-northeast-1": 27,
    "ap-northeast-2": 27,
    "ap-south-1": 27,
    "ap-southeast-1": 27,
    "ap-southeast-2": 27,
    "ca-central-1": 27,
    "eu-central-1": 27,
    "eu-north-1": 27,
    "eu-west-1": 27,
    "eu-west-2": 27,
    "eu-west-3": 27,
    "sa-east-1": 27,
    "us-east-1": 27,
    "us-east-2": 27,
    "us-west-2": 27,
}


class FunctionSpec(Spec):
    """The numbers of a Lambda function."""

    timeout_seconds: Annotated[int, Field(ge=1, le=900)] = 30
    memory_mib: Annotated[int, Field(ge=128, le=10240)] = 256
    reserved_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    """So many at once and no more, taken off what the account has for all. None: what the account has left."""
    log_retention_days: int = 90
    max_error_percent: Annotated[float, Field(gt=0, lt=100)] | None = None
    """More calls than this fail: an alarm. None: the first one that fails is."""


class QueueConsumerSpec(Spec):
    """How a function takes messages off a queue."""

    batch_size: Annotated[int, Field(ge=1, le=10)] = 10
    """Messages per call, at most."""
    batching_window_seconds: Annotated[int, Field(ge=0, le=300)] = 0
    """How long Lambda waits for a full batch."""
    max_concurrency: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Calls at once, at most. None: as many as the function may have."""


class StreamConsumerSpec(Spec):
    """How a function reads the changes of a table."""

    batch_size: Annotated[int, Field(ge=1, le=10000)] = 100
    batching_window_seconds: Annotated[int, Field(ge=0, le=300)] = 5
    retries: Annotated[int, Field(ge=0, le=10000)] = 10
    """After so many a batch goes to the dead-letter queue, and the stream goes on."""
    starts_at: Literal["latest", "oldest"] = "oldest"
    """Which change is the first one, when the function is new."""


def powertools_layer_version(region: str) -> int:
    """The version, in a region, of the layer with Powertools for Python 3.13 on ARM64.

    Raises InputError for a region that the table does not have.
    """
    version = _POWERTOOLS_LAYER.get(region)
    if version is None:
        raise InputError(
            f"the Powertools layer in region '{region}' is not on record",
            hint="look its version up (aws lambda list-layer-versions) and add it to constructs_lib/specs/function.py",
        )
    return version


def check_visibility(*, visibility_seconds: int, timeout_seconds: int) -> None:
    """Raise InputError when a queue hides its messages for a shorter time than its function needs."""
    least = VISIBILITY_FACTOR * timeout_seconds
    if visibility_seconds < least:
        raise InputError(
            f"the queue hides a message for {visibility_seconds} s, but its function may run {timeout_seconds} s",
            hint=f"set the visibility timeout to {least} s or more ({VISIBILITY_FACTOR} times the function's timeout)",
        )
