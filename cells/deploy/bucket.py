"""Empties a bucket: CloudFormation does not delete one that holds anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter

_BATCH = 1000  # what DeleteObjects takes


def empty_bucket(clients: Clients, bucket: str, reporter: Reporter) -> int:
    """Delete every version of every object, and uploads that never ended. Return how many versions there were."""
    from botocore.exceptions import ClientError

    deleted = 0
    try:
        for page in clients.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found: list[ObjectIdentifierTypeDef] = [
                {"Key": version["Key"], "VersionId": version["VersionId"]}
                for version in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            ]
            for start in range(0, len(found), _BATCH):
                batch = found[start : start + _BATCH]
                clients.s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
                deleted += len(batch)
                reporter.step(f"emptying {bucket}: {deleted} versions")
        for uploads in clients.s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in uploads.get("Uploads", []):
                clients.s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "NoSuchBucket":
            raise
    return deleted
