"""What wakes somebody up: the use of break-glass, and findings that cannot wait."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from accounts.stacks.break_glass_watch import becoming_break_glass, receive_reading_calls
from constructs_lib.encryption import allow_logs
from constructs_lib.exception import excuse

_ROTATION = Duration.days(365)


class SecurityKey(Construct):
    """The key of the security tooling account's own logs, messages and events. Retained."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.key = kms.Key(
            self,
            "Resource",
            description="Logs, alarms and events of security tooling",
            enable_key_rotation=True,
            rotation_period=_ROTATION,
            pending_window=Duration.days(30),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        allow_logs(self.key)
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventsPublish",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )


class SecurityAlarms(Construct):
    """A topic that people are subscribed to, a bus that every account sends to, and the rules between them.

    The bus takes events from accounts of the organization only. The rule that sends them is part of the baseline of
    each account. Findings of all regions come by Security Hub.
    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bus_name: str,
        organization_id: str,
        key: kms.IKey,
        told: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self.topic = self._build_topic(key, told)
        self.undelivered = self._build_undelivered()
        self.bus = self._build_bus(bus_name, organization_id)
        self.break_glass = self._build_break_glass()
        self.findings = self._build_findings()

    def _build_topic(self, key: kms.IKey, told: Sequence[str]) -> sns.Topic:
        topic = sns.Topic(
            self,
            "Topic",
            display_name="Security",
            master_key=key,
            enforce_ssl=True,
            signature_version="2",
        )
        for address in told:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic

    def _build_undelivered(self) -> sqs.Queue:
        """Where an alarm waits that could not be delivered."""
        queue = sqs.Queue(
            self,
            "Undelivered",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        excuse(
            queue,
            rule="AwsSolutions-SQS3",
            reason="Is itself the dead-letter queue, of the rules",
            owner="platform",
            expires="2027-11-30",
        )
        return queue

    def _build_bus(self, name: str, organization_id: str) -> events.EventBus:
        bus = events.EventBus(self, "Bus", event_bus_name=name, description="Events of every account's baseline")
        bus.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OrganizationSends",
                principals=[iam.AnyPrincipal()],
                actions=["events:PutEvents"],
                resources=[bus.event_bus_arn],
                conditions={"StringEquals": {"aws:PrincipalOrgID": organization_id}},
            )
        )
        return bus

    def _build_break_glass(self) -> events.Rule:
        rule = events.Rule(
            self,
            "BreakGlass",
            description="Somebody became the break-glass role of an account, or tried",
            event_bus=self.bus,
            event_pattern=becoming_break_glass(),
        )
        receive_reading_calls(rule)
        rule.add_target(
            self._topic_with(
                "Break-glass was used: "
                f"{events.EventField.from_path('$.detail.eventName')} of "
                f"{events.EventField.from_path('$.detail.requestParameters.roleArn')} by "
                f"{events.EventField.from_path('$.detail.userIdentity.arn')} from "
                f"{events.EventField.from_path('$.detail.sourceIPAddress')} at "
                f"{events.EventField.from_path('$.detail.eventTime')}, event "
                f"{events.EventField.from_path('$.detail.eventID')}"
            )
        )
        return rule

    def _build_findings(self) -> events.Rule:
        """A finding of GuardDuty, Inspector or Access Analyzer that is high; of the standards only what is critical."""
        rule = events.Rule(
            self,
            "Findings",
            description="A new finding that cannot wait, of any account and region",
            event_pattern=events.EventPattern(
                source=["aws.securityhub"],
                detail_type=["Security Hub Findings - Imported"],
                detail={
                    "findings": {
                        "RecordState": ["ACTIVE"],
                        "Workflow": {"Status": ["NEW"]},
                        "$or": [
                            {"Severity": {"Label": ["CRITICAL"]}},
                            {
                                "Severity": {"Label": ["HIGH"]},
                                "ProductName": events.Match.anything_but("Security Hub"),
                            },
                        ],
                    }
                },
            ),
        )
        rule.add_target(
            self._topic_with(
                f"{events.EventField.from_path('$.detail.findings[0].Severity.Label')}: "
                f"{events.EventField.from_path('$.detail.findings[0].Title')} in account "
                f"{events.EventField.from_path('$.detail.findings[0].AwsAccountId')}, "
                f"{events.EventField.from_path('$.detail.findings[0].Region')}"
            )
        )
        return rule

    def _topic_with(self, text: str) -> targets.SnsTopic:
        return targets.SnsTopic(
            self.topic,
            message=events.RuleTargetInput.from_text(text),
            dead_letter_queue=self.undelivered,
            retry_attempts=24,
            max_event_age=Duration.hours(24),
        )
