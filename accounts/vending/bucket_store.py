"""The store of CI: an S3 bucket with versioning, in which no write overwrites what it did not read.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accounts.vending.errors import code_of
from accounts.vending.store import Document, Moved
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_AT_ONCE = 16
_MISSING = frozenset({"NoSuchKey", "404"})
# 409: another conditional write of the same key is under way; 404: it was deleted meanwhile.
_MOVED = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409", "NoSuchKey", "404"})


class BucketStore:
    """Keeps documents as objects. A line of a log is an object of its own: S3 cannot append."""

    def __init__(self, client: S3Client, bucket: str, prefix: str = "vending/") -> None:
        """The bucket is looked at on the first write: it must keep versions."""
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._versioned = False
        self._next: dict[str, int] = {}
        self._lock = threading.Lock()

    def __str__(self) -> str:
        """The bucket and the prefix."""
        return f"s3://{self._bucket}/{self._prefix}"

    def read(self, name: str) -> Document | None:
        """See Store."""
        from botocore.exceptions import ClientError

        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
        except ClientError as error:
            if code_of(error) in _MISSING:
                return None
            raise
        return Document(found["Body"].read().decode(), found["ETag"])

    def create(self, name: str, text: str) -> None:
        """See Store."""
        self._need_versions()
        with self._expecting(name):
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=text.encode(), IfNoneMatch="*")

    def replace(self, name: str, text: str, *, version: str) -> None:
        """See Store."""
        with self._expecting(name):
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=text.encode(), IfMatch=version)

    def remove(self, name: str, *, version: str) -> None:
        """See Store. The bucket keeps the version that was removed."""
        with self._expecting(name):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name, IfMatch=version)

    def append(self, name: str, line: str) -> None:
        """See Store. Raises Moved when another process writes the same log."""
        with self._lock:
            if name not in self._next:
                self._next[name] = len(self._keys(name))
            number = self._next[name]
            self._next[name] += 1
        self.create(f"{name}/{number:08d}", line)

    def lines(self, name: str) -> Sequence[str]:
        """See Store."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(self.read, self._keys(name)))
        return [document.text for document in found if document is not None]

    def _keys(self, name: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{name}/"
        )
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return sorted(key.removeprefix(self._prefix) for key in keys)

    @contextmanager
    def _expecting(self, name: str) -> Iterator[None]:
        from botocore.exceptions import ClientError

        try:
            yield
        except ClientError as error:
            if code_of(error) not in _MOVED:
                raise
            raise Moved(f"{self}{name}") from error

    def _need_versions(self) -> None:
        if self._versioned:
            return
        if self._client.get_bucket_versioning(Bucket=self._bucket).get("Status") != "Enabled":
            raise InputError(
                f"the bucket {self._bucket} does not keep versions",
                hint=f"aws s3api put-bucket-versioning --bucket {self._bucket}"
                " --versioning-configuration Status=Enabled",
            )
        self._versioned = True
