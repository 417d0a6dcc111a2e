"""Rule ids without identity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assembly.identity import excused_by, neutral

OUTPUT = '{"Fn::GetStackOutput":{"StackName":"acme-crm-prod-data","Region":"eu-west-1","OutputName":"FilesArn"}}'


@pytest.fixture
def assembly(writer):
    writer.stack("ProductCell-Data", {"Resources": {}}, name="acme-crm-prod-data")
    return writer.stack("ProductCell-Edge", {"Resources": {}}, name="acme-crm-prod-edge", region="us-east-1").load()


@pytest.mark.parametrize(
    "name, found, expected",
    [
        ("a rule without detail stays", "AwsSolutions-S1", "AwsSolutions-S1"),
        ("an action stays", "AwsSolutions-IAM5[Action::s3:*]", "AwsSolutions-IAM5[Action::s3:*]"),
        ("own account", "R[arn:<AWS::Partition>:sqs:*:111122223333:q]", "R[arn:<AWS::Partition>:sqs:*:{account}:q]"),
        ("own region", "R[arn:<AWS::Partition>:sqs:eu-west-1:*:q]", "R[arn:<AWS::Partition>:sqs:{region}:*:q]"),
        (
            "another account",
            "R[arn:<AWS::Partition>:iam::444444444444:role/a-*]",
            "R[arn:<AWS::Partition>:iam::{other}:role/a-*]",
        ),
        ("a number that is no account", "R[queue-444444444444x/*]", "R[queue-444444444444x/*]"),
        ("pseudo parameters", "R[<AWS::Region>:<AWS::AccountId>:*]", "R[{region}:{account}:*]"),
        (
            "the partition stays",
            "R[arn:<AWS::Partition>:iam::aws:policy/x]",
            "R[arn:<AWS::Partition>:iam::aws:policy/x]",
        ),
        ("a given name", "R[parameter/cells/acme-crm/*]", "R[parameter/cells/{product}/*]"),
        ("a name inside a longer one", "R[acme-crm-prod/*]", "R[{product}-{environment}/*]"),
        ("a name at the start of a word", "R[production/*]", "R[production/*]"),
        ("a name at the end of a word", "R[preprod/*]", "R[preprod/*]"),
        ("an output of a stack", f"R[{OUTPUT}/*]", "R[<ProductCell-Data.FilesArn>/*]"),
        ("two outputs", f"R[{OUTPUT}:{OUTPUT}]", "R[<ProductCell-Data.FilesArn>:<ProductCell-Data.FilesArn>]"),
        (
            "an output of a stack elsewhere",
            'R[{"Fn::GetStackOutput":{"StackName":"hub","OutputName":"Arn"}}/*]',
            "R[<hub.Arn>/*]",
        ),
    ],
)
def test_identity_gives_way_to_placeholders(assembly, name, found, expected):
    names = {"acme-crm": "product", "prod": "environment"}

    assert neutral(found, assembly.stack("ProductCell-Data"), assembly, names) == expected


def test_another_region_than_the_stacks_own_stays(assembly):
    rule = "R[arn:<AWS::Partition>:sqs:eu-west-1:*:q]"

    assert neutral(rule, assembly.stack("ProductCell-Edge"), assembly, {}) == rule


def test_a_replaced_value_is_not_replaced_again(assembly):
    names = {"acme-crm": "product", "product": "module"}

    assert neutral("R[acme-crm/product]", assembly.stacks[0], assembly, names) == "R[{product}/{module}]"


@pytest.mark.parametrize(
    "name, declared, found, expected",
    [
        ("equal", "AwsSolutions-S1", "AwsSolutions-S1", True),
        ("another rule", "AwsSolutions-S1", "AwsSolutions-S10", False),
        ("the bare rule is not all its findings", "AwsSolutions-IAM5", "AwsSolutions-IAM5[Action::s3:*]", False),
        ("a star is only a star", "R[Action::s3:*]", "R[Action::s3:Get*]", False),
        ("a reference", "R[Resource::{reference}/*]", "R[Resource::<Files1.Arn>/*]", True),
        ("a reference to another stack", "R[Resource::{reference}/*]", "R[Resource::<Data.FilesArn>/*]", True),
        ("a reference is not everything", "R[Resource::{reference}/*]", "R[Resource::*]", False),
        ("a reference is one only", "R[Resource::{reference}/*]", "R[Resource::<A.Arn>/x/<B.Arn>/*]", False),
        (
            "a reference is not a literal",
            "R[Resource::{reference}/*]",
            "R[Resource::arn:x:s3:::x/*]",
            False,
        ),
    ],
)
def test_a_declared_id_names_exactly_what_it_says(name, declared, found, expected):
    assert excused_by(declared, found) is expected


@given(st.from_regex(r"[A-Za-z0-9-]+\[[^\[\]{}]+\]", fullmatch=True), st.text(max_size=40))
def test_without_a_placeholder_only_the_same_text_is_excused(declared, found):
    assert excused_by(declared, found) is (declared == found)
    assert excused_by(declared, declared)
