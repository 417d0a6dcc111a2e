"""Who a cell is when it sends e-mail."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from cdk_monitoring_constructs import CustomMetricGroup, MonitoringFacade
from constructs import Construct

from constructs_lib.alarm_above import alarm_above
from constructs_lib.queue import Queue
from constructs_lib.queue_rule import queue_rule
from constructs_lib.specs.email import EmailSpec

_PERIOD = Duration.hours(1)
# AWS reviews an account from 5 % and 0.1 % on: https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-messages.html
_MOST_BOUNCES = 0.04
_MOST_COMPLAINTS = 0.0008


class EmailSender(Construct):
    """The domain of a cell as an identity of Amazon SES: signed with DKIM, with a return path and DMARC of its own.

    Mail leaves over TLS or not at all. Addresses that bounced or complained are suppressed, and told to `feedback`, as
    EventBridge events of SES. All records are in the cell's zone, so AWS verifies the identity by itself. SES begins in
    the sandbox: until a person asks AWS for production access, it sends to verified addresses only.
    See https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    """

    def __init__(
        self, scope: Construct, id: str, *, zone: route53.IPublicHostedZone, spec: EmailSpec, feedback: Queue
    ) -> None:
        super().__init__(scope, id)
        self.domain = zone.zone_name
        self.configuration_set = self._build_configuration_set()
        self.identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.public_hosted_zone(zone),
            # What is sent without naming one takes it all the same.
            configuration_set=self.configuration_set,
            mail_from_domain=f"bounce.{self.domain}",
            mail_from_behavior_on_mx_failure=ses.MailFromBehaviorOnMxFailure.REJECT_MESSAGE,
            # Events tell of bounces: without this each would come by mail as well.
            feedback_forwarding=False,
        )
        self._build_dmarc(zone, spec)
        self._tell(feedback)

    def grant_send(self, grantee: iam.IGrantable) -> None:
        """Let the grantee send from addresses of this domain, and from no other identity of the account."""
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["ses:SendEmail", "ses:SendRawEmail"],
                resources=[self.identity.email_identity_arn, self._configuration_set_arn()],
                conditions={"StringLike": {"ses:FromAddress": f"*@{self.domain}"}},
            )
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm before AWS puts the account under review. The account is the cell, so its rates are the cell's."""
        facade.add_large_header("E-mail").monitor_custom(
            alarm_friendly_name="Email",
            human_readable_name="E-mail",
            metric_groups=[
                CustomMetricGroup(
                    title="Reputation (share of mail)",
                    metrics=[
                        alarm_above(
                            "EmailBounces",
                            _rate("Reputation.BounceRate", "Bounces"),
                            threshold=_MOST_BOUNCES,
                            periods=1,
                        ),
                        alarm_above(
                            "EmailComplaints",
                            _rate("Reputation.ComplaintRate", "Complaints"),
                            threshold=_MOST_COMPLAINTS,
                            periods=1,
                        ),
                    ],
                )
            ],
        )

    def _build_configuration_set(self) -> ses.ConfigurationSet:
        return ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
            reputation_metrics=True,
        )

    def _build_dmarc(self, zone: route53.IPublicHostedZone, spec: EmailSpec) -> None:
        # The return path is a subdomain, so SPF is aligned in the relaxed way; DKIM signs with the domain itself.
        parts = ["v=DMARC1", f"p={spec.dmarc}", "adkim=s", "aspf=r"]
        if spec.dmarc_reports is not None:
            parts.append(f"rua=mailto:{spec.dmarc_reports}")
        route53.TxtRecord(
            self, "Dmarc", zone=zone, record_name="_dmarc", values=["; ".join(parts)], ttl=Duration.hours(1)
        )

    def _tell(self, feedback: Queue) -> None:
        # SES publishes to the default bus only.
        bus = events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
        self.configuration_set.add_event_destination(
            "Feedback",
            destination=ses.EventDestination.event_bus(bus),
            events=[ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT, ses.EmailSendingEvent.REJECT],
        )
        queue_rule(
            self,
            "ToFeedback",
            bus=None,
            description="Bounces and complaints into a queue",
            pattern=events.EventPattern(source=["aws.ses"], detail={"eventType": ["Bounce", "Complaint", "Reject"]}),
            to=feedback,
        )

    def _configuration_set_arn(self) -> str:
        return Stack.of(self).format_arn(
            service="ses",
            resource="configuration-set",
            resource_name=self.configuration_set.configuration_set_name,
        )


def _rate(name: str, label: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/SES", metric_name=name, statistic=cloudwatch.Stats.AVERAGE, period=_PERIOD, label=label
    )
