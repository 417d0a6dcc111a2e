"""The function that tells the cell what GuardDuty found, with a bus that is a fake."""

import json

import boto3
import pytest

from constructs_lib.lambdas.scan_results import index
from tests.constructs_lib.test_table_archive_lambda import Context


class FakeBus:
    def __init__(self):
        self.entries = []
        self.refuses = set()

    def put_events(self, *, Entries):
        (entry,) = Entries
        if json.loads(entry["Detail"])["key"] in self.refuses:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
        self.entries.append(entry)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


@pytest.fixture
def bus(monkeypatch):
    fake = FakeBus()
    monkeypatch.setattr(boto3, "client", lambda service: fake)
    monkeypatch.setenv("EVENT_BUS_NAME", "shop3d-prod")
    return fake


def message(key, status, *, threats=None, scan="scan-1"):
    event = {
        "id": scan,
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "scanStatus": "COMPLETED",
            "s3ObjectDetails": {"bucketName": "files", "objectKey": key, "versionId": "v1", "eTag": "e"},
            "scanResultDetails": {"scanResultStatus": status, "threats": threats},
        },
    }
    return {"messageId": key, "body": json.dumps(event), "eventSource": "aws:sqs"}


def call(*messages):
    return index.handler({"Records": list(messages)}, Context())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("NO_THREATS_FOUND", "file.clean"),
        ("THREATS_FOUND", "file.infected"),
        ("UNSUPPORTED", "file.not-scanned"),
        ("ACCESS_DENIED", "file.not-scanned"),
        ("FAILED", "file.not-scanned"),
    ],
)
def test_a_result_becomes_an_event_of_the_module(bus, status, kind):
    assert call(message("a.pdf", status)) == {"batchItemFailures": []}

    (entry,) = bus.entries
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("shop3d-prod", "virus-scan", kind)


def test_the_event_says_which_version_has_which_threat(bus):
    call(message("a.pdf", "THREATS_FOUND", threats=[{"name": "EICAR-Test-File"}]))

    assert json.loads(bus.entries[0]["Detail"]) == {
        "scan": "scan-1",
        "bucket": "files",
        "key": "a.pdf",
        "version": "v1",
        "status": "THREATS_FOUND",
        "threats": ["EICAR-Test-File"],
    }


def test_only_what_the_bus_refused_comes_again(bus):
    bus.refuses = {"b.pdf"}

    answer = call(message("a.pdf", "NO_THREATS_FOUND"), message("b.pdf", "NO_THREATS_FOUND"))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "b.pdf"}]}
    assert len(bus.entries) == 1


def test_threats_are_counted(bus, capsys):
    call(message("a.pdf", "THREATS_FOUND", threats=[{"name": "EICAR-Test-File"}]))

    metric = next(json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert metric["FilesInfected"] == [1.0]
    assert metric["service"] == "virus-scan"


def test_a_message_that_is_no_result_comes_again_and_ends_in_the_dead_letter_queue(bus):
    wrong = {"messageId": "x", "body": json.dumps({"id": "1", "detail": {}}), "eventSource": "aws:sqs"}

    assert call(wrong, message("a.pdf", "NO_THREATS_FOUND")) == {"batchItemFailures": [{"itemIdentifier": "x"}]}
