"""A queue for what failed for good: nobody consumes it, somebody looks at it."""

from aws_cdk import Aws, Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from cdk_monitoring_constructs import MaxMessageCountThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec

_RETENTION = Duration.days(14)


class FailureQueue(Construct):
    """The dead-letter queue of a stream or a schedule, which have no queue of their own.

    A message stays for 14 days, the longest that SQS keeps one. The first one raises an alarm.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.IKey,
        protection: ProtectionSpec,
        facade: MonitoringFacade,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        # Imported: a grant would write into the real key's policy, a cycle between stacks.
        self._key = kms.Key.from_key_arn(self, "Key", key.key_arn)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            retention_period=_RETENTION,
            removal_policy=removal_policy(protection, has_snapshots=False),
        )
        excuse(
            self.queue,
            rule="AwsSolutions-SQS3",
            reason="it is a dead-letter queue itself, of something that is no queue",
            owner="platform",
            expires="2027-11-30",
        )
        Tags.of(self).add("data-classification", classification)
        self._monitor(facade)

    def grant_send(self, grantee: iam.IGrantable) -> None:
        """Let the grantee tell of a failure."""
        principal = grantee.grant_principal
        principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.queue.queue_arn])
        )
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"sqs.{Aws.REGION}.amazonaws.com"}},
            )
        )

    def _monitor(self, facade: MonitoringFacade) -> None:
        name = self.node.path.partition("/")[2]
        facade.monitor_sqs_queue(
            queue=self.queue,
            human_readable_name=name,
            alarm_friendly_name=name.replace("/", "-"),
            add_queue_max_size_alarm={
                "Warning": MaxMessageCountThreshold(max_message_count=0, evaluation_periods=1, datapoints_to_alarm=1)
            },
        )
