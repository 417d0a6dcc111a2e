"""Copies and restores of AWS Backup that failed."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from cdk_monitoring_constructs import MonitoringFacade
from constructs import Construct

from constructs_lib.failure_queue import FailureQueue
from constructs_lib.specs.protection import ProtectionSpec

_BACKUP = events.EventPattern(
    source=["aws.backup"],
    detail_type=["Backup Job State Change"],
    detail={"state": ["ABORTED", "EXPIRED", "FAILED"]},
)
_RESTORE = events.EventPattern(
    source=["aws.backup"], detail_type=["Restore Job State Change"], detail={"status": ["ABORTED", "FAILED"]}
)


class BackupWatch(Construct):
    """A queue that AWS Backup's failures in this account and region go to. The first one raises an alarm.

    A message says which job, of which store, and why; whoever has looked deletes it. Restore tests are restores too.
    See https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html.
    """

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, protection: ProtectionSpec, facade: MonitoringFacade
    ) -> None:
        super().__init__(scope, id)
        self.failures = FailureQueue(self, "Failures", key=key, protection=protection, facade=facade)
        # Imported: for an encrypted queue the CDK lets every rule of every account send.
        self._queue = sqs.Queue.from_queue_arn(self, "FailuresQueue", self.failures.queue.queue_arn)
        self._tell("BackupFailed", "AWS Backup did not copy a store", _BACKUP)
        self._tell("RestoreFailed", "AWS Backup did not restore a copy", _RESTORE)

    def _tell(self, id: str, description: str, pattern: events.EventPattern) -> None:
        rule = events.Rule(
            self, id, description=description, event_pattern=pattern, targets=[targets.SqsQueue(self._queue)]
        )
        self.failures.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{id}Delivers",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.failures.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule.rule_arn}},
            )
        )
