"""The numbers of a queue and its consumer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from constructs_lib.specs.queue import ConsumedQueueSpec


@given(timeout=st.integers(1, 900), visibility=st.integers(1, 43200))
def test_a_message_is_hidden_for_six_timeouts_or_the_numbers_are_refused(timeout, visibility):
    if visibility >= 6 * timeout:
        assert ConsumedQueueSpec(timeout_seconds=timeout, visibility_seconds=visibility)
    else:
        with pytest.raises(ValidationError, match=f"hides a message for {visibility} s"):
            ConsumedQueueSpec(timeout_seconds=timeout, visibility_seconds=visibility)


def test_queue_and_function_take_the_numbers_of_the_spec():
    spec = ConsumedQueueSpec(batch_size=5, max_concurrency=7, timeout_seconds=9, visibility_seconds=54, memory_mib=1024)

    function = spec.function(log_retention_days=30, max_error_percent=1)
    assert (spec.consumer.batch_size, spec.consumer.max_concurrency) == (5, 7)
    assert (function.timeout_seconds, function.memory_mib, function.max_error_percent) == (9, 1024, 1)
