import json
from datetime import date

import pytest
from aws_cdk.assertions import Match

from accounts.spec import OrganizationSpec
from accounts.units import Contact, Contacts
from assembly.check import check
from constructs_lib.specs.registry import OrganizationEntry

STACK = "SecurityTooling"
ARCHIVE = "333333333333"
REGIONS = ["eu-west-1", "us-east-1"]


@pytest.fixture(scope="module")
def security(lay_ground, organization, registry):
    known = registry.model_copy(update={"organization": OrganizationEntry(id="o-exampleorgid", root="r-examplerootid")})
    return lay_ground(organization, known)


@pytest.fixture(scope="module")
def template(security):
    return security.template(STACK)


@pytest.fixture(scope="module")
def trail(security):
    return security.only(STACK, "Custom::OrganizationTrail")


@pytest.fixture(scope="module")
def settings_policy(security):
    policy = security.only(STACK, "AWS::IAM::Policy")["Properties"]["PolicyDocument"]["Statement"]
    return {statement["Sid"]: statement for statement in policy}


def test_the_trail_goes_to_the_locked_bucket_with_the_archive_s_key(trail):
    properties = trail["Properties"]

    assert properties["Name"] == "example-organization"
    assert properties["Bucket"] == f"example-trail-{ARCHIVE}-eu-west-1"
    assert properties["Key"] == f"arn:aws:kms:eu-west-1:{ARCHIVE}:alias/example-log-archive"


def test_the_trail_records_management_events_and_who_reads_or_deletes_in_the_archive(trail):
    management, data = json.loads(trail["Properties"]["Selectors"])

    assert management["FieldSelectors"] == [{"Field": "eventCategory", "Equals": ["Management"]}]
    by_field = {selector["Field"]: selector for selector in data["FieldSelectors"]}
    assert by_field["resources.type"]["Equals"] == ["AWS::S3::Object"]
    assert by_field["resources.ARN"]["StartsWith"] == [
        f"arn:aws:s3:::example-{kind}-{ARCHIVE}-eu-west-1/" for kind in ("trail", "config", "flow-logs", "access-logs")
    ]


def test_the_trail_does_not_record_its_own_delivery(trail):
    _, data = json.loads(trail["Properties"]["Selectors"])

    assert {"Field": "eventName", "NotEquals": ["PutObject", "ReplicateObject"]} in data["FieldSelectors"]


def test_trail_and_detectors_stay_when_they_leave_the_stack(template):
    for type in ("Custom::OrganizationTrail", "Custom::OrganizationDetector"):
        for resource in template.find_resources(type).values():
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_every_governed_region_has_a_detector_with_all_plans(security):
    detectors = security.all(STACK, "Custom::OrganizationDetector")

    assert [detector["Properties"]["Region"] for detector in detectors] == REGIONS
    for detector in detectors:
        assert {"S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "RUNTIME_MONITORING"} <= set(detector["Properties"]["Plans"])


def test_the_role_that_sets_them_has_the_name_that_guardrails_exempt(security):
    names = [role["Properties"].get("RoleName") for role in security.all(STACK, "AWS::IAM::Role")]

    assert "SecuritySettingsRole" in names


def test_that_role_may_set_this_trail_and_detectors_of_governed_regions_only(settings_policy):
    assert settings_policy["SetTrail"]["Resource"] == "arn:aws:cloudtrail:*:*:trail/example-organization"
    for sid in ("FindDetector", "SetDetector"):
        assert settings_policy[sid]["Condition"] == {"StringEquals": {"aws:RequestedRegion": REGIONS}}
    assert settings_policy["SetDetector"]["Resource"] == "arn:aws:guardduty:*:222222222222:detector/*"


def test_that_role_deletes_and_stops_nothing(settings_policy):
    actions = [action for one in settings_policy.values() for action in _list(one["Action"])]

    assert actions
    assert not [action for action in actions if any(word in action for word in ("Delete", "Stop", "Disable", "*"))]


def test_every_account_is_judged_by_the_same_standards(security, template):
    policy = security.only(STACK, "AWS::SecurityHub::ConfigurationPolicy")["Properties"]["ConfigurationPolicy"]

    assert policy["SecurityHub"]["ServiceEnabled"] is True
    assert [str(one).rpartition("::")[2] for one in policy["SecurityHub"]["EnabledStandardIdentifiers"]] == [
        "standards/aws-foundational-security-best-practices/v/1.0.0",
        "standards/cis-aws-foundations-benchmark/v/5.0.0",
    ]
    template.has_resource_properties(
        "AWS::SecurityHub::PolicyAssociation", {"TargetId": "r-examplerootid", "TargetType": "ROOT"}
    )
    template.has_resource_properties("AWS::SecurityHub::OrganizationConfiguration", {"ConfigurationType": "CENTRAL"})


def test_findings_of_the_other_governed_regions_come_home(template):
    for type, field in (("FindingAggregator", "Regions"), ("AggregatorV2", "LinkedRegions")):
        template.has_resource_properties(
            f"AWS::SecurityHub::{type}", {"RegionLinkingMode": "SPECIFIED_REGIONS", field: ["us-east-1"]}
        )


def test_one_governed_region_links_what_may_come(lay_ground, organization, registry):
    alone = {
        "home_region": "us-east-1",
        "governed_regions": ["us-east-1"],
        "address_pools": {"us-east-1": "10.0.0.0/10"},
    }
    spec = OrganizationSpec.model_validate({**organization.model_dump(), **alone})

    template = lay_ground(spec, registry.model_copy(update={"cells": ()})).template(STACK)
    template.has_resource_properties("AWS::SecurityHub::FindingAggregator", {"RegionLinkingMode": "ALL_REGIONS"})
    template.resource_count_is("AWS::SecurityHub::AggregatorV2", 0)


def test_config_of_every_account_is_seen_in_governed_regions(security):
    aggregator = security.only(STACK, "AWS::Config::ConfigurationAggregator")["Properties"]

    assert aggregator["OrganizationAggregationSource"]["AwsRegions"] == REGIONS


def test_access_is_analyzed_from_outside_unused_and_inside(template):
    found = template.find_resources("AWS::AccessAnalyzer::Analyzer").values()
    by_type = {one["Properties"]["Type"]: one["Properties"].get("AnalyzerConfiguration") for one in found}

    assert set(by_type) == {"ORGANIZATION", "ORGANIZATION_UNUSED_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"}
    assert by_type["ORGANIZATION_UNUSED_ACCESS"] == {"UnusedAccessConfiguration": {"UnusedAccessAge": 90}}
    rule = by_type["ORGANIZATION_INTERNAL_ACCESS"]["InternalAccessConfiguration"]["InternalAccessAnalysisRule"]
    assert [one["AccountIds"] for one in rule["Inclusions"]] == [[ARCHIVE]]


def test_accounts_whose_data_is_watched_are_declared_because_it_is_billed(lay_ground, organization, registry):
    watching = organization.model_copy(update={"internal_access": ("acme-crm-prod",)})

    analyzers = lay_ground(watching, registry).all(STACK, "AWS::AccessAnalyzer::Analyzer")
    assert "['333333333333', '777788889999']" in str(analyzers)


def test_other_regions_have_their_own_hub_and_analyzer(security):
    types = {resource["Type"] for resource in security.template(f"{STACK}-us-east-1").to_json()["Resources"].values()}

    assert types == {"AWS::SecurityHub::Hub", "AWS::SecurityHub::HubV2", "AWS::AccessAnalyzer::Analyzer"}


def test_only_accounts_of_the_organization_send_to_the_bus(security, template):
    template.has_resource_properties("AWS::Events::EventBus", {"Name": "example-security"})
    statement = security.only(STACK, "AWS::Events::EventBusPolicy")["Properties"]["Statement"]
    assert statement["Action"] == "events:PutEvents"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}


def test_becoming_break_glass_in_any_account_is_told(template):
    bus = next(iter(template.find_resources("AWS::Events::EventBus")))

    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventBusName": {"Ref": bus},
            "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            "EventPattern": {
                "source": ["aws.sts"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventName": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
                    "requestParameters": {"roleArn": [{"suffix": ":role/BreakGlassRole"}]},
                },
            },
        },
    )


@pytest.fixture(scope="module")
def operator(lay_ground, organization, registry):
    declared = organization.model_copy(update={"break_glass_provider": "emergency"})
    ground = lay_ground(declared, registry)
    report = check(ground.assembly, on=date(2026, 11, 21), app=ground.app)
    assert (report.judgement.unexcused, report.judgement.unused) == ((), ())
    (role,) = [
        one["Properties"]
        for one in ground.all(STACK, "AWS::IAM::Role")
        if one["Properties"].get("RoleName") == "BreakGlassOperator"
    ]
    return role


def test_people_come_in_an_emergency_by_saml_and_as_somebody(operator):
    for statement in operator["AssumeRolePolicyDocument"]["Statement"]:
        assert statement["Principal"] == {"Federated": "arn:aws:iam::222222222222:saml-provider/emergency"}
        assert statement["Action"] in ("sts:AssumeRoleWithSAML", "sts:SetSourceIdentity")
        assert statement["Condition"]["Null"] == {"sts:SourceIdentity": "false"}
    assert operator["MaxSessionDuration"] == 3600


def test_they_may_become_break_glass_in_accounts_of_the_organization_and_nothing_else(operator):
    (policy,) = operator["Policies"]

    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "BecomeBreakGlass",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
            "Resource": "arn:aws:iam::*:role/BreakGlassRole",
            "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
        }
    ]


def test_without_a_provider_nobody_is_let_in(security):
    assert "BreakGlassOperator" not in [
        role["Properties"].get("RoleName") for role in security.all(STACK, "AWS::IAM::Role")
    ]


def test_a_finding_that_cannot_wait_is_told_and_a_failed_control_only_when_critical(security):
    rules = [rule["Properties"]["EventPattern"] for rule in security.all(STACK, "AWS::Events::Rule")]
    (pattern,) = [rule["detail"]["findings"] for rule in rules if rule["source"] == ["aws.securityhub"]]

    assert pattern["$or"] == [
        {"Severity": {"Label": ["CRITICAL"]}},
        {"Severity": {"Label": ["HIGH"]}, "ProductName": [{"anything-but": ["Security Hub"]}]},
    ]
    assert pattern["Workflow"] == {"Status": ["NEW"]}


def test_what_cannot_be_told_is_kept(security):
    for rule in security.all(STACK, "AWS::Events::Rule"):
        (target,) = rule["Properties"]["Targets"]
        assert target["DeadLetterConfig"]


def test_rules_publish_to_a_topic_that_is_encrypted(security, template):
    template.has_resource_properties("AWS::SNS::Topic", {"KmsMasterKeyId": Match.any_value()})
    (policy,) = [key["Properties"]["KeyPolicy"] for key in security.all(STACK, "AWS::KMS::Key")]
    statements = {statement.get("Sid"): statement for statement in policy["Statement"]}
    assert statements["EventsPublish"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert statements["EventsPublish"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "222222222222"}}


def test_the_security_contact_is_told(lay_ground, organization, registry):
    desk = Contact(name="Security desk", title="On call", email="security@example.com", phone="+49 30 1234")
    told = organization.model_copy(update={"contacts": Contacts(security=desk)})

    lay_ground(told, registry).template(STACK).has_resource_properties(
        "AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "security@example.com"}
    )


def test_the_trail_waits_for_its_bucket(security):
    dependencies = json.loads((security.assembly.directory / "manifest.json").read_text())["artifacts"][STACK]

    assert {"LogArchive", f"{STACK}-us-east-1"} <= set(dependencies["dependencies"])


def test_the_key_of_security_tooling_outlives_its_stack(template):
    template.has_resource("AWS::KMS::Key", {"DeletionPolicy": "RetainExceptOnCreate"})


def _list(value):
    return value if isinstance(value, list) else [value]
