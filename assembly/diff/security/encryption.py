"""Which key encrypts what is stored: a store whose key changes is written anew, or cannot be read with the old one.

See https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assembly.diff.security.facts import Setting
from assembly.diff.security.resource import Resource

_BUCKET = "BucketEncryption.ServerSideEncryptionConfiguration.*"

KEYS: Mapping[str, str] = {
    "AWS::Backup::BackupVault": "EncryptionKeyArn",
    "AWS::CloudTrail::EventDataStore": "KmsKeyId",
    "AWS::CloudTrail::Trail": "KMSKeyId",
    "AWS::DocDB::DBCluster": "KmsKeyId",
    "AWS::DynamoDB::Table": "SSESpecification.KMSMasterKeyId",
    "AWS::EC2::Volume": "KmsKeyId",
    "AWS::ECR::Repository": "EncryptionConfiguration.KmsKey",
    "AWS::EFS::FileSystem": "KmsKeyId",
    "AWS::ElastiCache::ReplicationGroup": "KmsKeyId",
    "AWS::ElastiCache::ServerlessCache": "KmsKeyId",
    "AWS::Kinesis::Stream": "StreamEncryption.KeyId",
    "AWS::Lambda::Function": "KmsKeyArn",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::MemoryDB::Cluster": "KmsKeyId",
    "AWS::Neptune::DBCluster": "KmsKeyId",
    "AWS::OpenSearchService::Domain": "EncryptionAtRestOptions.KmsKeyId",
    "AWS::RDS::DBCluster": "KmsKeyId",
    "AWS::RDS::DBInstance": "KmsKeyId",
    "AWS::Redshift::Cluster": "KmsKeyId",
    "AWS::S3::Bucket": f"{_BUCKET}.ServerSideEncryptionByDefault.KMSMasterKeyID",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
}
"""Type to the property with the key."""


def encryption_settings(resource: Resource) -> Iterator[Setting]:
    """The key that encrypts what a resource stores."""
    path = KEYS.get(resource.type)
    if not path:
        return
    name = (resource.own.key, "key")
    value = resource.first(path)
    if value is None:
        text = f"{resource.label} is no longer encrypted with a key of the account"
        yield Setting("protection", name, 1, "", text, "had none")
        return
    key = resource.term(value)
    text = f"{resource.label} is now encrypted with the key {key.words}"
    yield Setting("protection", name, 0, key.key, text, f"was {key.words}")
