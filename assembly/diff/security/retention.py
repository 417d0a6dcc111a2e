"""How long things are kept: backups, logs, messages, items, locked objects.

See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from assembly.diff.security.facts import Fact, Setting
from assembly.diff.security.lifecycle import expirations
from assembly.diff.security.resource import Resource, as_number, counted


@dataclass(frozen=True)
class Period:
    """A property that says how long something is kept. `{it}` in a sentence is the resource, `{n}` how long."""

    types: tuple[str, ...]
    path: str
    text: str
    default: float
    """How long when it is not written."""
    unit: str = "day"
    none: str = ""
    """The sentence when it is zero, which then means that nothing is kept; empty when zero means nothing special."""
    forever: str = ""
    """The sentence when it is kept for ever."""

    def setting(self, resource: Resource) -> Setting:
        """How long it is."""
        written = resource.first(self.path)
        number = as_number(written)
        name = (resource.own.key, self.path)
        if number is None and written is not None:
            words = resource.term(written)
            text = self.text.format(it=resource.label, n=words.words)
            return Setting("protection", name, 0, words.key, text, f"was {words.words}")
        if number is None:
            number = self.default
        return Setting("protection", name, -number, "", self._said(resource, number), self._was(number))

    def _said(self, resource: Resource, number: float) -> str:
        text = self.forever if number == inf else (self.none if not number and self.none else self.text)
        return text.format(it=resource.label, n=counted(number, self.unit))

    def _was(self, number: float) -> str:
        if number == inf:
            return "were kept for ever"
        return "there were none" if self.none and not number else f"was {number:.15g}"


_DATABASES = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster")
_BACKUPS = "automatic backups of {it} are kept for {n}"
_NO_BACKUPS = "no automatic backups of {it} are kept"

PERIODS = (
    Period(_DATABASES, "BackupRetentionPeriod", _BACKUPS, 1, none=_NO_BACKUPS),
    Period(
        ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ServerlessCache", "AWS::MemoryDB::Cluster"),
        "SnapshotRetentionLimit",
        _BACKUPS,
        0,
        none=_NO_BACKUPS,
    ),
    Period(("AWS::Redshift::Cluster",), "AutomatedSnapshotRetentionPeriod", _BACKUPS, 1, none=_NO_BACKUPS),
    Period(
        ("AWS::DynamoDB::Table",),
        "PointInTimeRecoverySpecification.RecoveryPeriodInDays",
        "{it} can be restored to a point in the last {n}",
        35,
    ),
    Period(
        ("AWS::Logs::LogGroup",),
        "RetentionInDays",
        "log events of {it} older than {n} are deleted",
        inf,
        forever="log events of {it} are kept for ever",
    ),
    Period(
        ("AWS::Events::Archive",),
        "RetentionDays",
        "events of {it} older than {n} are deleted",
        inf,
        forever="events of {it} are kept for ever",
    ),
    Period(
        ("AWS::CloudTrail::EventDataStore",),
        "RetentionPeriod",
        "events of {it} older than {n} are deleted",
        2557,
    ),
    Period(
        ("AWS::SQS::Queue",),
        "MessageRetentionPeriod",
        "messages of {it} older than {n} are deleted",
        345600,
        "second",
    ),
    Period(
        ("AWS::Kinesis::Stream",),
        "RetentionPeriodHours",
        "records of {it} older than {n} are deleted",
        24,
        "hour",
    ),
    Period(
        ("AWS::KMS::Key", "AWS::KMS::ReplicaKey"),
        "PendingWindowInDays",
        "{it} is lost {n} after its deletion",
        30,
    ),
    Period(
        ("AWS::S3::Bucket",),
        "ObjectLockConfiguration.Rule.DefaultRetention.Days",
        "new objects of {it} are locked for {n}",
        0,
        none="new objects of {it} are not locked for a number of days",
    ),
    Period(
        ("AWS::S3::Bucket",),
        "ObjectLockConfiguration.Rule.DefaultRetention.Years",
        "new objects of {it} are locked for {n}",
        0,
        "year",
        none="new objects of {it} are not locked for a number of years",
    ),
)
"""How long what is kept."""

_BY_TYPE = {type: [one for one in PERIODS if type in one.types] for period in PERIODS for type in period.types}

_LOCKS = {"COMPLIANCE": 0, "GOVERNANCE": 1}


def retention_settings(resource: Resource) -> Iterator[Setting]:
    """How long a resource keeps what it holds."""
    for period in _BY_TYPE.get(resource.type, ()):
        yield period.setting(resource)
    if resource.type == "AWS::S3::Bucket":
        yield from expirations(resource)
        yield _lock(resource)
    if resource.type == "AWS::ECR::Repository":
        yield _images(resource)


def retention_facts(resource: Resource) -> Iterator[Fact]:
    """Whether items are deleted when their time is over."""
    spec = "TimeToLiveSpecification"
    if resource.type in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable") and resource.first(spec) is not None:
        attribute = resource.said(f"{spec}.AttributeName")
        if resource.said(f"{spec}.Enabled") != "false":
            now, no_longer = (
                f"items of {resource.label} are {when} deleted when the time in {attribute} is over"
                for when in ("now", "no longer")
            )
            key = (resource.own.key, "ttl", attribute)
            yield Fact("protection", key, now, no_longer, True, of=resource.logical_id)


def _lock(resource: Resource) -> Setting:
    mode = resource.said("ObjectLockConfiguration.Rule.DefaultRetention.Mode")
    words = f"in {mode.lower()} mode" if mode else "by nothing"
    text = f"new objects of {resource.label} are locked {words}"
    return Setting("protection", (resource.own.key, "lock"), _LOCKS.get(mode.upper(), 2), mode, text, f"were {words}")


def _images(resource: Resource) -> Setting:
    policy = resource.first("LifecyclePolicy.LifecyclePolicyText")
    name = (resource.own.key, "images")
    if policy is None:
        return Setting("protection", name, 0, "", f"images of {resource.label} no longer expire")
    text = f"images of {resource.label} now expire by a new lifecycle policy"
    return Setting("protection", name, 1, resource.term(policy).key, text)
