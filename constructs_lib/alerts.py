"""Carries alarms from topics to people: e-mail, Slack and PagerDuty."""

from __future__ import annotations

import re

from aws_cdk import Stack
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.secret import CellSecret
from constructs_lib.specs.alerts import AlarmPrefix, AlertsSpec, SlackAlert
from constructs_lib.specs.region import EDGE_REGION


class Alerts(Construct):
    """Subscribes people to the alarm topics of a cell: the one of its home region, and the one of its edge.

    A mail address confirms once for each topic. PagerDuty confirms by itself; its URL is read from `pagerduty_url` when
    the stack is deployed, so a new value takes a deployment. Slack gets alarms with their charts, and may do nothing
    else: the role and the guardrail of the channel only read alarms and metrics.

    https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
    https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AlertsSpec,
        home: sns.ITopic,
        edge: sns.ITopic,
        pagerduty_url: CellSecret | None,
        name: str,
    ) -> None:
        super().__init__(scope, id)
        self._topics = {"Home": (Stack.of(self).region, home), "Edge": (EDGE_REGION, edge)}
        for email in spec.email:
            self._subscribe(
                f"Email{_id_of(email.address)}", sns.SubscriptionProtocol.EMAIL, email.address, email.alarms
            )
        if spec.pagerduty is not None and pagerduty_url is not None:
            # A reference that CloudFormation resolves: the value is in no template.
            url = pagerduty_url.secret.secret_value.unsafe_unwrap()
            self._subscribe("PagerDuty", sns.SubscriptionProtocol.HTTPS, url, spec.pagerduty.alarms)
        if spec.slack is not None:
            self._build_slack(spec.slack, name)

    def _subscribe(
        self, id: str, protocol: sns.SubscriptionProtocol, endpoint: str, alarms: tuple[AlarmPrefix, ...]
    ) -> None:
        for place, (region, topic) in self._topics.items():
            sns.Subscription(
                self,
                f"{id}{place}",
                topic=topic,
                protocol=protocol,
                endpoint=endpoint,
                region=region,
                filter_policy_with_message_body=_only(alarms) if alarms else None,
            )

    def _build_slack(self, slack: SlackAlert, name: str) -> None:
        look = self._build_look_policy()
        role = iam.Role(
            self,
            "SlackRole",
            assumed_by=iam.ServicePrincipal("chatbot.amazonaws.com"),
            managed_policies=[look],
            description="What a Slack channel may do: look at alarms and their metrics",
        )
        chatbot.SlackChannelConfiguration(
            self,
            "Slack",
            slack_channel_configuration_name=f"{name}-alarms",
            slack_workspace_id=slack.workspace,
            slack_channel_id=slack.channel,
            notification_topics=[topic for _, topic in self._topics.values()],
            role=role,
            # Without one it is AdministratorAccess.
            guardrail_policies=[look],
            user_role_required=False,
        )

    def _build_look_policy(self) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(
            self,
            "LookAtAlarms",
            description="Look at alarms and their metrics",
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "cloudwatch:DescribeAlarms",
                        "cloudwatch:GetMetricData",
                        "cloudwatch:GetMetricWidgetImage",
                    ],
                    resources=["*"],
                )
            ],
        )
        excuse(
            policy,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="metrics have no ARN; the actions only read",
            owner="platform",
            expires="2027-11-30",
        )
        return policy


def _only(prefixes: tuple[AlarmPrefix, ...]) -> dict[str, sns.FilterOrPolicy]:
    names = sns.SubscriptionFilter.string_filter(match_prefixes=list(prefixes))
    return {"AlarmName": sns.FilterOrPolicy.filter(names)}


def _id_of(address: str) -> str:
    return "".join(part.capitalize() for part in re.findall(r"[a-zA-Z0-9]+", address))
