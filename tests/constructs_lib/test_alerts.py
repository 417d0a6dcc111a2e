"""Where alarms go: both topics of a cell, to mail, Slack and PagerDuty."""

import json
from datetime import date

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template
from pydantic import ValidationError

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.alerts import Alerts
from constructs_lib.secret import CellSecret
from constructs_lib.specs.alerts import AlertsSpec, EmailAlert, PagerDutyAlert, SlackAlert
from constructs_lib.specs.secret import SecretSpec

EVERYWHERE = AlertsSpec(
    email=(EmailAlert(address="ops@example.com", alarms=("cell-data", "cell-edge")),),
    slack=SlackAlert(workspace="T0123ABCD", channel="C0123ABCD"),
    pagerduty=PagerDutyAlert(),
)


def build(new_app, new_stack, retained, spec, *, region="eu-west-1"):
    app = new_app()
    topics = new_stack("Topics", app=app, region=region)
    edge = new_stack("Edge", app=app, region="us-east-1")
    leaf = new_stack("Leaf", app=app, region=region)
    secret = SecretSpec(name="alerts/pagerduty-url", kind="external", description="URL")
    url = CellSecret(topics, "Url", spec=secret, key=kms.Key(topics, "Key"), protection=retained)
    Alerts(
        leaf,
        "Alerts",
        spec=spec,
        home=sns.Topic(topics, "Topic"),
        edge=sns.Topic(edge, "Topic"),
        pagerduty_url=url,
        name="acme-crm-prod",
    )
    return app, leaf


@pytest.fixture(scope="module")
def template(new_app, new_stack, retained):
    return Template.from_stack(build(new_app, new_stack, retained, EVERYWHERE)[1])


def subscriptions(template, protocol):
    found = template.find_resources("AWS::SNS::Subscription").values()
    return [one["Properties"] for one in found if one["Properties"]["Protocol"] == protocol]


@pytest.mark.parametrize("protocol", ["email", "https"])
def test_both_topics_are_subscribed_each_in_its_region(template, protocol):
    assert {one["Region"] for one in subscriptions(template, protocol)} == {"eu-west-1", "us-east-1"}


def test_an_address_gets_only_the_alarms_that_it_names(template):
    for one in subscriptions(template, "email"):
        assert one["Endpoint"] == "ops@example.com"
        assert one["FilterPolicyScope"] == "MessageBody"
        assert one["FilterPolicy"] == {"AlarmName": [{"prefix": "cell-data"}, {"prefix": "cell-edge"}]}


def test_without_names_every_alarm_goes(template):
    assert all("FilterPolicy" not in one for one in subscriptions(template, "https"))


def test_the_url_of_pagerduty_is_a_reference_to_a_secret_and_in_no_template(template):
    for one in subscriptions(template, "https"):
        text = json.dumps(one["Endpoint"])
        assert "{{resolve:secretsmanager:" in text
        assert "events.pagerduty.com" not in text


def test_slack_hears_both_topics_and_can_only_look_at_alarms(template):
    template.has_resource_properties(
        "AWS::Chatbot::SlackChannelConfiguration",
        {
            "ConfigurationName": "acme-crm-prod-alarms",
            "SlackWorkspaceId": "T0123ABCD",
            "SlackChannelId": "C0123ABCD",
            "SnsTopicArns": [Match.any_value(), Match.any_value()],
            "GuardrailPolicies": [{"Ref": Match.string_like_regexp("LookAtAlarms")}],
        },
    )
    (policy,) = template.find_resources("AWS::IAM::ManagedPolicy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert all(action.split(":")[1].startswith(("Describe", "Get")) for action in statement["Action"])
    assert not template.find_resources("AWS::IAM::Policy")


def test_a_cell_whose_home_is_the_region_of_the_edge_has_both_topics(new_app, new_stack, retained):
    spec = AlertsSpec(email=(EmailAlert(address="ops@example.com"),))

    template = Template.from_stack(build(new_app, new_stack, retained, spec, region="us-east-1")[1])

    assert len(subscriptions(template, "email")) == 2


def test_nothing_is_built_for_what_is_not_declared(new_app, new_stack, retained):
    template = Template.from_stack(build(new_app, new_stack, retained, AlertsSpec())[1])

    assert template.to_json().get("Resources", {}) == {}


def test_passes_every_check(new_app, new_stack, retained):
    app, _ = build(new_app, new_stack, retained, EVERYWHERE)
    app.synth()

    judgement = check(CloudAssembly.load(app.outdir), on=date(2026, 11, 21), app=app).judgement

    assert [item for item in judgement.unexcused if item.stack == "Leaf"] == []
    assert list(judgement.unused) == []


@pytest.mark.parametrize(
    "fields,message",
    [
        ({"email": [{"address": "ops"}]}, "should match pattern"),
        ({"email": [{"address": "a@example.com"}, {"address": "a@example.com"}]}, "email names a@example.com twice"),
        ({"slack": {"workspace": "acme", "channel": "#alarms"}}, "should match pattern"),
        ({"pagerduty": {"url": "https://events.pagerduty.com"}}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_no_address_is_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        AlertsSpec.model_validate(fields)
