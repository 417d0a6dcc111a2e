"""Emptying buckets, and what a destroyed cell leaves behind, against moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.deploy.bucket import empty_bucket
from cells.deploy.clients import Clients
from cells.deploy.leftover import remove_log_groups, still_billed
from cells.deploy.reporter import Silence
from cells.plan import CellPlan

STACKS = ("acme-crm-dev", "acme-crm-dev-data", "acme-crm-dev-service")
MINE = [{"Key": "product", "Value": "acme-crm"}, {"Key": "environment", "Value": "dev"}]
OTHERS = [{"Key": "product", "Value": "acme-crm"}, {"Key": "environment", "Value": "prod"}]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        yield Clients(session)


@pytest.fixture
def plan(workspace: Workspace) -> CellPlan:
    return workspace.plan("acme-crm", choice(environment="dev"))


def test_every_version_and_marker_goes(clients: Clients) -> None:
    s3 = clients.s3
    s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="files", Key="one", Body=b"1")
    s3.put_object(Bucket="files", Key="one", Body=b"2")
    s3.delete_object(Bucket="files", Key="one")
    s3.create_multipart_upload(Bucket="files", Key="never-ended")

    deleted = empty_bucket(clients, "files", Silence())

    assert deleted == 3
    s3.delete_bucket(Bucket="files")


def test_a_bucket_that_is_gone_is_empty(clients: Clients) -> None:
    assert empty_bucket(clients, "never-there", Silence()) == 0


def test_log_groups_of_the_cell_go_and_others_stay(clients: Clients) -> None:
    kept = ["/aws/lambda/acme-crm-prod-data-Function", "/aws/lambda/acme-crm-developer-data", "other"]
    for name in ("/aws/lambda/acme-crm-dev-data-Function", "/aws/ecs/containerinsights/acme-crm-dev-service-C", *kept):
        clients.logs.create_log_group(logGroupName=name)

    removed = remove_log_groups(clients, STACKS)

    assert len(removed) == 2
    left = [group["logGroupName"] for group in clients.logs.describe_log_groups()["logGroups"]]
    assert sorted(left) == sorted(kept)


def test_a_bucket_and_a_network_of_the_cell_are_billed(clients: Clients, plan: CellPlan) -> None:
    clients.s3.create_bucket(Bucket="left", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    clients.s3.put_bucket_tagging(Bucket="left", Tagging={"TagSet": MINE})
    vpc = clients.ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    clients.ec2.create_tags(Resources=[vpc], Tags=MINE)

    billed = still_billed(plan, [clients], STACKS)

    assert any("left" in name for name in billed)
    assert vpc in billed


def test_another_cell_is_not_mine(clients: Clients, plan: CellPlan) -> None:
    clients.s3.create_bucket(Bucket="theirs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    clients.s3.put_bucket_tagging(Bucket="theirs", Tagging={"TagSet": OTHERS})

    assert still_billed(plan, [clients], STACKS) == []


def test_a_key_that_waits_for_its_deletion_is_not_billed(clients: Clients, plan: CellPlan) -> None:
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in MINE]
    key = clients.kms.create_key(Tags=tags)["KeyMetadata"]
    assert still_billed(plan, [clients], STACKS) == [key["Arn"]]

    clients.kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)

    assert still_billed(plan, [clients], STACKS) == []
