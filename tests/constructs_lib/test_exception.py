"""Exceptions beside the resources that they excuse."""

import pytest
from aws_cdk import App, Environment, Stack, aws_iam, aws_s3
from aws_cdk.assertions import Template

from constructs_lib.exception import METADATA_KEY, excuse, excuse_each
from constructs_lib.specs.errors import InputError

GOOD = {"rule": "AwsSolutions-S1", "reason": "it is the log bucket", "owner": "platform", "expires": "2027-06-30"}


@pytest.fixture
def stack():
    app = App(analytics_reporting=False, builtin_cloud_formation_validation=False)
    return Stack(app, "Data", env=Environment(account="111122223333", region="eu-west-1"))


def recorded(stack, type):
    (resource,) = Template.from_stack(stack).find_resources(type).values()
    return resource.get("Metadata", {}).get(METADATA_KEY)


def test_an_exception_is_in_the_template_beside_its_resource(stack):
    excuse(aws_s3.Bucket(stack, "Logs"), **GOOD)

    assert recorded(stack, "AWS::S3::Bucket") == [GOOD]


def test_a_second_exception_is_added_to_the_first(stack):
    bucket = aws_s3.Bucket(stack, "Logs")
    excuse(bucket, **GOOD)
    excuse(bucket, **{**GOOD, "rule": "AwsSolutions-S10"})

    assert [entry["rule"] for entry in recorded(stack, "AWS::S3::Bucket")] == ["AwsSolutions-S1", "AwsSolutions-S10"]


def test_saying_the_same_twice_records_it_once(stack):
    bucket = aws_s3.Bucket(stack, "Logs")
    excuse(bucket, **GOOD)
    excuse(bucket, **GOOD)

    assert recorded(stack, "AWS::S3::Bucket") == [GOOD]


def test_several_at_once_are_recorded_as_one_by_one(stack):
    bucket = aws_s3.Bucket(stack, "Logs")
    excuse(bucket, **GOOD)
    excuse_each(
        bucket,
        {GOOD["rule"]: GOOD["reason"], "AwsSolutions-S10": "it is behind another one"},
        owner=GOOD["owner"],
        expires=GOOD["expires"],
    )

    second = {**GOOD, "rule": "AwsSolutions-S10", "reason": "it is behind another one"}
    assert recorded(stack, "AWS::S3::Bucket") == [GOOD, second]


def test_one_that_is_not_proper_among_several_fails(stack):
    with pytest.raises(InputError, match="the reason of an exception is empty"):
        excuse_each(aws_s3.Bucket(stack, "Logs"), {"W3010": "zones", "E3001": " "}, owner="x", expires="2027-06-30")


def test_several_at_once_fail_on_a_whole_stack(stack):
    with pytest.raises(InputError, match="which is not one resource"):
        excuse_each(stack, {"W3010": "zones"}, owner="x", expires="2027-06-30")


def test_a_resource_itself_can_be_excused(stack):
    excuse(aws_s3.Bucket(stack, "Logs").node.default_child, **GOOD)

    assert recorded(stack, "AWS::S3::Bucket") == [GOOD]


def test_only_the_constructs_own_resource_is_excused(stack):
    excuse(aws_s3.Bucket(stack, "Logs", enforce_ssl=True), **GOOD)

    assert recorded(stack, "AWS::S3::BucketPolicy") is None


def test_children_that_come_later_are_excused_too_when_asked(stack):
    role = aws_iam.Role(stack, "Role", assumed_by=aws_iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    excuse(role, **GOOD, apply_to_children=True)
    role.add_to_policy(aws_iam.PolicyStatement(actions=["s3:List*"], resources=["*"]))

    assert recorded(stack, "AWS::IAM::Policy") == recorded(stack, "AWS::IAM::Role") == [{**GOOD, "covers": "Role"}]


def test_no_sibling_is_excused(stack):
    first, second = (
        aws_iam.Role(stack, id, assumed_by=aws_iam.ServicePrincipal("ecs-tasks.amazonaws.com")) for id in ("A", "B")
    )
    excuse(first, **GOOD, apply_to_children=True)

    roles = Template.from_stack(stack).find_resources("AWS::IAM::Role")
    assert METADATA_KEY not in roles[stack.get_logical_id(second.node.default_child)].get("Metadata", {})


@pytest.mark.parametrize("apply_to_children", [False, True])
def test_fails_on_a_whole_stack(stack, apply_to_children):
    with pytest.raises(InputError, match="is on Data, which is not one resource") as error:
        excuse(stack, **GOOD, apply_to_children=apply_to_children)
    assert error.value.hint == "declare it on the construct that needs it"


@pytest.mark.parametrize("apply_to_children", [False, True])
def test_fails_on_the_app(stack, apply_to_children):
    with pytest.raises(InputError, match="is on the app, which is not one resource"):
        excuse(stack.node.root, **GOOD, apply_to_children=apply_to_children)


def test_fails_on_a_construct_without_a_resource_of_its_own(stack):
    imported = aws_s3.Bucket.from_bucket_name(stack, "Elsewhere", "elsewhere")

    with pytest.raises(InputError, match="is on Data/Elsewhere, which has no resource of its own"):
        excuse(imported, **GOOD)


@pytest.mark.parametrize(
    "name, change, message",
    [
        ("no reason", {"reason": "  "}, "the reason of an exception is empty"),
        ("no owner", {"owner": ""}, "the owner of an exception is empty"),
        ("no such day", {"expires": "2027-02-30"}, "'2027-02-30' is not a day"),
        ("a day in words", {"expires": "next June"}, "'next June' is not a day"),
        ("every rule", {"rule": "*"}, "'*' is not the id of a rule"),
        ("every rule of a pack", {"rule": "AwsSolutions-*"}, "'AwsSolutions-*' is not the id of a rule"),
        ("all findings of a rule", {"rule": "AwsSolutions-IAM5"}, "each is excused by itself"),
        (
            "an account id",
            {"rule": "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::logs-111122223333/*]"},
            "has an account id in it",
        ),
    ],
)
def test_fails_on_an_exception_that_is_not_proper(stack, name, change, message):
    with pytest.raises(InputError) as error:
        excuse(aws_s3.Bucket(stack, "Logs"), **{**GOOD, **change})
    assert message in error.value.message
    assert error.value.hint


def test_fails_on_a_rule_that_holds_a_value_of_the_deployment(stack):
    bucket = aws_s3.Bucket(stack, "Logs")

    with pytest.raises(InputError, match="known at deployment only"):
        excuse(bucket, **{**GOOD, "rule": f"AwsSolutions-IAM5[Resource::{bucket.bucket_arn}/*]"})
