"""Redrive of dead-letter queues, which the emulator underneath does not have.

Messages move at once, however fast a caller asks for. See
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

import json

from ministack.core.responses import new_uuid
from ministack.services import sqs

from local.properties import Json


def move_messages() -> None:
    """Let SQS answer `StartMessageMoveTask`. Call once."""
    sqs._HANDLERS["StartMessageMoveTask"] = _start


def _start(data: dict[str, Json], _url: str) -> dict[str, Json]:
    arn = str(data.get("SourceArn", ""))
    source = sqs._queue_by_arn(arn)
    if source is None:
        raise sqs._Err("ResourceNotFoundException", f"The queue {arn} does not exist.", 404)
    sources = [queue for queue in sqs._queues.values() if _dead_letters_of(queue) == arn]
    wanted = str(data.get("DestinationArn", ""))
    target = sqs._queue_by_arn(wanted) if wanted else next(iter(sources), None)
    if not sources or target is None:
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    moved, source["messages"] = source["messages"], []
    for message in moved:
        message |= {"receive_count": 0, "first_receive_at": None, "receipt_handle": None, "visible_at": 0}
    target["messages"].extend(moved)
    return {"TaskHandle": new_uuid()}


def _dead_letters_of(queue: dict[str, Json]) -> str:
    attributes = queue.get("attributes")
    policy = attributes.get("RedrivePolicy") if isinstance(attributes, dict) else None
    if not isinstance(policy, str):
        return ""
    return str(json.loads(policy).get("deadLetterTargetArn", ""))
