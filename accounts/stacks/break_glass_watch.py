"""Tells the security tooling account when somebody becomes the break-glass role."""

from typing import cast

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from accounts.names import BREAK_GLASS_ROLE_NAME, security_bus_name
from constructs_lib.specs.landing import Landing

_CALLS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


class BreakGlassWatch(Construct):
    """Sends each call that becomes the break-glass role to the bus of the security tooling account.

    The call counts as reading, which rules do not get unless they ask for it; it is told in the region of the endpoint
    that was called, so that each region has this rule.
    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html.
    """

    def __init__(self, scope: Construct, id: str, *, landing: Landing, security_tooling_account: str) -> None:
        super().__init__(scope, id)
        name = security_bus_name(landing.organization)
        bus = f"arn:{Aws.PARTITION}:events:{landing.home_region}:{security_tooling_account}:event-bus/{name}"
        self.rule = events.Rule(
            self,
            "Resource",
            description="Somebody becomes the break-glass role",
            event_pattern=becoming_break_glass(),
            targets=[targets.EventBus(events.EventBus.from_event_bus_arn(self, "SecurityBus", bus))],
        )
        receive_reading_calls(self.rule)


def becoming_break_glass() -> events.EventPattern:
    """The calls by which somebody becomes the break-glass role of an account, or tries to."""
    return events.EventPattern(
        source=["aws.sts"],
        detail_type=["AWS API Call via CloudTrail"],
        detail={
            "eventName": list(_CALLS),
            "requestParameters": {"roleArn": events.Match.suffix(f":role/{BREAK_GLASS_ROLE_NAME}")},
        },
    )


def receive_reading_calls(rule: events.Rule) -> None:
    """Let a rule get calls that count as reading too; `sts:AssumeRole` does. The L2 knows on and off only."""
    resource = cast(events.CfnRule, rule.node.default_child)  # a Rule's own resource is a CfnRule
    resource.state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
