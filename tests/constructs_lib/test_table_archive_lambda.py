"""The function that writes the changes of a table into a bucket, with an S3 that is a fake."""

import json

import boto3
import pytest

from constructs_lib.lambdas.table_archive import index


class FakeS3:
    def __init__(self):
        self.objects = {}
        self.fails = False

    def put_object(self, *, Bucket, Key, Body, ContentType):
        if self.fails:
            raise RuntimeError("slow down")
        self.objects[(Bucket, Key)] = Body


class Context:
    function_name = "archiver"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn"
    aws_request_id = "1"


def change(number, *, event="INSERT", second=1795734633):
    return {
        "eventName": event,
        "dynamodb": {
            "ApproximateCreationDateTime": second,
            "SequenceNumber": str(number),
            "Keys": {"id": {"S": str(number)}},
        },
    }


@pytest.fixture
def s3(monkeypatch):
    fake = FakeS3()
    monkeypatch.setattr(boto3, "client", lambda service: fake)
    monkeypatch.setenv("ARCHIVE_BUCKET", "archive")
    return fake


def test_a_batch_becomes_one_object_named_after_its_day_and_its_changes(s3):
    answer = index.handler({"Records": [change(7), change(8, event="REMOVE")]}, Context())

    ((bucket, key),) = s3.objects
    assert answer == {"batchItemFailures": []}
    assert (bucket, key) == ("archive", "2026/11/26/7-8.jsonl")
    assert [json.loads(line)["event"] for line in s3.objects[(bucket, key)].splitlines()] == ["INSERT", "REMOVE"]


def test_the_same_batch_has_the_same_name_and_content(s3):
    index.handler({"Records": [change(7)]}, Context())
    first = dict(s3.objects)
    index.handler({"Records": [change(7)]}, Context())

    assert s3.objects == first


def test_an_empty_batch_writes_nothing(s3):
    assert index.handler({"Records": []}, Context()) == {"batchItemFailures": []}
    assert s3.objects == {}


def test_a_bucket_that_does_not_answer_fails_the_batch_so_that_it_comes_again(s3):
    s3.fails = True

    with pytest.raises(RuntimeError, match="slow down"):
        index.handler({"Records": [change(7)]}, Context())
