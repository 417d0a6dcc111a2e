"""A rule that delivers events of a bus into a queue, whole."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.queue import Queue

_RETRIES = 24
_MAX_AGE = Duration.hours(2)


def queue_rule(
    scope: Construct,
    id: str,
    *,
    bus: events.IEventBus | None,
    description: str,
    pattern: events.EventPattern,
    to: Queue,
) -> events.Rule:
    """Add a rule on `bus`, or on the account's own bus, where AWS services tell what happened.

    What cannot be delivered for two hours goes to the dead-letter queue of that queue.
    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    # Imported: for an encrypted queue the CDK lets every rule of every account send.
    queue = sqs.Queue.from_queue_arn(scope, f"{id}Queue", to.queue.queue_arn)
    rule = events.Rule(
        scope,
        id,
        event_bus=bus,
        description=description,
        event_pattern=pattern,
        targets=[
            targets.SqsQueue(
                queue, dead_letter_queue=to.dead_letter_queue, retry_attempts=_RETRIES, max_event_age=_MAX_AGE
            )
        ],
    )
    to.queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid=f"{id}Delivers",
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[to.queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule.rule_arn}},
        )
    )
    return rule
