"""A queue of jobs, with a second queue for those that fail, and their alarms."""

from aws_cdk import Aws, Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from cdk_monitoring_constructs import MaxMessageAgeThreshold, MaxMessageCountThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec

_DEAD_LETTER_RETENTION = Duration.days(14)

BACKLOG = 1000
"""So many messages that wait are too many, where nobody says otherwise."""


class Queue(Construct):
    """An SQS queue, encrypted with a customer key; requests without TLS are refused.

    A message that was received `max_receives` times and not deleted moves to `dead_letter_queue`, where it stays for
    14 days, the longest that SQS keeps a message. None: there is no such queue, and a message that fails comes again
    until its retention is over; only for a consumer that takes whatever comes.

    Its alarms come with it, so that none is without: more than `backlog` messages wait, one waits for half its life,
    or one has failed for good.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.IKey,
        visibility_timeout: Duration,
        retention: Duration,
        protection: ProtectionSpec,
        facade: MonitoringFacade,
        max_receives: int | None = 3,
        backlog: int = BACKLOG,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        # Imported: a subscription would write its topic into the real key's policy, a cycle between stacks.
        self._key = kms.Key.from_key_arn(self, "Key", key.key_arn)
        self._retention = retention
        self.visibility_timeout = visibility_timeout
        # Nobody can snapshot a queue; a retained cell keeps what waits in it.
        self._removal = removal_policy(protection, has_snapshots=False)
        self.dead_letter_queue = None if max_receives is None else self._build_dead_letter_queue()
        self.queue = self._build_queue(visibility_timeout, max_receives)
        self._monitor(facade, backlog)
        Tags.of(self).add("data-classification", classification)

    def grant_send(self, grantee: iam.IGrantable) -> None:
        """Let the grantee put jobs into the queue."""
        self._grant(grantee, actions=["sqs:SendMessage"])

    def grant_redrive(self, grantee: iam.IGrantable) -> None:
        """Let the grantee move messages from the dead-letter queue back. Without such a queue there is nothing to move.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
        """
        if self.dead_letter_queue is None:
            return
        self._grant(
            grantee,
            actions=[
                "sqs:StartMessageMoveTask",
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:GetQueueUrl",
            ],
            queue=self.dead_letter_queue,
        )
        self._grant(grantee, actions=["sqs:SendMessage"])

    def grant_consume(self, grantee: iam.IGrantable) -> None:
        """Let the grantee receive jobs, prolong and delete them."""
        self._grant(
            grantee,
            actions=[
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            ],
        )

    def _grant(self, grantee: iam.IGrantable, *, actions: list[str], queue: sqs.Queue | None = None) -> None:
        # Not the grants of the CDK: they take wildcard actions of the key along.
        principal = grantee.grant_principal
        arn = (queue or self.queue).queue_arn
        principal.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=[arn]))
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                # Both: SQS decrypts the data key that it reuses for what is sent.
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"sqs.{Aws.REGION}.amazonaws.com"}},
            )
        )

    def _monitor(self, facade: MonitoringFacade, backlog: int) -> None:
        name = self.node.id
        age = {"Warning": MaxMessageAgeThreshold(max_age_in_seconds=self._retention.to_seconds() / 2)}
        depth = {"Warning": MaxMessageCountThreshold(max_message_count=backlog)}
        if self.dead_letter_queue is None:
            facade.monitor_sqs_queue(
                queue=self.queue,
                human_readable_name=name,
                alarm_friendly_name=name,
                add_queue_max_message_age_alarm=age,
                add_queue_max_size_alarm=depth,
            )
            return
        facade.monitor_sqs_queue_with_dlq(
            queue=self.queue,
            dead_letter_queue=self.dead_letter_queue,
            human_readable_name=name,
            alarm_friendly_name=name,
            add_queue_max_message_age_alarm=age,
            add_queue_max_size_alarm=depth,
            add_dead_letter_queue_max_size_alarm={
                "Warning": MaxMessageCountThreshold(max_message_count=0, evaluation_periods=1, datapoints_to_alarm=1)
            },
        )

    def _build_dead_letter_queue(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            retention_period=_DEAD_LETTER_RETENTION,
            removal_policy=self._removal,
        )

    def _build_queue(self, visibility_timeout: Duration, max_receives: int | None) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            visibility_timeout=visibility_timeout,
            retention_period=self._retention,
            removal_policy=self._removal,
            dead_letter_queue=self._redrive(max_receives),
        )
        if self.dead_letter_queue is None:
            excuse(
                queue,
                rule="AwsSolutions-SQS3",
                reason="its consumer keeps whatever comes, so no message fails for good; age and depth raise alarms",
                owner="platform",
                expires="2027-11-30",
            )
        return queue

    def _redrive(self, max_receives: int | None) -> sqs.DeadLetterQueue | None:
        if self.dead_letter_queue is None or max_receives is None:
            return None
        return sqs.DeadLetterQueue(queue=self.dead_letter_queue, max_receive_count=max_receives)
