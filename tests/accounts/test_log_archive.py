import pytest
from aws_cdk.assertions import Match

from accounts.spec import OrganizationSpec
from constructs_lib.specs.registry import Registry

CELLS = ["111122223333", "444455556666", "777788889999"]
HUB = "444444444444"


@pytest.fixture(scope="module")
def template(ground):
    return ground.template("LogArchive")


@pytest.fixture(scope="module")
def statements(ground):
    policy = ground.only("LogArchive", "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]["Statement"]
    return {statement.get("Sid", statement["Action"]): statement for statement in policy}


def test_the_bucket_has_the_name_that_cells_expect(template):
    template.has_resource_properties("AWS::S3::Bucket", {"BucketName": "example-flow-logs-333333333333-eu-west-1"})


def test_the_bucket_is_encrypted_versioned_and_closed(template):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        },
    )


def test_logs_are_kept_for_seven_years(template):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "LifecycleConfiguration": {
                "Rules": [Match.object_like({"ExpirationInDays": 2557, "Status": "Enabled"})],
            }
        },
    )


def test_the_bucket_outlives_its_stack(template, ground):
    template.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})
    assert ground.artifact("LogArchive")["terminationProtection"] is True


def test_only_the_delivery_for_cells_and_the_network_hub_may_write(statements):
    writing = [statement for statement in statements.values() if statement["Effect"] == "Allow"]

    assert {statement["Principal"]["Service"] for statement in writing} == {"delivery.logs.amazonaws.com"}
    for statement in writing:
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == sorted([*CELLS, HUB])
        assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:logs:eu-west-1:*:*"}


def test_delivery_gives_the_objects_to_the_archive(statements):
    assert statements["DeliverFlowLogs"]["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"
    assert statements["DeliverFlowLogs"]["Action"] == "s3:PutObject"


def test_nothing_but_tls_is_let_in(ground):
    policy = ground.only("LogArchive", "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]["Statement"]
    denied = [statement["Condition"] for statement in policy if statement["Effect"] == "Deny"]

    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_without_an_active_cell_only_the_network_hub_may_write(lay_ground, organization, registry):
    empty = lay_ground(organization, Registry(accounts=registry.accounts))

    policy = empty.only("LogArchive", "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]["Statement"]
    writing = [statement["Condition"]["StringEquals"] for statement in policy if statement["Effect"] == "Allow"]
    assert {str(condition["aws:SourceAccount"]) for condition in writing} == {str([HUB])}


def test_each_region_with_cells_has_its_bucket(lay_ground, organization, registry):
    pools = {"eu-west-1": "10.0.0.0/10", "us-east-1": "10.64.0.0/10"}
    two = OrganizationSpec.model_validate({**organization.model_dump(), "address_pools": pools})

    template = lay_ground(two, registry).template("LogArchive-us-east-1")
    template.has_resource_properties("AWS::S3::Bucket", {"BucketName": "example-flow-logs-333333333333-us-east-1"})
