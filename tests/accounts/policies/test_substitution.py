"""Placeholders become facts, and nothing else changes."""

import pytest

from accounts.policies.exemption import VENDING
from accounts.policies.guardrail import Statement
from accounts.policies.substitution import content_of, minified, statements_of
from constructs_lib.specs.errors import InputError
from tests.accounts.policies.test_packing import FACTS, guardrail


def only(statement, facts=FACTS, type="SERVICE_CONTROL_POLICY"):
    (found,) = statements_of(guardrail("one", statement, type=type), facts)
    return found


def test_a_placeholder_with_several_values_makes_an_entry_for_each():
    statement = Statement(
        sid="S", actions=("s3:*",), when={"StringEquals": {"aws:RequestedRegion": "<governed-regions>"}}
    )

    assert only(statement)["Condition"]["StringEquals"]["aws:RequestedRegion"] == ["eu-west-1", "us-east-1"]


def test_one_value_needs_no_brackets():
    found = only(Statement(sid="S", actions=("s3:*",), resources=("arn:<partition>:s3:::<organization>-*",)))

    assert found == {"Sid": "S", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::example-*"}


def test_variables_of_the_policy_language_stay():
    found = only(Statement(sid="S", actions=("s3:*",), when={"StringEquals": {"a:b": "${aws:PrincipalAccount}"}}))

    assert found["Condition"] == {"StringEquals": {"a:b": "${aws:PrincipalAccount}"}}


def test_everybody_who_is_exempt_becomes_a_condition_on_the_principal():
    found = only(Statement(sid="S", actions=("s3:*",), exempt=(VENDING,)))

    assert found["Condition"] == {
        "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAccountAccessRole"}
    }


def test_an_rcp_is_about_everybody_and_an_scp_says_nothing_of_principals():
    assert only(Statement(sid="S", actions=("s3:*",)), type="RESOURCE_CONTROL_POLICY")["Principal"] == "*"
    assert "Principal" not in only(Statement(sid="S", actions=("s3:*",)))


def test_an_unknown_placeholder_is_an_error_that_names_its_place():
    with pytest.raises(InputError, match="one: S has the placeholder <organisation>"):
        only(Statement(sid="S", actions=("s3:*",), resources=("arn:<partition>:s3:::<organisation>",)))


EDGE = {"StringEquals": {"aws:RequestedRegion": "<edge-only-regions>"}}
WITH_CELLS_IN_THE_EDGE = FACTS.model_copy(update={"cell_regions": ("eu-west-1", "us-east-1")})


def test_a_statement_may_be_left_out_when_a_condition_has_no_value():
    statement = Statement(sid="S", actions=("s3:*",), when=EDGE, drop_when_empty=True)

    assert statements_of(guardrail("one", statement), WITH_CELLS_IN_THE_EDGE) == ()
    assert only(statement)["Condition"]["StringEquals"]["aws:RequestedRegion"] == "us-east-1"


def test_otherwise_a_condition_without_a_value_is_an_error():
    with pytest.raises(InputError, match="compares aws:RequestedRegion with nothing"):
        only(Statement(sid="S", actions=("s3:*",), when=EDGE), WITH_CELLS_IN_THE_EDGE)


def test_lists_in_other_types_are_filled_and_values_stay_single():
    content = {"a": {"@@assign": ["<governed-regions>"]}, "b": {"@@assign": "<backup-vault>"}}

    found = content_of(guardrail("one", type="TAG_POLICY", content=content), FACTS)

    assert found == {"a": {"@@assign": ["eu-west-1", "us-east-1"]}, "b": {"@@assign": "cell-recovery"}}


def test_a_single_value_cannot_stand_for_several():
    with pytest.raises(InputError, match="'<governed-regions>' stands for 2 values"):
        content_of(guardrail("one", type="TAG_POLICY", content={"a": "<governed-regions>"}), FACTS)


def test_minified_text_has_no_blank():
    assert minified({"a": ["b c", {"d": 1}]}) == '{"a":["b c",{"d":1}]}'


@pytest.mark.parametrize(
    "home, partition", [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_partition_is_that_of_the_home_region(home, partition):
    assert FACTS.model_copy(update={"home_region": home}).partition == partition
