"""The encryption keys of a cell: one for its data, one for messages and logs, one at the edge."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.specs.protection import ProtectionSpec

_ROTATION = Duration.days(365)


class Encryption(Construct):
    """The keys of the home region.

    - `data_key`: database, cache, buckets, secrets. Only principals of the account that IAM allows may use it.
    - `messaging_key`: log groups, topics, queues and the event bus. AWS services may use it for this
      account's resources.

    Two keys, because a service that may write logs has no business with data. A key stays wherever its data or a
    snapshot of it stays. See https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """

    def __init__(self, scope: Construct, id: str, *, protection: ProtectionSpec) -> None:
        super().__init__(scope, id)
        self.data_key = _key(self, "DataKey", "Data of the cell", protection)
        self.messaging_key = _key(self, "MessagingKey", "Messages and logs of the cell", protection)
        allow_logs(self.messaging_key)
        _allow_service(self.messaging_key, "AlarmsPublish", "cloudwatch.amazonaws.com")
        _allow_service(self.messaging_key, "TopicsDeliver", "sns.amazonaws.com")
        _allow_service(self.messaging_key, "BusesKeepAndDeliver", "events.amazonaws.com")


class EdgeEncryption(Construct):
    """The key of us-east-1, for the web ACL's log group and the topic of the edge alarms."""

    def __init__(self, scope: Construct, id: str, *, protection: ProtectionSpec) -> None:
        super().__init__(scope, id)
        self.key = _key(self, "Key", "Alarms and logs at the edge of the cell", protection)
        allow_logs(self.key)
        _allow_service(self.key, "AlarmsPublish", "cloudwatch.amazonaws.com")


def _key(scope: Construct, id: str, description: str, protection: ProtectionSpec) -> kms.Key:
    destroy = protection.removal == "destroy"
    return kms.Key(
        scope,
        id,
        description=description,
        enable_key_rotation=True,
        rotation_period=_ROTATION,
        pending_window=Duration.days(7 if destroy else 30),
        # A snapshot that stays is worth nothing without its key.
        removal_policy=RemovalPolicy.DESTROY if destroy else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )


def allow_logs(key: kms.Key, *, sid: str = "LogGroups") -> None:
    """Let CloudWatch Logs of this region use the key for log groups of this account, and for nothing else.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    stack = Stack.of(key)
    log_groups = stack.format_arn(service="logs", resource="log-group:*")
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
        )
    )


def _allow_service(key: kms.Key, sid: str, service: str) -> None:
    """Let a service write to an encrypted topic or queue when it acts for this account.

    See https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            principals=[iam.ServicePrincipal(service)],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(key).account}},
        )
    )
