"""Tells the cell what GuardDuty found in an upload: one event of the module `virus-scan` on the cell's bus.

A message may come twice; the event carries the id of the scan's own event, by which a consumer knows it again.
"""

import json
import os
from typing import TypedDict

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

SOURCE = "virus-scan"
_KINDS = {"NO_THREATS_FOUND": "file.clean", "THREATS_FOUND": "file.infected"}
_UNKNOWN = "file.not-scanned"
_METRICS = {"file.clean": "FilesClean", "file.infected": "FilesInfected", _UNKNOWN: "FilesNotScanned"}


class Found(TypedDict):
    """What the cell is told."""

    scan: str
    bucket: str
    key: str
    version: str
    status: str
    threats: list[str]


SqsEvent = dict[str, list[dict[str, object]]]
"""What Lambda calls the function with: `Records`, each with a body."""

logger = Logger(service=SOURCE)
metrics = Metrics(namespace="Cell", service=SOURCE)
processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: SqsEvent, context: LambdaContext) -> PartialItemFailureResponse:
    """Pass on each result. Those that cannot be passed on come again, alone."""
    return process_partial_response(event=event, record_handler=pass_on, processor=processor, context=context)


def pass_on(record: SQSRecord) -> None:
    """Put one result on the bus. Raises RuntimeError when the bus does not take it."""
    found = read(record.body)
    kind = _KINDS.get(found["status"], _UNKNOWN)
    answer = boto3.client("events").put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS_NAME"],
                "Source": SOURCE,
                "DetailType": kind,
                "Detail": json.dumps(found),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"the bus did not take the result of scan {found['scan']}: {answer['Entries']}")
    metrics.add_metric(name=_METRICS[kind], unit=MetricUnit.Count, value=1)
    log = logger.warning if kind == "file.infected" else logger.info
    log(kind, extra={"scan": found["scan"], "object": found["key"], "threats": found["threats"]})


def read(body: str) -> Found:
    """What an event of GuardDuty says. Raises KeyError for a body that is none.

    https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
    """
    event = json.loads(body)
    object_, result = event["detail"]["s3ObjectDetails"], event["detail"]["scanResultDetails"]
    return {
        "scan": event["id"],
        "bucket": object_["bucketName"],
        "key": object_["objectKey"],
        "version": object_.get("versionId") or "",
        "status": result["scanResultStatus"],
        "threats": [threat["name"] for threat in result.get("threats") or []],
    }
