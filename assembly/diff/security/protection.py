"""What keeps data from being lost: deletion policies, deletion protection, backups, versions, encryption, rotation.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assembly.diff.security.facts import Fact, Setting, Unset
from assembly.diff.security.flags import Flag, on, table
from assembly.diff.security.resource import NOTHING, Resource, counted
from assembly.document import as_object, as_text
from assembly.stateful import held_data

_CLUSTERS = ("AWS::RDS::DBCluster", "AWS::Neptune::DBCluster", "AWS::DocDB::DBCluster")
_LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"

_PROTECTED = ("{it} is now protected against deletion", "{it} is no longer protected against deletion")
_ENCRYPTED = ("{it} is now encrypted at rest", "{it} is no longer encrypted at rest")
_IN_TRANSIT = (
    "{it} now encrypts what goes over the network",
    "{it} no longer encrypts what goes over the network",
)

PROTECTION = table(
    (
        Flag((*_CLUSTERS, "AWS::RDS::DBInstance", "AWS::RDS::GlobalCluster"), "DeletionProtection", *_PROTECTED),
        Flag(("AWS::DynamoDB::Table", "AWS::Logs::LogGroup"), "DeletionProtectionEnabled", *_PROTECTED),
        Flag(("AWS::DynamoDB::GlobalTable",), "Replicas.*.DeletionProtectionEnabled", *_PROTECTED),
        Flag(("AWS::Cognito::UserPool",), "DeletionProtection", *_PROTECTED, on=("active",)),
        Flag(("AWS::EKS::Cluster",), "DeletionProtection", *_PROTECTED),
        Flag(("AWS::EC2::Instance",), "DisableApiTermination", *_PROTECTED),
        Flag(("AWS::CloudTrail::EventDataStore",), "TerminationProtectionEnabled", *_PROTECTED, default="true"),
        Flag(("AWS::NetworkFirewall::Firewall",), "DeleteProtection", *_PROTECTED),
        Flag(
            ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
            "DeleteAutomatedBackups",
            "automatic backups of {it} now outlive it",
            "automatic backups of {it} are now deleted with it",
            on=("false",),
        ),
        Flag(
            ("AWS::DynamoDB::Table",),
            "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
            "{it} can now be restored to any point in time",
            "{it} can no longer be restored to any point in time",
        ),
        Flag(
            ("AWS::DynamoDB::GlobalTable",),
            "Replicas.*.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
            "{it} can now be restored to any point in time",
            "{it} can no longer be restored to any point in time",
        ),
        Flag(
            ("AWS::S3::Bucket",),
            "VersioningConfiguration.Status",
            "{it} now keeps the versions of its objects",
            "{it} no longer keeps the versions of its objects",
            on=("enabled",),
        ),
        Flag(
            ("AWS::S3::Bucket",),
            "ObjectLockEnabled",
            "objects of {it} can now be locked",
            "objects of {it} can no longer be locked",
        ),
        Flag((*_CLUSTERS, "AWS::RDS::DBInstance"), "StorageEncrypted", *_ENCRYPTED),
        Flag(("AWS::EFS::FileSystem", "AWS::EC2::Volume", "AWS::Redshift::Cluster"), "Encrypted", *_ENCRYPTED),
        Flag(("AWS::ElastiCache::ReplicationGroup",), "AtRestEncryptionEnabled", *_ENCRYPTED),
        Flag(("AWS::SQS::Queue",), "SqsManagedSseEnabled", *_ENCRYPTED, default="true"),
        Flag(("AWS::OpenSearchService::Domain",), "EncryptionAtRestOptions.Enabled", *_ENCRYPTED),
        Flag(("AWS::ElastiCache::ReplicationGroup",), "TransitEncryptionEnabled", *_IN_TRANSIT),
        Flag(("AWS::OpenSearchService::Domain",), "NodeToNodeEncryptionOptions.Enabled", *_IN_TRANSIT),
        Flag(
            ("AWS::OpenSearchService::Domain",),
            "DomainEndpointOptions.EnforceHTTPS",
            "{it} now takes nothing but HTTPS",
            "{it} no longer takes nothing but HTTPS",
        ),
        Flag(("AWS::KMS::Key",), "EnableKeyRotation", "{it} is now rotated", "{it} is no longer rotated"),
        Flag(("AWS::CloudTrail::Trail",), "IsLogging", "{it} now records", "{it} no longer records"),
        Flag(
            ("AWS::CloudTrail::Trail",),
            "EnableLogFileValidation",
            "{it} now proves that nobody changed its files",
            "{it} no longer proves that nobody changed its files",
        ),
        Flag(
            ("AWS::CloudTrail::Trail",),
            "IsMultiRegionTrail",
            "{it} now records all regions",
            "{it} no longer records all regions",
        ),
        Flag(
            ("AWS::ECR::Repository",),
            "ImageTagMutability",
            "a tag of {it} can no longer be moved to another image",
            "a tag of {it} can now be moved to another image",
            on=("immutable", "immutable_with_exclusion"),
        ),
    )
)
"""What protects, by resource type."""

_RANKS: Mapping[str, tuple[int, str]] = {
    "Delete": (2, "deleted"),
    "Snapshot": (1, "kept as a snapshot"),
    "Retain": (0, "kept"),
    "RetainExceptOnCreate": (0, "kept"),
}


def protection_facts(resource: Resource) -> Iterator[Fact]:
    """What protects the data of a resource."""
    yield from on(PROTECTION, resource)
    if resource.type == _LOAD_BALANCER:
        yield from _attribute(resource)
    if resource.type == "AWS::EC2::FlowLog":
        yield _flow_log(resource)


def protection_settings(resource: Resource) -> Iterator[Setting]:
    """What becomes of the data of a resource when it goes, and whether a secret is rotated."""
    if held_data(resource.whole) or resource.type == "AWS::Logs::LogGroup":
        yield _policies(resource)
    if resource.type == "AWS::SecretsManager::RotationSchedule":
        yield _rotation(resource)


def _policies(resource: Resource) -> Setting:
    """Both policies in one, because they are nearly always the same."""
    leaves, leaving = _policy(resource, "DeletionPolicy")
    replaced, replacing = _policy(resource, "UpdateReplacePolicy")
    words = f"{leaving} when it leaves the stack or is replaced"
    was = f"was {leaving}"
    if leaving != replacing:
        words = f"{leaving} when it leaves the stack, and {replacing} when it is replaced"
        was = f"was {leaving} and {replacing}"
    name = (resource.own.key, "policies")
    return Setting("protection", name, leaves + replaced, words, f"{resource.label} is now {words}", was)


def _policy(resource: Resource, attribute: str) -> tuple[int, str]:
    policy = as_text(resource.whole.get(attribute)) or _otherwise(resource, attribute)
    return _RANKS.get(policy, (2, policy))


def _otherwise(resource: Resource, attribute: str) -> str:
    """What CloudFormation does without a policy: it keeps a snapshot of a database that is deleted, and of no other."""
    database = resource.type in ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
    return "Snapshot" if database and attribute == "DeletionPolicy" else "Delete"


def _attribute(resource: Resource) -> Iterator[Fact]:
    for attribute in resource.all("LoadBalancerAttributes.*"):
        one = as_object(attribute)
        if one.get("Key") == "deletion_protection.enabled" and resource.term(one.get("Value")).words == "true":
            now, no_longer = (text.format(it=resource.label) for text in _PROTECTED)
            key = (resource.own.key, "deletion_protection")
            yield Fact("protection", key, now, no_longer, False, of=resource.logical_id)


def _flow_log(resource: Resource) -> Fact:
    what = resource.first("ResourceId")
    term = resource.term(what)
    now, no_longer = (f"the traffic of {term.words} is {when} logged" for when in ("now", "no longer"))
    return Fact("protection", ("flow", term.key), now, no_longer, False, of=resource.target(what))


def _rotation(resource: Resource) -> Setting:
    value = resource.first("SecretId")
    secret = resource.term(value) if value is not None else NOTHING
    days = resource.number("RotationRules.AutomaticallyAfterDays")
    when = f"every {counted(days, 'day')}" if days else resource.said("RotationRules.ScheduleExpression") or "at times"
    gone = Unset(1, f"{secret.words} is no longer rotated", "was not rotated", resource.target(value))
    text = f"{secret.words} is now rotated {when}"
    return Setting("protection", (secret.key, "rotation"), 0, when, text, f"was {when}", gone)
