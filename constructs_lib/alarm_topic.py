"""The topic that the alarms of a cell go to."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


class AlarmTopic(Construct):
    """A topic for CloudWatch alarms of this account and region, encrypted with a customer key, over TLS only.

    CloudWatch cannot use the key that AWS owns for topics, so `key` must allow `cloudwatch.amazonaws.com` (the keys of
    `Encryption` do). See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """

    def __init__(self, scope: Construct, id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self.topic = sns.Topic(self, "Resource", master_key=key, enforce_ssl=True, signature_version="2")
        self.topic.add_to_resource_policy(self._alarms_publish())

    def _alarms_publish(self) -> iam.PolicyStatement:
        stack = Stack.of(self)
        return iam.PolicyStatement(
            sid="AlarmsPublish",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[self.topic.topic_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": stack.format_arn(service="cloudwatch", resource="alarm:*")},
            },
        )
