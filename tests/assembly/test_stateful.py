"""What holds data, and the stack policy that protects it."""

import json

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from hypothesis import given
from hypothesis import strategies as st

from assembly.stateful import STATEFUL_TYPES, stack_policy, stateful

ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def template(**types):
    return {"Resources": {logical_id: {"Type": type} for logical_id, type in types.items()}}


@pytest.mark.parametrize("type", sorted(STATEFUL_TYPES))
def test_every_stateful_type_exists_in_cloudformation(type):
    assert PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type).schema["typeName"] == type


def test_a_bucket_holds_data_and_a_role_does_not():
    assert stateful(template(Files="AWS::S3::Bucket", Role="AWS::IAM::Role")) == {"Files": "objects"}


@pytest.mark.parametrize(
    "name, resource, holds",
    [
        ("an instance of its own", {"Type": "AWS::RDS::DBInstance", "Properties": {}}, True),
        (
            "an instance of a cluster",
            {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": {"Ref": "C"}}},
            False,
        ),
        ("a kept log group", {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"}, True),
        (
            "a log group kept after creation",
            {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "RetainExceptOnCreate"},
            True,
        ),
        ("an operational log group", {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Delete"}, False),
        ("a bucket that is deleted with the stack", {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"}, True),
    ],
)
def test_what_holds_data_is_decided_by_more_than_the_type(name, resource, holds):
    assert bool(stateful({"Resources": {"It": resource}})) is holds


def test_the_policy_denies_replacing_and_deleting_what_holds_data_and_nothing_else():
    policy = stack_policy(template(Files="AWS::S3::Bucket", Role="AWS::IAM::Role", Key="AWS::KMS::Key"))

    assert policy == {
        "Statement": [
            ALLOW,
            {
                "Effect": "Deny",
                "Action": ["Update:Replace", "Update:Delete"],
                "Principal": "*",
                "Resource": ["LogicalResourceId/Files", "LogicalResourceId/Key"],
            },
        ]
    }


def test_a_template_without_data_gets_a_policy_that_allows_everything():
    assert stack_policy(template(Role="AWS::IAM::Role")) == {"Statement": [ALLOW]}


@given(st.permutations(["A", "B", "C", "D"]))
def test_the_policy_does_not_depend_on_the_order_of_the_resources(ids):
    ordered = json.dumps(stack_policy(template(**dict.fromkeys(ids, "AWS::S3::Bucket"))))

    assert ordered == json.dumps(stack_policy(template(**dict.fromkeys("ABCD", "AWS::S3::Bucket"))))


def test_the_policy_of_a_large_stack_stays_within_the_limit_of_cloudformation():
    """16,384 bytes; 150 resources that hold data, with long logical ids, are far beyond a cell."""
    ids = {f"FilesBucketOfTheModuleWithALongName{number:03d}6F0C2A1E": "AWS::S3::Bucket" for number in range(150)}

    assert len(json.dumps(stack_policy(template(**ids)))) < 16_384
