"""A canary: what it asks, what it may do, what it leaves behind and when it alarms."""

import pytest
from aws_cdk import Duration

from constructs_lib.canary import Canary
from tests.constructs_lib.sample_data import RETAIN, SampleData, findings, properties


def build(sample):
    Canary(
        sample.data,
        "Canary",
        name="acme-crm-prod-front-door",
        url="https://crm.example.com/health",
        every=Duration.minutes(5),
        key=sample.key,
        log_bucket=sample.log_bucket,
        protection=RETAIN,
    ).monitor(sample.facade())


@pytest.fixture(scope="module")
def template():
    sample = SampleData()
    build(sample)
    return sample.template()


def test_it_asks_the_front_door_every_few_minutes_with_a_pinned_runtime(template):
    canary = properties(template, "AWS::Synthetics::Canary")

    assert canary["Name"] == "acme-crm-prod-front-door"
    assert canary["RuntimeVersion"] == "syn-python-selenium-14.0"
    assert canary["Schedule"]["Expression"] == "rate(5 minutes)"
    assert canary["RunConfig"]["EnvironmentVariables"] == {"HEALTH_URL": "https://crm.example.com/health"}
    assert canary["StartCanaryAfterCreation"] is True


def test_its_function_goes_when_it_goes(template):
    assert properties(template, "AWS::Synthetics::Canary")["ProvisionedResourceCleanup"] == "AUTOMATIC"


def test_it_stays_outside_of_the_network(template):
    assert "VPCConfig" not in properties(template, "AWS::Synthetics::Canary")


def test_what_runs_leave_behind_is_encrypted_and_deleted_after_a_month(template):
    bucket = properties(template, "AWS::S3::Bucket")
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]

    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert rule["ExpirationInDays"] == 31


def test_its_role_adds_to_its_bucket_and_to_its_metrics_and_makes_no_log_group(template):
    statements = properties(template, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    allowed = {}
    for statement in statements:
        for action in [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]:
            allowed[action] = statement

    assert set(allowed) == {
        "s3:PutObject",
        "s3:GetBucketLocation",
        "s3:ListAllMyBuckets",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "cloudwatch:PutMetricData",
    }
    assert "CanaryArtifacts" in str(allowed["s3:PutObject"]["Resource"])
    assert allowed["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}
    }


def test_two_failed_or_missing_runs_in_a_row_raise_the_alarm(template):
    alarm = properties(template, "AWS::CloudWatch::Alarm")

    assert (alarm["Namespace"], alarm["MetricName"]) == ("CloudWatchSynthetics", "SuccessPercent")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (100, "LessThanThreshold")
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["Period"]) == (2, 2, 300)
    assert alarm["TreatMissingData"] == "breaching"


def test_the_checks_find_nothing_that_is_not_excused(tmp_path):
    assert findings(tmp_path, build) == []
