"""Whatever a cell keeps is in a backup plan, or says why not."""

import pytest

from assembly.backups import OTHERWISE, RULE, TAG, not_backed_up
from assembly.exceptions import METADATA_KEY
from assembly.stateful import STATEFUL_TYPES

COPIED = {
    "AWS::DSQL::Cluster",
    "AWS::DocDB::DBCluster",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Volume",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::FSx::Volume",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::S3::Bucket",
    "AWS::Timestream::Table",
}
"""As https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html lists them."""

TAGS = [{"Key": TAG, "Value": "daily"}]
BACKED_UP = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"Tags": TAGS}}


def found(writer, **resources):
    assembly = writer.stack("Data", {"Resources": {"Other": BACKED_UP, **resources}}).load()
    return [(finding.logical_id, finding.rule) for finding in not_backed_up(assembly)]


def kept(type, **properties):
    return {"Type": type, "DeletionPolicy": "RetainExceptOnCreate", "Properties": properties}


@pytest.mark.parametrize("type", sorted(COPIED))
def test_what_is_kept_and_could_be_copied_is_found(writer, type):
    assert found(writer, Store=kept(type)) == [("Store", "cells-not-backed-up")]


def test_what_carries_the_tag_is_not(writer):
    assert found(writer, Store=kept("AWS::RDS::DBCluster", Tags=TAGS)) == []


def test_the_tags_of_a_global_table_are_with_its_replicas(writer):
    assert found(writer, Store=kept("AWS::DynamoDB::GlobalTable", Replicas=[{"Tags": TAGS}])) == []


@pytest.mark.parametrize("policy", ["Delete", "Snapshot"])
def test_what_goes_with_its_stack_needs_no_copy(writer, policy):
    assert found(writer, Store={"Type": "AWS::RDS::DBCluster", "DeletionPolicy": policy}) == []


def test_an_exception_alone_is_enough_to_look(writer):
    excused = {**kept("AWS::S3::Bucket"), "Metadata": {METADATA_KEY: [{"rule": RULE}]}}
    assembly = writer.stack("Data", {"Resources": {"Logs": excused}}).load()

    assert [finding.logical_id for finding in not_backed_up(assembly)] == ["Logs"]


def test_where_nothing_is_backed_up_nothing_is_found(writer):
    assembly = writer.stack("Archive", {"Resources": {"Store": kept("AWS::S3::Bucket")}}).load()

    assert not_backed_up(assembly) == []


@pytest.mark.parametrize("type", sorted(STATEFUL_TYPES))
def test_whatever_holds_data_is_copied_or_something_stands_in(type):
    assert (type in COPIED) != bool(OTHERWISE.get(type))
