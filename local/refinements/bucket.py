"""S3 buckets."""

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class Bucket(Refinement):
    """The options of a bucket that the emulator's CloudFormation drops, put through the S3 API."""

    types = ("AWS::S3::Bucket",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Put encryption, life cycle, logging, ownership, object lock, replication and tags."""
        requests = {
            "PutBucketEncryption": _encryption(place, properties),
            "PutBucketLifecycleConfiguration": _lifecycle(properties),
            "PutBucketLogging": _logging(properties),
            "PutBucketOwnershipControls": _ownership(properties),
            "PutObjectLockConfiguration": _lock(properties),
            "PutBucketReplication": _replication(properties),
            "PutBucketTagging": _tagging(properties),
        }
        for operation, request in requests.items():
            if request:
                place.aws.call("s3", operation, {"Bucket": physical_id, **request})
        return {}

    def release(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Refuse while there are objects in it."""
        found = place.aws.s3.list_object_versions(Bucket=physical_id, MaxKeys=1)
        if found.get("Versions") or found.get("DeleteMarkers"):
            raise ValueError("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")


def _encryption(place: Place, properties: Properties) -> dict[str, Json]:
    """Write the default encryption; the emulator wants the key named even where it is the one that AWS manages."""
    managed_key: dict[str, Json] = {
        "KMSMasterKeyID": f"arn:aws:kms:{place.aws.region}:{place.aws.account}:alias/aws/s3"
    }
    rules: list[Json] = [
        {
            "ApplyServerSideEncryptionByDefault": {
                **(
                    managed_key if rule.child("ServerSideEncryptionByDefault").text("SSEAlgorithm") == "aws:kms" else {}
                ),
                **rule.child("ServerSideEncryptionByDefault"),
            },
            "BucketKeyEnabled": rule.flag("BucketKeyEnabled"),
        }
        for rule in properties.child("BucketEncryption").children("ServerSideEncryptionConfiguration")
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}} if rules else {}


def _lifecycle(properties: Properties) -> dict[str, Json]:
    rules: list[Json] = [_lifecycle_rule(rule) for rule in properties.child("LifecycleConfiguration").children("Rules")]
    return {"LifecycleConfiguration": {"Rules": rules}} if rules else {}


def _lifecycle_rule(rule: Properties) -> dict[str, Json]:
    """Write a life-cycle rule of a template in the words of the S3 API."""
    made: dict[str, Json] = {"Status": rule.text("Status"), "Filter": {"Prefix": rule.text("Prefix")}}
    if "Id" in rule:
        made["ID"] = rule.text("Id")
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": rule.number("ExpirationInDays")}
    elif rule.flag("ExpiredObjectDeleteMarker"):
        made["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            made[name] = dict(rule.child(name))
    if "Transitions" in rule:
        made["Transitions"] = [
            {"Days": item.number("TransitionInDays"), "StorageClass": item.text("StorageClass")}
            for item in rule.children("Transitions")
        ]
    if "NoncurrentVersionTransitions" in rule:
        made["NoncurrentVersionTransitions"] = [
            {"NoncurrentDays": item.number("TransitionInDays"), "StorageClass": item.text("StorageClass")}
            for item in rule.children("NoncurrentVersionTransitions")
        ]
    return made


def _logging(properties: Properties) -> dict[str, Json]:
    logging = properties.child("LoggingConfiguration")
    if not logging.text("DestinationBucketName"):
        return {}
    target: dict[str, Json] = {
        "TargetBucket": logging.text("DestinationBucketName"),
        "TargetPrefix": logging.text("LogFilePrefix"),
    }
    return {"BucketLoggingStatus": {"LoggingEnabled": target}}


def _ownership(properties: Properties) -> dict[str, Json]:
    rules = properties.child("OwnershipControls").get("Rules")
    return {"OwnershipControls": {"Rules": rules}} if rules else {}


def _lock(properties: Properties) -> dict[str, Json]:
    configuration = properties.child("ObjectLockConfiguration")
    if not properties.flag("ObjectLockEnabled"):
        return {}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **configuration}}


def _replication(properties: Properties) -> dict[str, Json]:
    """Write the rules of a template in the words of the S3 API. They are kept and shown; nothing is copied."""
    configuration = properties.child("ReplicationConfiguration")
    rules: list[Json] = [
        {"ID" if name == "Id" else name: value for name, value in rule.items()}
        for rule in configuration.children("Rules")
    ]
    return {"ReplicationConfiguration": {"Role": configuration.text("Role"), "Rules": rules}} if rules else {}


def _tagging(properties: Properties) -> dict[str, Json]:
    tags: list[Json] = [{"Key": key, "Value": value} for key, value in properties.tags().items()]
    return {"Tagging": {"TagSet": tags}} if tags else {}
