"""The Guard rules of the hook, run by the Guard evaluator on the inputs that the hook gets.

The inputs are those of https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks-write-rules.html.
"""

import json

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from cloudformation_validate import CompositeEngine, CompositeEngineConfig, ExternalRuleSource, ValidateConfig

from accounts.stacks.guard_hook import RULES
from assembly.stateful import STATEFUL_TYPES
from constructs_lib.specs.landing import RELEASE_TAG

RELEASED = [{"Key": "product", "Value": "acme-crm"}, {"Key": RELEASE_TAG, "Value": "yes"}]
NOT_RELEASED = [{"Key": "product", "Value": "acme-crm"}, {"Key": RELEASE_TAG, "Value": "no"}]
CHANGE_SET = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/cdk-deploy/1a2345b6"
REPLACEABLE = {
    "AWS::Backup::BackupVault",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Route53::HostedZone",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Which rules an input breaks."""
    rules = ExternalRuleSource(name=RULES.name, content=RULES.read_text())
    engine = CompositeEngine(CompositeEngineConfig(guard_rules=[rules]))
    file = tmp_path_factory.mktemp("hook") / "input.json"

    def run(document):
        file.write_text(json.dumps(document))
        report = engine.validate_template(str(file), ValidateConfig(disable_builtin_rules=True))
        return {diagnostic.rule_id for diagnostic in report.diagnostics}

    return run


def change(type, action, before=None, after=None, **attributes):
    contexts = {}
    if before is not None:
        contexts["beforeContext"] = json.dumps({"Properties": before, **attributes})
    if after is not None:
        contexts["afterContext"] = json.dumps({"Properties": after})
    return {"logicalResourceId": "Store", "resourceType": type, "action": action, "lineNumber": 5, **contexts}


def change_set(*changes):
    return {
        "HookContext": {
            "InvocationPoint": "CREATE_PRE_PROVISION",
            "TargetName": "CHANGE_SET",
            "TargetType": "CHANGE_SET",
            "TargetLogicalId": CHANGE_SET,
            "ChangeSetId": CHANGE_SET,
        },
        "Resources": {"Other": {"Type": "AWS::SNS::Topic", "Properties": {}}},
        "Previous": {"Resources": {"Store": {"Type": "AWS::S3::Bucket", "Properties": {}}}},
        "Changes": list(changes),
    }


def resource(type, point="DELETE_PRE_PROVISION", change_set_id="", properties=None):
    """When a resource is deleted, its properties are empty in both places."""
    held = {"ResourceType": type, "ResourceProperties": properties or {}}
    return {
        "HookContext": {
            "InvocationPoint": point,
            "TargetName": type,
            "TargetType": "RESOURCE",
            "TargetLogicalId": "Store",
            "ChangeSetId": change_set_id,
        },
        "Resources": {"Store": held},
        "Previous": {"Store": held},
    }


REMOVED = "data_is_not_removed_by_a_change_set"
DELETED = "data_is_not_deleted_without_a_change_set"
BUCKET_REPLACED = "s3_bucket_is_not_replaced"
DATABASE_REPLACED = "rds_dbcluster_is_not_replaced"

REFUSED = [
    ("a bucket that goes", change_set(change("AWS::S3::Bucket", "DELETE", {"Tags": NOT_RELEASED})), REMOVED),
    ("a bucket without tags that goes", change_set(change("AWS::S3::Bucket", "DELETE", {})), REMOVED),
    ("a store that the change set does not describe", change_set(change("AWS::S3::Bucket", "DELETE")), REMOVED),
    ("a queue that goes", change_set(change("AWS::SQS::Queue", "DELETE", {"Tags": NOT_RELEASED})), REMOVED),
    (
        "one released and one that is not",
        change_set(
            change("AWS::S3::Bucket", "DELETE", {"Tags": RELEASED}),
            change("AWS::RDS::DBCluster", "DELETE", {"Tags": NOT_RELEASED}),
        ),
        REMOVED,
    ),
    (
        "a table whose replica says no",
        change_set(change("AWS::DynamoDB::GlobalTable", "DELETE", {"Replicas": [{"Tags": NOT_RELEASED}]})),
        REMOVED,
    ),
    (
        "a user pool whose tag says no",
        change_set(change("AWS::Cognito::UserPool", "DELETE", {"UserPoolTags": {RELEASE_TAG: "no"}})),
        REMOVED,
    ),
    (
        "a database that stands alone",
        change_set(change("AWS::RDS::DBInstance", "DELETE", {"Engine": "postgres"})),
        REMOVED,
    ),
    (
        "a database kept as a snapshot only",
        change_set(change("AWS::RDS::DBCluster", "DELETE", {}, DeletionPolicy="Snapshot")),
        REMOVED,
    ),
    (
        "a bucket with a new name",
        change_set(change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a"}, {"BucketName": "b"})),
        BUCKET_REPLACED,
    ),
    (
        "a bucket that gets a name",
        change_set(change("AWS::S3::Bucket", "UPDATE", {}, {"BucketName": "b"})),
        BUCKET_REPLACED,
    ),
    (
        "a bucket that loses its name",
        change_set(change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a"}, {})),
        BUCKET_REPLACED,
    ),
    (
        "a bucket that is released only by the change that replaces it",
        change_set(
            change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a"}, {"BucketName": "b", "Tags": RELEASED}),
        ),
        BUCKET_REPLACED,
    ),
    (
        "an update that the change set does not describe",
        change_set(change("AWS::S3::Bucket", "UPDATE")),
        BUCKET_REPLACED,
    ),
    (
        "a database that gets another key",
        change_set(change("AWS::RDS::DBCluster", "UPDATE", {"KmsKeyId": "a"}, {"KmsKeyId": "b"})),
        DATABASE_REPLACED,
    ),
    (
        "a replacement behind an innocent update",
        change_set(
            change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a"}, {"BucketName": "a"}),
            change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a"}, {"BucketName": "b"}),
        ),
        BUCKET_REPLACED,
    ),
    ("a bucket of a stack that is deleted", resource("AWS::S3::Bucket"), DELETED),
    ("a key of a stack that is deleted", resource("AWS::KMS::Key"), DELETED),
]

PASSED = [
    ("a released bucket that goes", change_set(change("AWS::S3::Bucket", "DELETE", {"Tags": RELEASED}))),
    (
        "a released table that goes",
        change_set(change("AWS::DynamoDB::GlobalTable", "DELETE", {"Replicas": [{"Tags": RELEASED}]})),
    ),
    (
        "a released user pool that goes",
        change_set(change("AWS::Cognito::UserPool", "DELETE", {"UserPoolTags": {RELEASE_TAG: "yes"}})),
    ),
    (
        "a released vault that goes",
        change_set(change("AWS::Backup::BackupVault", "DELETE", {"BackupVaultTags": {RELEASE_TAG: "yes"}})),
    ),
    (
        "a released file system that goes",
        change_set(change("AWS::EFS::FileSystem", "DELETE", {"FileSystemTags": RELEASED})),
    ),
    (
        "a released zone that goes",
        change_set(change("AWS::Route53::HostedZone", "DELETE", {"HostedZoneTags": RELEASED})),
    ),
    ("a bucket that is kept", change_set(change("AWS::S3::Bucket", "DELETE", {}, DeletionPolicy="Retain"))),
    (
        "a bucket that is kept unless it is new",
        change_set(change("AWS::S3::Bucket", "DELETE", {}, DeletionPolicy="RetainExceptOnCreate")),
    ),
    (
        "a reader of a database that goes",
        change_set(change("AWS::RDS::DBInstance", "DELETE", {"DBClusterIdentifier": "main"})),
    ),
    ("a topic that goes", change_set(change("AWS::SNS::Topic", "DELETE", {"TopicName": "alarms"}))),
    ("a new bucket", change_set(change("AWS::S3::Bucket", "CREATE", None, {"BucketName": "b"}))),
    (
        "a bucket with another tag",
        change_set(
            change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a", "Tags": []}, {"BucketName": "a", "Tags": RELEASED})
        ),
    ),
    (
        "a database with more capacity",
        change_set(
            change(
                "AWS::RDS::DBCluster",
                "UPDATE",
                {"KmsKeyId": "a", "ServerlessV2ScalingConfiguration": {"MaxCapacity": 4}},
                {"KmsKeyId": "a", "ServerlessV2ScalingConfiguration": {"MaxCapacity": 8}},
            )
        ),
    ),
    (
        "a released bucket with a new name",
        change_set(
            change("AWS::S3::Bucket", "UPDATE", {"BucketName": "a", "Tags": RELEASED}, {"BucketName": "b"}),
        ),
    ),
    (
        "a topic with a new name",
        change_set(change("AWS::SNS::Topic", "UPDATE", {"TopicName": "a"}, {"TopicName": "b"})),
    ),
    ("a deletion that a judged change set caused", resource("AWS::S3::Bucket", change_set_id=CHANGE_SET)),
    ("the deletion of something that holds nothing", resource("AWS::ECS::Service")),
    ("a reader of a stack that is deleted", resource("AWS::RDS::DBInstance")),
    ("the creation of a bucket", resource("AWS::S3::Bucket", "CREATE_PRE_PROVISION", properties={"BucketName": "a"})),
    ("the update of a bucket", resource("AWS::S3::Bucket", "UPDATE_PRE_PROVISION", properties={"BucketName": "a"})),
]


@pytest.mark.parametrize(("name", "document", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refuses(broken, name, document, rule):
    assert broken(document) == {rule}


@pytest.mark.parametrize(("name", "document"), PASSED, ids=[row[0] for row in PASSED])
def test_lets_pass(broken, name, document):
    assert broken(document) == set()


GUARDED = sorted(set(STATEFUL_TYPES) - {"AWS::Organizations::Account"})


@pytest.mark.parametrize("type", GUARDED)
def test_every_type_that_holds_data_is_guarded(broken, type):
    """The stack policy of `cells deploy` and the hook agree on what holds data."""
    assert broken(change_set(change(type, "DELETE", {}))) == {REMOVED}


def create_only(type):
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type).schema
    return sorted({path.split("/")[2] for path in schema.get("createOnlyProperties", [])})


REPLACED_BY = [(type, name) for type in sorted(REPLACEABLE) for name in create_only(type)]


@pytest.mark.parametrize(("type", "name"), REPLACED_BY, ids=[f"{type}.{name}" for type, name in REPLACED_BY])
def test_a_change_of_what_is_set_at_creation_only_is_refused(broken, type, name):
    rule = "_".join(type.lower().split("::")[1:]) + "_is_not_replaced"

    assert broken(change_set(change(type, "UPDATE", {name: "was"}, {name: "becomes"}))) == {rule}
