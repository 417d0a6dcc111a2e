"""A sender of mail: its records, what it refuses, who may send, and what it tells."""

import pytest
from aws_cdk import Duration
from aws_cdk import aws_route53 as route53

from constructs_lib.email_sender import EmailSender
from constructs_lib.queue import Queue
from constructs_lib.specs.email import EmailSpec
from tests.constructs_lib.sample_data import RETAIN, SampleData, findings, properties


def build(sample, spec=None):
    facade = sample.facade()
    feedback = Queue(
        sample.data,
        "Feedback",
        key=sample.log_key,
        visibility_timeout=Duration.minutes(1),
        retention=Duration.days(14),
        protection=RETAIN,
        facade=facade,
    )
    zone = route53.PublicHostedZone(sample.foundation, "Zone", zone_name="crm.example.com")
    sender = EmailSender(sample.data, "Sender", zone=zone, spec=spec or EmailSpec(), feedback=feedback)
    sender.monitor(facade)
    sender.grant_send(sample.reader)


@pytest.fixture(scope="module")
def sample():
    sample = SampleData()
    build(sample)
    sample.template()
    return sample


def records(template, type):
    return [
        one["Properties"]
        for one in template.find_resources("AWS::Route53::RecordSet").values()
        if one["Properties"]["Type"] == type
    ]


def test_the_domain_signs_with_dkim(sample):
    assert len(records(sample.template(), "CNAME")) == 3
    assert all("DkimDNSTokenName" in str(record["Name"]) for record in records(sample.template(), "CNAME"))


def test_the_return_path_is_a_domain_of_its_own_with_spf(sample):
    identity = properties(sample.template(), "AWS::SES::EmailIdentity")
    (mx,) = records(sample.template(), "MX")
    spf = [record for record in records(sample.template(), "TXT") if "spf1" in str(record["ResourceRecords"])]

    assert identity["MailFromAttributes"] == {
        "MailFromDomain": "bounce.crm.example.com",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }
    assert mx["Name"] == "bounce.crm.example.com."
    assert mx["ResourceRecords"] == ["10 feedback-smtp.eu-west-1.amazonses.com"]
    assert [record["Name"] for record in spf] == ["bounce.crm.example.com."]


def test_receivers_are_told_to_reject_what_is_not_signed(sample):
    (dmarc,) = [record for record in records(sample.template(), "TXT") if "DMARC1" in str(record["ResourceRecords"])]

    assert dmarc["Name"] == "_dmarc.crm.example.com."
    assert dmarc["ResourceRecords"] == ['"v=DMARC1; p=reject; adkim=s; aspf=r"']


def test_reports_go_where_the_product_wants_them():
    sample = SampleData()
    build(sample, EmailSpec(dmarc="quarantine", dmarc_reports="dmarc@example.com"))

    assert '"v=DMARC1; p=quarantine; adkim=s; aspf=r; rua=mailto:dmarc@example.com"' in str(
        records(sample.template(), "TXT")
    )


def test_mail_leaves_over_tls_and_not_to_who_complained(sample):
    configuration = properties(sample.template(), "AWS::SES::ConfigurationSet")

    assert configuration["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert configuration["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
    assert configuration["ReputationOptions"] == {"ReputationMetricsEnabled": True}


def test_what_names_no_configuration_takes_it_all_the_same(sample):
    identity = properties(sample.template(), "AWS::SES::EmailIdentity")

    assert "SenderConfigurationSet" in str(identity["ConfigurationSetAttributes"])
    assert identity["FeedbackAttributes"] == {"EmailForwardingEnabled": False}


def test_who_sends_may_use_addresses_of_this_domain_only(sample):
    (statement,) = sample.allowed()["ses:SendEmail"]

    assert statement["Condition"] == {"StringLike": {"ses:FromAddress": "*@crm.example.com"}}
    assert len(statement["Resource"]) == 2
    assert ":identity/" in str(statement["Resource"][0])
    assert ":configuration-set/" in str(statement["Resource"][1])


def test_bounces_and_complaints_go_to_the_queue_by_the_default_bus(sample):
    destination = properties(sample.template(), "AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
    rule = properties(sample.template(), "AWS::Events::Rule")
    (target,) = rule["Targets"]

    assert destination["MatchingEventTypes"] == ["bounce", "complaint", "reject"]
    assert "event-bus/default" in str(destination["EventBridgeDestination"])
    assert "EventBusName" not in rule
    assert rule["EventPattern"]["source"] == ["aws.ses"]
    assert "Feedback" in str(target["Arn"])


def test_it_alarms_before_aws_looks(sample):
    alarms = {
        metric["MetricStat"]["Metric"]["MetricName"]: alarm["Properties"]["Threshold"]
        for alarm in sample.template().find_resources("AWS::CloudWatch::Alarm").values()
        for metric in alarm["Properties"].get("Metrics", [])
        if metric["MetricStat"]["Metric"]["Namespace"] == "AWS/SES"
    }

    assert alarms == {"Reputation.BounceRate": 0.04, "Reputation.ComplaintRate": 0.0008}


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
