import pytest
from aws_cdk.assertions import Match

from accounts.archive import ArchiveSpec
from accounts.spec import OrganizationSpec
from constructs_lib.specs.registry import OrganizationEntry
from tests.accounts.conftest import resolved

ARCHIVE = "333333333333"
MANAGEMENT = "111111111111"
ORGANIZATION = "o-exampleorgid"
BUCKETS = {
    "flow-logs": f"example-flow-logs-{ARCHIVE}-eu-west-1",
    "access-logs": f"example-access-logs-{ARCHIVE}-eu-west-1",
    "trail": f"example-trail-{ARCHIVE}-eu-west-1",
    "config": f"example-config-{ARCHIVE}-eu-west-1",
}
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{MANAGEMENT}:trail/example-organization"


@pytest.fixture(scope="module")
def archive(lay_ground, organization, registry):
    known = registry.model_copy(update={"organization": OrganizationEntry(id=ORGANIZATION)})
    return lay_ground(organization, known)


@pytest.fixture(scope="module")
def template(archive):
    return archive.template("LogArchive")


@pytest.fixture(scope="module")
def statements(template):
    """The statements of each bucket's policy by their sid, with the bucket's own ARN as `bucket`."""
    policies = template.find_resources("AWS::S3::BucketPolicy").values()
    by_id = {policy["Properties"]["Bucket"]["Ref"]: policy["Properties"] for policy in policies}

    def of(kind):
        (id,) = template.find_resources("AWS::S3::Bucket", {"Properties": {"BucketName": BUCKETS[kind]}})
        arn = str({"Fn::GetAtt": [id, "Arn"]})
        found = [_with_arn(resolved(one), arn) for one in by_id[id]["PolicyDocument"]["Statement"]]
        return {one.get("Sid", f"Deny{index}"): one for index, one in enumerate(found)}

    return of


def _with_arn(statement, arn):
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    return {**statement, "Resource": [str(one).replace(arn, "bucket") for one in resources]}


@pytest.fixture(scope="module")
def key_statements(archive):
    (policy,) = [key["Properties"]["KeyPolicy"] for key in archive.all("LogArchive", "AWS::KMS::Key")]
    return {one.get("Sid", "Account"): one for one in policy["Statement"]}


@pytest.mark.parametrize("kind", BUCKETS)
def test_each_bucket_has_the_name_that_others_expect_and_is_versioned_and_closed(template, kind):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": BUCKETS[kind],
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


@pytest.mark.parametrize("kind", BUCKETS)
def test_each_bucket_keeps_its_logs_for_seven_years_and_outlives_its_stack(template, archive, kind):
    template.has_resource(
        "AWS::S3::Bucket",
        {
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BucketName": BUCKETS[kind],
                "LifecycleConfiguration": {
                    "Rules": [Match.object_like({"ExpirationInDays": 2557, "Status": "Enabled"})],
                },
            },
        },
    )
    assert archive.artifact("LogArchive")["terminationProtection"] is True


@pytest.mark.parametrize("kind", ["flow-logs", "access-logs", "trail"])
def test_what_can_be_locked_is_locked_as_declared(template, kind):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": BUCKETS[kind],
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        },
    )


def test_the_bucket_of_config_is_not_locked_as_config_cannot_deliver_to_a_locked_one(template):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": BUCKETS["config"],
            "ObjectLockEnabled": Match.absent(),
            "ObjectLockConfiguration": Match.absent(),
        },
    )


def test_compliance_for_seven_years_is_a_lock_of_that_length(lay_ground, organization, registry):
    real = organization.model_copy(update={"log_archive": ArchiveSpec(lock_mode="COMPLIANCE", lock_years=7)})
    approved = registry.model_copy(update={"organization": OrganizationEntry(archive_lock="COMPLIANCE:7y")})

    lay_ground(real, approved).template("LogArchive").has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": BUCKETS["trail"],
            "ObjectLockConfiguration": Match.object_like(
                {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2557}}}
            ),
        },
    )


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("flow-logs", "AES256"), ("access-logs", "AES256"), ("trail", "aws:kms"), ("config", "aws:kms")],
)
def test_each_bucket_is_encrypted_as_its_delivery_allows(template, kind, algorithm):
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketName": BUCKETS[kind],
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    Match.object_like({"ServerSideEncryptionByDefault": Match.object_like({"SSEAlgorithm": algorithm})})
                ]
            },
        },
    )


@pytest.mark.parametrize("kind", BUCKETS)
def test_nothing_but_tls_is_let_in(statements, kind):
    denied = [one["Condition"] for one in statements(kind).values() if one["Effect"] == "Deny"]

    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_flow_logs_come_by_log_delivery_for_accounts_of_the_organization(statements):
    found = statements("flow-logs")

    assert found["DeliverFlowLogs"] == {
        "Sid": "DeliverFlowLogs",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": ["bucket/*"],
        "Condition": {
            "StringEquals": {"aws:SourceOrgID": ORGANIZATION, "s3:x-amz-acl": "bucket-owner-full-control"},
            "ArnLike": {"aws:SourceArn": "arn:aws:logs:eu-west-1:*:*"},
        },
    }
    assert found["CheckBeforeDelivery"]["Action"] == ["s3:GetBucketAcl", "s3:ListBucket"]
    assert found["CheckBeforeDelivery"]["Condition"]["StringEquals"] == {"aws:SourceOrgID": ORGANIZATION}


def test_the_trail_writes_in_the_folders_of_the_organization_and_of_its_owner(statements):
    found = statements("trail")

    assert found["DeliverTrail"] == {
        "Sid": "DeliverTrail",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": [f"bucket/AWSLogs/{MANAGEMENT}/*", f"bucket/AWSLogs/{ORGANIZATION}/*"],
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}},
    }
    assert found["CheckBeforeTrail"]["Action"] == "s3:GetBucketAcl"
    assert found["CheckBeforeTrail"]["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL}}


def test_config_delivers_for_accounts_of_the_organization(statements):
    found = statements("config")

    assert found["DeliverConfig"] == {
        "Sid": "DeliverConfig",
        "Effect": "Allow",
        "Principal": {"Service": "config.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": ["bucket/AWSLogs/*/Config/*"],
        "Condition": {"StringEquals": {"aws:SourceOrgID": ORGANIZATION, "s3:x-amz-acl": "bucket-owner-full-control"}},
    }
    assert found["CheckBeforeConfig"]["Action"] == ["s3:GetBucketAcl", "s3:ListBucket"]
    assert found["CheckBeforeConfig"]["Condition"] == {"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}


def test_access_logs_come_by_the_replication_roles_of_the_organization(statements):
    found = statements("access-logs")

    assert found["ReplicateAccessLogs"]["Action"] == [
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:ReplicateObject",
        "s3:ReplicateTags",
    ]
    for statement in (found["ReplicateAccessLogs"], found["CheckBeforeReplication"]):
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/cells/access-logs/*"},
        }


@pytest.mark.parametrize("kind", BUCKETS)
def test_nobody_is_let_in_without_a_condition_on_the_organization_or_its_trail(statements, kind):
    bound = {"aws:SourceOrgID": ORGANIZATION, "aws:PrincipalOrgID": ORGANIZATION, "aws:SourceArn": TRAIL}
    allowed = [one for one in statements(kind).values() if one["Effect"] == "Allow"]

    assert allowed
    for statement in allowed:
        assert set(statement["Condition"]["StringEquals"].items()) & set(bound.items()), statement
        assert not {"s3:GetObject", "s3:DeleteObject", "s3:*"} & {*_list(statement["Action"])}


def test_cloudtrail_encrypts_for_this_trail_only(key_statements):
    assert key_statements["EncryptTrail"] == {
        "Sid": "EncryptTrail",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceArn": TRAIL},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{MANAGEMENT}:trail/*"},
        },
    }
    assert key_statements["DescribeForTrail"]["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL}}


def test_config_encrypts_for_accounts_of_the_organization(key_statements):
    statement = key_statements["EncryptConfig"]

    assert statement["Principal"] == {"Service": "config.amazonaws.com"}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}


def test_cloudwatch_encrypts_log_groups_of_the_archive_only(key_statements):
    statement = key_statements["EncryptCentralLogs"]

    assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ARCHIVE}:log-group:*"}
    }


def test_nobody_else_uses_the_key(key_statements):
    assert set(key_statements) == {
        "Account",
        "EncryptTrail",
        "DescribeForTrail",
        "EncryptConfig",
        "EncryptReplicas",
        "EncryptCentralLogs",
    }


def test_copies_are_encrypted_through_s3_for_the_bucket_of_access_logs_only(key_statements):
    bucket = f"arn:aws:s3:::{BUCKETS['access-logs']}"

    assert resolved(key_statements["EncryptReplicas"]["Condition"]) == {
        "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION, "kms:ViaService": "s3.eu-west-1.amazonaws.com"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/cells/access-logs/*"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }
    assert key_statements["Account"]["Principal"] == {"AWS": f"arn:aws:iam::{ARCHIVE}:root"}


def test_the_key_outlives_its_stack_and_has_the_alias_that_the_trail_names(template):
    template.has_resource("AWS::KMS::Key", {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"})
    template.has_resource_properties("AWS::KMS::Alias", {"AliasName": "alias/example-log-archive"})


def test_log_groups_of_every_account_and_region_come_together_here(archive):
    rule = archive.only("LogArchive", "AWS::ObservabilityAdmin::OrganizationCentralizationRule")["Properties"]["Rule"]

    assert rule["Source"] == {
        "Regions": ["eu-west-1", "us-east-1"],
        "Scope": f"OrganizationId = '{ORGANIZATION}'",
        "SourceLogsConfiguration": {"EncryptedLogGroupStrategy": "ALLOW", "LogGroupSelectionCriteria": "*"},
    }
    assert (rule["Destination"]["Account"], rule["Destination"]["Region"]) == (ARCHIVE, "eu-west-1")
    encryption = rule["Destination"]["DestinationLogsConfiguration"]["LogsEncryptionConfiguration"]
    assert encryption["EncryptionStrategy"] == "CUSTOMER_MANAGED"


def test_each_region_with_cells_has_its_locked_buckets_and_nothing_else(lay_ground, organization, registry):
    pools = {"eu-west-1": "10.0.0.0/10", "us-east-1": "10.64.0.0/10"}
    two = OrganizationSpec.model_validate({**organization.model_dump(), "address_pools": pools})

    buckets = lay_ground(two, registry).all("LogArchive-us-east-1", "AWS::S3::Bucket")
    assert sorted(bucket["Properties"]["BucketName"] for bucket in buckets) == [
        f"example-access-logs-{ARCHIVE}-us-east-1",
        f"example-flow-logs-{ARCHIVE}-us-east-1",
    ]
    assert all(bucket["Properties"]["ObjectLockEnabled"] for bucket in buckets)


def test_the_archive_is_the_same_with_and_without_cells(lay_ground, organization, registry, ground):
    empty = lay_ground(organization, registry.model_copy(update={"cells": ()}))

    assert empty.template("LogArchive").to_json() == ground.template("LogArchive").to_json()


def _list(value):
    return value if isinstance(value, list) else [value]
