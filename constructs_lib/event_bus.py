"""A bus that modules tell each other events on."""

from collections.abc import Sequence

from aws_cdk import Duration, Tags
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.queue import Queue
from constructs_lib.queue_rule import queue_rule
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.events import EventBusSpec


class EventBus(Construct):
    """An EventBridge bus with an archive, encrypted with a customer key.

    Every event is archived for `archive_days`, and a replay sends them to the rules again: a consumer has to know what
    it has seen. The key's policy has to let `events.amazonaws.com` use it for this account.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        spec: EventBusSpec,
        key: kms.IKey,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        # Imported: the bus would write itself into the real key's policy, a cycle between stacks.
        self._key = kms.Key.from_key_arn(self, "Key", key.key_arn)
        self.bus = events.EventBus(self, "Bus", event_bus_name=name, kms_key=self._key)
        self.archive = events.Archive(
            self,
            "Archive",
            archive_name=name,
            source_event_bus=self.bus,
            # An empty prefix: every event has a version, and a pattern may not be empty.
            event_pattern=events.EventPattern(version=events.Match.prefix("")),
            retention=Duration.days(spec.archive_days),
            description="Every event of the cell",
            kms_key=self._key,
        )
        Tags.of(self).add("data-classification", classification)

    def grant_put(self, grantee: iam.IGrantable) -> None:
        """Let the grantee put events on the bus. A bus needs no permission on its key from who puts."""
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["events:PutEvents"], resources=[self.bus.event_bus_arn])
        )

    def deliver(self, id: str, *, sources: Sequence[str], to: Queue) -> events.Rule:
        """Deliver the events of some sources into a queue, whole.

        What cannot be delivered for two hours goes to the dead-letter queue of that queue.
        """
        return queue_rule(
            self,
            id,
            bus=self.bus,
            description=f"Events of {len(sources)} sources into a queue",
            pattern=events.EventPattern(source=list(sources)),
            to=to,
        )
