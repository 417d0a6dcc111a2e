"""The web ACL: each rule blocks, counts or is not there, and the log tells no secrets."""

import json

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.specs.errors import InputError
from constructs_lib.web_acl import WebAcl
from constructs_lib.web_acl_rules import rules
from tests.constructs_lib.sample_data import SampleData
from tests.constructs_lib.sample_edge import SPEC

MANAGED = {
    "common_rules": ("CommonRules", "AWSManagedRulesCommonRuleSet"),
    "known_bad_inputs": ("KnownBadInputs", "AWSManagedRulesKnownBadInputsRuleSet"),
    "sql_injection": ("SqlInjection", "AWSManagedRulesSQLiRuleSet"),
    "ip_reputation": ("IpReputation", "AWSManagedRulesAmazonIpReputationList"),
    "bot_control": ("BotControl", "AWSManagedRulesBotControlRuleSet"),
}
OWN = {
    "cross_site_scripting": ("CrossSiteScripting", "OrStatement"),
    "rate_limit": ("RateLimit", "RateBasedStatement"),
    "geo_blocking": ("GeoBlocking", "GeoMatchStatement"),
}
FIELDS = {**MANAGED, **OWN}
PRIORITIES = {
    "GeoBlocking": 10,
    "RateLimit": 20,
    "IpReputation": 30,
    "KnownBadInputs": 40,
    "CommonRules": 50,
    "SqlInjection": 60,
    "CrossSiteScripting": 70,
    "BotControl": 80,
}


def build(new_stack, **changes) -> Template:
    stack = new_stack("Edge", region="us-east-1")
    key = kms.Key(stack, "Key")
    spec = SPEC.model_copy(update=changes)
    WebAcl(stack, "WebAcl", spec=spec, key=key, name_prefix="acme-crm-prod")
    return Template.from_stack(stack)


def one(template: Template, type: str) -> dict:
    (resource,) = template.find_resources(type).values()
    return resource["Properties"]


def rules_of(template: Template) -> dict[str, dict]:
    return {rule["Name"]: rule for rule in one(template, "AWS::WAFv2::WebACL")["Rules"]}


@pytest.fixture(scope="module")
def template(new_stack):
    return build(new_stack)


@pytest.fixture(scope="module")
def counting(new_stack):
    return build(new_stack, **dict.fromkeys(FIELDS, "count"))


def test_it_guards_cloudfront_and_lets_through_what_no_rule_blocks(template):
    acl = one(template, "AWS::WAFv2::WebACL")

    assert acl["Scope"] == "CLOUDFRONT"
    assert acl["DefaultAction"] == {"Allow": {}}


@pytest.mark.parametrize(("name", "group"), MANAGED.values(), ids=MANAGED)
class TestManagedRule:
    def test_blocks_with_the_actions_of_its_group(self, template, name, group):
        rule = rules_of(template)[name]

        assert rule["Statement"]["ManagedRuleGroupStatement"]["Name"] == group
        assert rule["Statement"]["ManagedRuleGroupStatement"]["VendorName"] == "AWS"
        assert rule["OverrideAction"] == {"None": {}}

    def test_counts_instead_of_every_action_of_its_group(self, counting, name, group):
        rule = rules_of(counting)[name]

        assert rule["Statement"]["ManagedRuleGroupStatement"]["Name"] == group
        assert rule["OverrideAction"] == {"Count": {}}


@pytest.mark.parametrize(("name", "statement"), OWN.values(), ids=OWN)
class TestOwnRule:
    def test_blocks(self, template, name, statement):
        rule = rules_of(template)[name]

        assert list(rule["Statement"]) == [statement]
        assert rule["Action"] == {"Block": {}}

    def test_counts(self, counting, name, statement):
        rule = rules_of(counting)[name]

        assert list(rule["Statement"]) == [statement]
        assert rule["Action"] == {"Count": {}}


@pytest.mark.parametrize("field", FIELDS)
def test_a_rule_that_is_off_is_not_there_and_moves_no_other(new_stack, template, field):
    name, _ = FIELDS[field]
    others = {other: rule for other, rule in rules_of(template).items() if other != name}

    assert rules_of(build(new_stack, **{field: "off"})) == others


modes = st.fixed_dictionaries({field: st.sampled_from(["block", "count", "off"]) for field in FIELDS})


@given(modes)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_priorities_and_metrics_never_change(chosen):
    spec = EdgeSpec.model_validate({**SPEC.model_dump(), **chosen})

    built = {rule.name: rule for rule in rules(spec)}

    assert {name for field, (name, _) in FIELDS.items() if chosen[field] != "off"} == set(built)
    assert {name: rule.priority for name, rule in built.items()} == {name: PRIORITIES[name] for name in built}
    assert all(rule.visibility_config.metric_name == name for name, rule in built.items())


def test_every_rule_is_measured_and_sampled(template):
    for name, rule in rules_of(template).items():
        assert rule["VisibilityConfig"] == {
            "CloudWatchMetricsEnabled": True,
            "MetricName": name,
            "SampledRequestsEnabled": True,
        }


def test_the_rate_is_that_of_one_address_in_five_minutes(template):
    assert rules_of(template)["RateLimit"]["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "Limit": 2000,
        "EvaluationWindowSec": 300,
    }


def test_the_countries_are_those_of_the_spec(template):
    assert rules_of(template)["GeoBlocking"]["Statement"]["GeoMatchStatement"] == {"CountryCodes": ["AQ", "BV"]}


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("the query", {"QueryString": {}}),
        ("the path", {"UriPath": {}}),
        ("the body, as far as it is read", {"Body": {"OversizeHandling": "CONTINUE"}}),
        (
            "the values of all headers",
            {"Headers": {"MatchPattern": {"All": {}}, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE"}},
        ),
    ],
)
def test_scripts_are_looked_for_in(template, part, field):
    statements = rules_of(template)["CrossSiteScripting"]["Statement"]["OrStatement"]["Statements"]

    assert field in [statement["XssMatchStatement"]["FieldToMatch"] for statement in statements]


def test_scripts_are_decoded_before_they_are_looked_for(template):
    for statement in rules_of(template)["CrossSiteScripting"]["Statement"]["OrStatement"]["Statements"]:
        assert statement["XssMatchStatement"]["TextTransformations"] == [
            {"Priority": 0, "Type": "URL_DECODE"},
            {"Priority": 1, "Type": "HTML_ENTITY_DECODE"},
        ]


@pytest.mark.parametrize(
    ("rule", "never_blocks"),
    [
        ("CommonRules", ["SizeRestrictions_BODY"]),
        ("BotControl", ["CategoryHttpLibrary", "SignalNonBrowserUserAgent"]),
    ],
)
def test_what_would_break_uploads_and_clients_of_the_api_only_counts(template, rule, never_blocks):
    overrides = rules_of(template)[rule]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]

    assert overrides == [{"Name": name, "ActionToUse": {"Count": {}}} for name in never_blocks]


def test_bot_control_inspects_at_the_common_level(template):
    group = rules_of(template)["BotControl"]["Statement"]["ManagedRuleGroupStatement"]

    assert group["ManagedRuleGroupConfigs"] == [{"AWSManagedRulesBotControlRuleSet": {"InspectionLevel": "COMMON"}}]


def test_its_log_is_encrypted_kept_for_a_while_and_has_the_name_that_aws_waf_wants(template):
    group = one(template, "AWS::Logs::LogGroup")

    assert group["LogGroupName"] == "aws-waf-logs-acme-crm-prod"
    assert group["RetentionInDays"] == 90
    assert "Key961B73FD" in str(group["KmsKeyId"])
    assert {"Key": "data-classification", "Value": "confidential"} in group["Tags"]


def test_a_retention_that_logs_do_not_know_is_refused(new_stack):
    with pytest.raises(InputError, match="logs cannot be kept for 91 days"):
        build(new_stack, log_retention_days=91)


def test_credentials_never_reach_the_log(template):
    redacted = one(template, "AWS::WAFv2::LoggingConfiguration")["RedactedFields"]

    assert [field["SingleHeader"]["Name"] for field in redacted] == ["authorization", "cookie", "x-api-key"]


def test_it_logs_to_the_group_itself_and_not_to_its_streams(template):
    (destination,) = one(template, "AWS::WAFv2::LoggingConfiguration")["LogDestinationConfigs"]

    assert destination["Fn::Join"][1][-2:] == [
        ":logs:us-east-1:111122223333:log-group:",
        {"Ref": "WebAclLogGroup9469B567"},
    ]


def test_only_aws_waf_of_this_account_may_write_the_log(template):
    policy = one(template, "AWS::Logs::ResourcePolicy")["PolicyDocument"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else part["Ref"] for part in policy)
    (statement,) = json.loads(text)["Statement"]

    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"].endswith(":log-group:WebAclLogGroup9469B567:log-stream:*")
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:AWS::Partition:logs:us-east-1:111122223333:*"},
    }


def test_nothing_is_logged_before_it_may_be(template):
    (logging,) = template.find_resources("AWS::WAFv2::LoggingConfiguration").values()
    (policy,) = template.find_resources("AWS::Logs::ResourcePolicy")

    assert policy in logging["DependsOn"]


def test_its_metrics_are_those_of_cloudfront_without_a_region(new_stack):
    stack = new_stack("Edge", region="us-east-1")
    acl = WebAcl(stack, "WebAcl", spec=SPEC, key=kms.Key(stack, "Key"), name_prefix="acme-crm-prod")

    metric = acl.metric_blocked_requests()

    assert (metric.namespace, metric.metric_name) == ("AWS/WAFV2", "BlockedRequests")
    assert metric.dimensions == {"WebACL": "WebAcl", "Rule": "ALL"}
    assert one(Template.from_stack(stack), "AWS::WAFv2::WebACL")["VisibilityConfig"]["MetricName"] == "WebAcl"


def test_for_an_api_of_a_region_its_metrics_have_that_region():
    sample = SampleData()
    acl = WebAcl(
        sample.service, "WebAcl", spec=SPEC, key=sample.log_key, name_prefix="acme-crm-prod-api", reach="REGIONAL"
    )

    assert one(sample.readers(), "AWS::WAFv2::WebACL")["Scope"] == "REGIONAL"
    assert acl.metric_blocked_requests().dimensions == {"WebACL": "WebAcl", "Rule": "ALL", "Region": "eu-west-1"}
