"""Empties a bucket: CloudFormation does not delete one that holds anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.deploy.refusal import code_of
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter

_BATCH = 1000  # what DeleteObjects takes


def empty_bucket(clients: Clients, bucket: str, reporter: Reporter) -> int:
    """Delete every version of every object, and uploads that never ended. Return how many versions there were.

    Versions under a lock in governance mode go too: that is what the two keys of a destruction are for. Raises
    CellsError when versions stay, such as those under a lock in compliance mode, which nobody can lift.
    """
    from botocore.exceptions import ClientError

    deleted = 0
    try:
        locked = _has_lock(clients, bucket)
        for page in clients.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found: list[ObjectIdentifierTypeDef] = [
                {"Key": version["Key"], "VersionId": version["VersionId"]}
                for version in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            ]
            for start in range(0, len(found), _BATCH):
                batch = found[start : start + _BATCH]
                _delete(clients, bucket, batch, locked=locked)
                deleted += len(batch)
                reporter.step(f"emptying {bucket}: {deleted} versions")
        for uploads in clients.s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in uploads.get("Uploads", []):
                clients.s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except ClientError as error:
        if code_of(error) != "NoSuchBucket":
            raise
    return deleted


def _has_lock(clients: Clients, bucket: str) -> bool:
    """Whether the bucket has Object Lock. S3 refuses the header that lifts a lock for one that has not."""
    from botocore.exceptions import ClientError

    try:
        clients.s3.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if code_of(error) != "ObjectLockConfigurationNotFoundError":
            raise
        return False
    return True


def _delete(clients: Clients, bucket: str, batch: list[ObjectIdentifierTypeDef], *, locked: bool) -> None:
    if locked:
        answer = clients.s3.delete_objects(
            Bucket=bucket, Delete={"Objects": batch, "Quiet": True}, BypassGovernanceRetention=True
        )
    else:
        answer = clients.s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
    if errors := answer.get("Errors", []):
        first = errors[0]
        raise CellsError(
            f"{len(errors)} versions in {bucket} cannot be deleted: {first.get('Key')}: {first.get('Message')}",
            hint="they are locked, or the profile lacks s3:BypassGovernanceRetention; the bucket stays as long",
        )
