"""Whether whatever a template keeps has a second copy.

The organization's backup plans take what carries a tag; this finds what should carry it and does not.
See https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assembly.document import JsonObject, as_list, as_object, as_text
from assembly.exceptions import METADATA_KEY
from assembly.findings import Finding
from assembly.load import CloudAssembly
from assembly.stateful import KEPT, held_data

TAG = "cells:backup"
"""The tag by which the organization's backup plans take a resource."""

RULE = "cells-not-backed-up"

OTHERWISE: Mapping[str, str] = {
    "AWS::Backup::BackupVault": "holds the copies",
    "AWS::Backup::LogicallyAirGappedBackupVault": "holds the copies",
    "AWS::CloudTrail::EventDataStore": "the trail's own bucket has the events too",
    "AWS::Cognito::IdentityPool": "AWS has no copy of it: users sign in again",
    "AWS::Cognito::UserPool": "AWS has no copy of it: deletion protection, and an export of the users",
    "AWS::DAX::Cluster": "a cache of tables that are backed up",
    "AWS::ECR::Repository": "images are built again from their commits",
    "AWS::ElastiCache::CacheCluster": "snapshots of its own",
    "AWS::ElastiCache::ReplicationGroup": "snapshots of its own, for as long as the cell's settings say",
    "AWS::ElastiCache::ServerlessCache": "snapshots of its own",
    "AWS::Elasticsearch::Domain": "hourly snapshots of its own, kept for 14 days; the rows are in the database",
    "AWS::KMS::Key": "a key cannot be copied: it waits 30 days before it is deleted",
    "AWS::KMS::ReplicaKey": "a key cannot be copied: it waits 30 days before it is deleted",
    "AWS::Kinesis::Stream": "what is read is stored elsewhere",
    "AWS::Logs::LogGroup": "the log archive has the events too",
    "AWS::MSK::Cluster": "what is read is stored elsewhere",
    "AWS::MemoryDB::Cluster": "snapshots of its own",
    "AWS::OpenSearchServerless::Collection": "the rows are in the database",
    "AWS::OpenSearchService::Domain": "hourly snapshots of its own, kept for 14 days; the rows are in the database",
    "AWS::Organizations::Account": "an account that is closed can be opened again for 90 days",
    "AWS::RDS::GlobalCluster": "its clusters are backed up",
    "AWS::Route53::HostedZone": "the templates write it again, but for the name servers",
    "AWS::S3Express::DirectoryBucket": "AWS Backup does not copy it",
    "AWS::S3Tables::TableBucket": "AWS Backup does not copy it",
    "AWS::SDB::Domain": "AWS Backup does not copy it",
    "AWS::SQS::Queue": "messages wait for 14 days at most",
    "AWS::SecretsManager::Secret": "a deleted secret can be restored for 30 days",
}
"""Resource types that hold data and that AWS Backup cannot copy, or need not, each with what stands in for a copy."""


def not_backed_up(assembly: CloudAssembly) -> list[Finding]:
    """Find what a template keeps, what AWS Backup could copy, and what no backup plan takes.

    Nothing is found where no resource speaks of backups, by the tag or by an exception: the plans are for accounts of
    cells, and a cell that keeps its data is in them by its spec.
    """
    speaks = any(_speaks(resource) for stack in assembly.stacks for resource in stack.resources.values())
    return list(_findings(assembly)) if speaks else []


def _speaks(resource: JsonObject) -> bool:
    exceptions = as_list(as_object(resource.get("Metadata")).get(METADATA_KEY))
    return bool(backup_tag(resource)) or any(as_object(one).get("rule") == RULE for one in exceptions)


def backup_tag(resource: JsonObject) -> str:
    """Return which plans take a resource, `daily` or `monthly`; empty when none does."""
    tags = _tags(as_object(resource.get("Properties")))
    return next((as_text(tag.get("Value")) for tag in tags if as_text(tag.get("Key")) == TAG), "")


def _findings(assembly: CloudAssembly) -> Iterator[Finding]:
    for stack in assembly.stacks:
        for logical_id, resource in stack.resources.items():
            data = held_data(resource)
            copied = bool(backup_tag(resource)) or stack.resource_type(logical_id) in OTHERWISE
            if data and _is_kept(resource) and not copied:
                yield Finding.about(
                    stack,
                    logical_id,
                    rule=RULE,
                    message=f"{data} are kept, but no backup plan copies them: the tag {TAG} is missing",
                    severity="error",
                    source="backups",
                )


def _is_kept(resource: JsonObject) -> bool:
    return resource.get("DeletionPolicy") in KEPT


def _tags(properties: JsonObject) -> list[JsonObject]:
    """The tags of a resource; those of a global table are with its replicas."""
    own = as_list(properties.get("Tags"))
    replicas = [as_list(as_object(replica).get("Tags")) for replica in as_list(properties.get("Replicas"))]
    return [as_object(tag) for tags in (own, *replicas) for tag in tags]
