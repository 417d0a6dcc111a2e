"""The scan of uploads: who may read what, and who writes the tag that decides it."""

import pytest
from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from constructs_lib.queue import Queue
from constructs_lib.specs.virus_scan import VirusScanSpec
from constructs_lib.virus_scan import VirusScan
from tests.constructs_lib.sample_data import RETAIN, SampleData, properties

TAG = "s3:ExistingObjectTag/GuardDutyMalwareScanStatus"
READER = "aws:PrincipalTag/layer"


def build(reads):
    sample = SampleData()
    bucket = s3.Bucket(sample.data, "Files", versioned=True)
    scan = VirusScan(
        sample.data,
        "Scan",
        spec=VirusScanSpec(reads=reads),
        bucket=bucket,
        key=sample.key,
        readers=("layer", "service"),
    )
    queue = Queue(
        sample.data,
        "Results",
        key=sample.log_key,
        visibility_timeout=Duration.seconds(180),
        retention=Duration.days(14),
        protection=RETAIN,
        facade=sample.facade(),
    )
    scan.deliver_results("ToResults", to=queue)
    scan.monitor(sample.facade())
    return sample.template()


@pytest.fixture(scope="module")
def clean():
    return build("clean")


@pytest.fixture(scope="module")
def not_infected():
    return build("not-infected")


def statements(template):
    document = properties(template, "AWS::S3::BucketPolicy")["PolicyDocument"]
    return {one["Sid"]: one for one in document["Statement"]}


def scanner(template):
    (role,) = template.find_resources("AWS::IAM::Role").values()
    (policy,) = role["Properties"]["Policies"]
    return {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}


def test_only_what_was_found_clean_is_read_by_the_containers(clean):
    refused = statements(clean)["OnlyWhatIsNoThreat"]

    assert refused["Effect"] == "Deny"
    assert refused["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert refused["Condition"] == {
        "StringNotEquals": {TAG: "NO_THREATS_FOUND"},
        "StringEquals": {READER: "service"},
    }


def test_a_live_cell_still_reads_what_was_there_before_and_no_threat(not_infected):
    refused = statements(not_infected)["OnlyWhatIsNoThreat"]

    assert refused["Condition"] == {"StringEquals": {TAG: "THREATS_FOUND", READER: "service"}}


def test_nobody_of_the_cell_but_the_scanner_writes_tags(clean):
    refused = statements(clean)["OnlyTheScannerTags"]

    assert "s3:PutObjectTagging" in refused["Action"]
    assert "s3:DeleteObjectVersionTagging" in refused["Action"]
    assert refused["Condition"]["Null"] == {READER: "false"}
    assert list(refused["Condition"]["ArnNotEquals"]) == ["aws:PrincipalArn"]


def test_every_object_is_tagged_with_what_was_found(clean):
    plan = properties(clean, "AWS::GuardDuty::MalwareProtectionPlan")

    assert plan["Actions"] == {"Tagging": {"Status": "ENABLED"}}
    assert "ObjectPrefixes" not in plan["ProtectedResource"]["S3Bucket"]


def test_the_scanner_writes_one_object_only_and_manages_its_own_rule_only(clean):
    found = scanner(clean)

    assert found["ProveThatTheBucketIsOurs"]["Resource"]["Fn::Join"][1][-1].endswith(
        "/malware-protection-resource-validation-object"
    )
    assert found["ManageItsRule"]["Condition"] == {
        "StringEquals": {"events:ManagedBy": "malware-protection-plan.guardduty.amazonaws.com"}
    }
    assert "s3:DeleteObject" not in str(found)


def test_a_threat_expires(clean):
    (rule,) = properties(clean, "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]

    assert rule["TagFilters"] == [{"Key": "GuardDutyMalwareScanStatus", "Value": "THREATS_FOUND"}]
    assert rule["ExpirationInDays"] == 30


def test_results_of_this_bucket_go_into_the_queue(clean):
    rule = properties(clean, "AWS::Events::Rule")

    assert rule["EventPattern"]["source"] == ["aws.guardduty"]
    assert list(rule["EventPattern"]["detail"]["s3ObjectDetails"]) == ["bucketName"]
    assert "EventBusName" not in rule


def test_the_first_threat_raises_an_alarm(clean):
    alarm = next(
        one["Properties"]
        for one in clean.find_resources("AWS::CloudWatch::Alarm").values()
        if "FilesInfected" in one["Properties"]["AlarmName"]
    )

    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert "'Namespace': 'Cell'" in str(alarm) and "'Value': 'virus-scan'" in str(alarm)
