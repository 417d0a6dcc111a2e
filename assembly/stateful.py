"""Which resources hold data, and the stack policy that keeps CloudFormation from replacing or deleting them."""

from __future__ import annotations

from collections.abc import Mapping

from assembly.document import Json, JsonObject, as_object, as_text

STATEFUL_TYPES: Mapping[str, str] = {
    "AWS::Backup::BackupVault": "recovery points",
    "AWS::Backup::LogicallyAirGappedBackupVault": "recovery points",
    "AWS::CloudTrail::EventDataStore": "audit events",
    "AWS::Cognito::IdentityPool": "the identities of users",
    "AWS::Cognito::UserPool": "users and their credentials",
    "AWS::DAX::Cluster": "writes that are cached",
    "AWS::DSQL::Cluster": "rows",
    "AWS::DocDB::DBCluster": "documents",
    "AWS::DynamoDB::GlobalTable": "items",
    "AWS::DynamoDB::Table": "items",
    "AWS::EC2::Volume": "blocks",
    "AWS::ECR::Repository": "images that services pull by digest",
    "AWS::EFS::FileSystem": "files",
    "AWS::ElastiCache::CacheCluster": "cached entries, sessions and queued jobs",
    "AWS::ElastiCache::ReplicationGroup": "cached entries, sessions and queued jobs",
    "AWS::ElastiCache::ServerlessCache": "cached entries, sessions and queued jobs",
    "AWS::Elasticsearch::Domain": "indexes",
    "AWS::FSx::FileSystem": "files",
    "AWS::FSx::Volume": "files",
    "AWS::KMS::Key": "without the key, everything encrypted with it is lost",
    "AWS::KMS::ReplicaKey": "without the key, everything encrypted with it is lost",
    "AWS::Kinesis::Stream": "records not read yet",
    "AWS::MSK::Cluster": "records",
    "AWS::MemoryDB::Cluster": "entries",
    "AWS::Neptune::DBCluster": "graphs",
    "AWS::OpenSearchServerless::Collection": "indexes",
    "AWS::OpenSearchService::Domain": "indexes",
    "AWS::Organizations::Account": "a whole account",
    "AWS::RDS::DBCluster": "rows",
    "AWS::RDS::DBInstance": "rows",
    "AWS::RDS::GlobalCluster": "rows",
    "AWS::Redshift::Cluster": "rows",
    "AWS::RedshiftServerless::Namespace": "rows",
    "AWS::Route53::HostedZone": "the name servers that the parent zone delegates to",
    "AWS::S3::Bucket": "objects",
    "AWS::S3Express::DirectoryBucket": "objects",
    "AWS::S3Tables::TableBucket": "tables",
    "AWS::SDB::Domain": "items",
    "AWS::SQS::Queue": "messages not worked off yet",
    "AWS::SecretsManager::Secret": "a value that may exist nowhere else",
    "AWS::Timestream::Table": "measurements",
}
"""Resource type to what is lost with it."""

KEPT = ("Retain", "RetainExceptOnCreate")
"""The deletion policies that leave a resource where it is."""


def held_data(resource: JsonObject) -> str:
    """Say what would be lost with a resource; empty when it holds nothing.

    An instance inside a database cluster holds nothing (the cluster's volume does), so readers can come and go. A log
    group holds audit data when the template keeps it after a deletion; else it is operational.
    """
    type = as_text(resource.get("Type"))
    if type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" in as_object(resource.get("Properties")):
        return ""
    if type == "AWS::Logs::LogGroup":
        return "log events kept for audit" if resource.get("DeletionPolicy") in KEPT else ""
    return STATEFUL_TYPES.get(type, "")


def stateful(template: JsonObject) -> dict[str, str]:
    """Return the logical ids of a template that hold data, sorted, each with what would be lost."""
    resources = as_object(template.get("Resources"))
    held = {logical_id: held_data(as_object(resource)) for logical_id, resource in sorted(resources.items())}
    return {logical_id: data for logical_id, data in held.items() if data}


def stack_policy(template: JsonObject) -> JsonObject:
    """Return the stack policy that denies replacing or deleting what holds data, and allows every other update.

    Equal templates give equal policies. It does not stop the deletion of the stack: termination protection does.
    See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html.
    """
    allow: JsonObject = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    protected = [f"LogicalResourceId/{logical_id}" for logical_id in stateful(template)]
    if not protected:
        return {"Statement": [allow]}
    deny: JsonObject = {
        "Effect": "Deny",
        "Action": ["Update:Replace", "Update:Delete"],
        "Principal": "*",
        "Resource": list[Json](protected),
    }
    return {"Statement": [allow, deny]}
