"""The bucket for access logs: who may write to it, and how long logs stay."""

import json
from datetime import date

import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.log_bucket import LOAD_BALANCER_PREFIX, LogBucket
from tests.constructs_lib.sample_data import ARCHIVE


@pytest.fixture(scope="module")
def template(new_stack, retained):
    stack = new_stack()
    LogBucket(stack, "LogBucket", retention_days=90, protection=retained, archive=ARCHIVE)
    return Template.from_stack(stack)


def statements(template):
    (policy,) = template.find_resources("AWS::S3::BucketPolicy").values()
    return policy["Properties"]["PolicyDocument"]["Statement"]


def writer(template, service):
    (statement,) = [s for s in statements(template) if s["Principal"] == {"Service": service}]
    return statement


def test_s3_encrypts_it_because_load_balancers_cannot_use_a_customer_key(template):
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}

    template.has_resource_properties(
        "AWS::S3::Bucket", {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}
    )


def test_nothing_makes_it_public(template):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        },
    )


def test_requests_without_tls_or_with_an_old_one_are_denied(template):
    denied = [s["Condition"] for s in statements(template) if s["Effect"] == "Deny"]

    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_load_balancers_of_the_account_write_below_their_prefix(template):
    statement = writer(template, "logdelivery.elasticloadbalancing.amazonaws.com")

    assert statement["Action"] == "s3:PutObject"
    assert statement["Resource"]["Fn::Join"][1][-1] == f"/{LOAD_BALANCER_PREFIX}/AWSLogs/111122223333/*"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    source = json.dumps(statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert ":elasticloadbalancing:eu-west-1:111122223333:loadbalancer/*" in source


def test_server_access_logs_come_from_buckets_of_the_account(template):
    statement = writer(template, "logging.s3.amazonaws.com")

    assert statement["Action"] == "s3:PutObject"
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_logs_and_their_old_versions_expire(template):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    Match.object_like(
                        {
                            "Status": "Enabled",
                            "ExpirationInDays": 90,
                            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                        }
                    )
                ]
            },
        },
    )


def test_it_says_how_sensitive_its_content_is(template):
    template.has_resource_properties(
        "AWS::S3::Bucket", {"Tags": Match.array_with([{"Key": "data-classification", "Value": "confidential"}])}
    )


def test_retained_logs_outlive_the_stack(template):
    template.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "RetainExceptOnCreate"})
    template.resource_count_is("Custom::S3AutoDeleteObjects", 0)


def test_disposable_logs_leave_nothing_behind(new_stack, disposable):
    stack = new_stack()
    LogBucket(stack, "LogBucket", retention_days=7, protection=disposable, archive=ARCHIVE)

    template = Template.from_stack(stack)

    template.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Delete"})
    template.resource_count_is("Custom::S3AutoDeleteObjects", 1)


def test_a_bucket_of_another_stack_logs_here_without_a_change_to_the_policy(new_app, new_stack, retained, template):
    app = new_app()
    home, data = new_stack("Home", app=app), new_stack("Data", app=app)
    logs = LogBucket(home, "LogBucket", retention_days=90, protection=retained, archive=ARCHIVE).bucket

    s3.Bucket(data, "Files", server_access_logs_bucket=logs, server_access_logs_prefix="files/")

    Template.from_stack(data).has_resource_properties(
        "AWS::S3::Bucket", {"LoggingConfiguration": {"LogFilePrefix": "files/"}}
    )
    assert statements(Template.from_stack(home)) == statements(template)


def test_logical_id_of_the_bucket_never_changes(template):
    assert list(template.find_resources("AWS::S3::Bucket")) == ["LogBucket27CEF49F"]


@pytest.mark.parametrize("kind", ["retained", "disposable"])
def test_checks_have_nothing_to_say_that_is_not_excused(new_app, new_stack, request, kind):
    app = new_app()
    protection = request.getfixturevalue(kind)
    LogBucket(new_stack(app=app), "LogBucket", retention_days=90, protection=protection, archive=ARCHIVE)

    assembly = CloudAssembly.load(app.synth().directory)
    judgement = check(assembly, on=date(2026, 11, 21), app=app).judgement

    assert [str(finding) for finding in judgement.unexcused] == []
    assert [exception.rule for exception in judgement.unused] == []
