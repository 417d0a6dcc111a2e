"""One form for everything that is equal."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assembly.diff.value import is_intrinsic, is_policy, pseudo_parameters, settled, text_of
from tests.assembly.diff.templates import PSEUDO, any_json, policies, rewritten, shuffled_policy, stack_of, values

NO_VALUE = {"Ref": "AWS::NoValue"}
law = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def equal(one, other):
    return text_of(settled(one, PSEUDO)) == text_of(settled(other, PSEUDO))


def policy(*statements, **more):
    return {"Statement": list(statements), **more}


@pytest.mark.parametrize(
    "name, one, other",
    [
        ("a substitution and a join", {"Fn::Sub": "a-${It}"}, {"Fn::Join": ["-", ["a", {"Ref": "It"}]]}),
        ("a substituted attribute", {"Fn::Sub": "${It.Arn}/*"}, {"Fn::Join": ["", [{"Fn::GetAtt": "It.Arn"}, "/*"]]}),
        ("a substitution of one reference", {"Fn::Sub": "${It}"}, {"Ref": "It"}),
        ("a substitution of nothing", {"Fn::Sub": "text"}, "text"),
        ("a variable", {"Fn::Sub": ["${X}!", {"X": {"Ref": "It"}}]}, {"Fn::Sub": "${It}!"}),
        ("a variable with an underscore", {"Fn::Sub": ["${an_x}!", {"an_x": {"Ref": "It"}}]}, {"Fn::Sub": "${It}!"}),
        ("a variable with a dot", {"Fn::Sub": ["${a.x}", {"a.x": "text"}]}, "text"),
        ("a variable that hides a resource", {"Fn::Sub": ["${It}", {"It": "text"}]}, "text"),
        ("a variable that is a number", {"Fn::Sub": ["${It}", {"It": 443}]}, "443"),
        ("an escaped variable", {"Fn::Sub": "${!It}"}, "${It}"),
        (
            "an escaped variable with a dash",
            {"Fn::Sub": "${!It-is}${It}"},
            {"Fn::Join": ["", ["${It-is}", {"Ref": "It"}]]},
        ),
        ("a nested join", {"Fn::Join": ["", ["a", {"Fn::Join": ["", ["b", "c"]]}]]}, "abc"),
        ("a nested join with its own delimiter", {"Fn::Join": ["-", ["a", {"Fn::Join": ["/", ["b", "c"]]}]]}, "a-b/c"),
        ("a join of one reference", {"Fn::Join": ["-", [{"Ref": "It"}]]}, {"Ref": "It"}),
        ("a join of nothing", {"Fn::Join": ["-", []]}, ""),
        ("a join of numbers", {"Fn::Join": [":", [80, 443]]}, "80:443"),
        ("a join of a boolean", {"Fn::Join": ["", [True]]}, "true"),
        ("a join without what is taken away", {"Fn::Join": ["-", ["a", NO_VALUE, "b"]]}, "a-b"),
        ("a join of a split text", {"Fn::Join": ["+", {"Fn::Split": [",", "a,b"]}]}, "a+b"),
        ("a substitution in a join", {"Fn::Join": ["", [{"Fn::Sub": "${It}/"}, "*"]]}, {"Fn::Sub": "${It}/*"}),
        ("the region", {"Ref": "AWS::Region"}, "eu-west-1"),
        (
            "the account in a text",
            {"Fn::Sub": "arn:${AWS::Partition}:s3:::${AWS::AccountId}"},
            "arn:aws:s3:::111122223333",
        ),
        ("an attribute as a list", {"Fn::GetAtt": ["It", "Arn"]}, {"Fn::GetAtt": "It.Arn"}),
        (
            "a long attribute as a list",
            {"Fn::GetAtt": ["It", "Endpoint.Address"]},
            {"Fn::GetAtt": "It.Endpoint.Address"},
        ),
        ("a nested attribute as a long list", {"Fn::GetAtt": ["It", "Outputs", "X"]}, {"Fn::GetAtt": "It.Outputs.X"}),
        ("a selected item", {"Fn::Select": [1, ["a", "b"]]}, "b"),
        ("an item selected by text", {"Fn::Select": ["0", {"Fn::Split": ["/", "a/b"]}]}, "a"),
        ("a part of what is known", {"Fn::Select": [2, {"Fn::Split": ["-", {"Ref": "AWS::Region"}]}]}, "1"),
        ("the zones of nowhere", {"Fn::GetAZs": ""}, {"Fn::GetAZs": {"Ref": "AWS::Region"}}),
        ("a number and its text", {"Port": 443}, {"Port": "443"}),
        ("a boolean and its text", {"Enabled": True}, {"Enabled": "true"}),
        ("a whole number with a fraction of nothing", {"Weight": 1.0}, {"Weight": 1}),
        ("minus nothing", {"Weight": -0.0}, {"Weight": 0}),
        ("a property that is taken away", {"A": 1, "B": NO_VALUE}, {"A": 1}),
        ("an item that is taken away", ["a", NO_VALUE], ["a"]),
        ("the order of keys", {"A": 1, "B": {"C": 2, "D": 3}}, {"B": {"D": 3, "C": 2}, "A": 1}),
        (
            "pseudo parameters in a condition",
            {"Fn::If": ["C", {"Ref": "AWS::Region"}, "b"]},
            {"Fn::If": ["C", "eu-west-1", "b"]},
        ),
        ("one statement", policy(ALLOW), {"Statement": ALLOW}),
        (
            "the order of statements",
            policy(ALLOW, {**ALLOW, "Effect": "Deny"}),
            policy({**ALLOW, "Effect": "Deny"}, ALLOW),
        ),
        ("one action", policy(ALLOW), policy({**ALLOW, "Action": ["s3:GetObject"]})),
        (
            "the order of actions",
            policy({**ALLOW, "Action": ["a:B", "c:D"]}),
            policy({**ALLOW, "Action": ["c:D", "a:B"]}),
        ),
        ("an action said twice", policy({**ALLOW, "Action": ["a:B", "a:B"]}), policy({**ALLOW, "Action": "a:B"})),
        (
            "the order of resources that are references",
            policy({**ALLOW, "Resource": [{"Fn::GetAtt": ["A", "Arn"]}, {"Fn::Sub": "${A.Arn}/*"}]}),
            policy(
                {**ALLOW, "Resource": [{"Fn::Join": ["/", [{"Fn::GetAtt": "A.Arn"}, "*"]]}, {"Fn::GetAtt": "A.Arn"}]}
            ),
        ),
        (
            "the order of what is not meant",
            policy(
                {
                    "Effect": "Deny",
                    "NotAction": ["a", "b"],
                    "NotResource": ["a", "b"],
                    "NotPrincipal": {"AWS": ["a", "b"]},
                }
            ),
            policy(
                {
                    "Effect": "Deny",
                    "NotAction": ["b", "a"],
                    "NotResource": ["b", "a"],
                    "NotPrincipal": {"AWS": ["b", "a"]},
                }
            ),
        ),
        (
            "the order of principals",
            policy({**ALLOW, "Principal": {"AWS": ["a", "b"], "Service": "c"}}),
            policy({**ALLOW, "Principal": {"Service": ["c"], "AWS": ["b", "a"]}}),
        ),
        (
            "the order of what a condition accepts",
            policy({**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": ["a", "b"], "x": "c"}}}),
            policy({**ALLOW, "Condition": {"StringEquals": {"x": ["c"], "aws:SourceAccount": ["b", "a"]}}}),
        ),
        (
            "a boolean in a condition",
            policy({**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": False}}}),
            policy({**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}),
        ),
        ("a policy inside of something", {"P": [{"D": policy(ALLOW)}]}, {"P": [{"D": {"Statement": ALLOW}}]}),
    ],
)
def test_two_ways_to_write_one_thing_are_equal(name, one, other):
    assert equal(one, other)


@pytest.mark.parametrize(
    "name, one, other",
    [
        ("a text and a reference", "It", {"Ref": "It"}),
        ("a reference and an attribute", {"Ref": "It"}, {"Fn::GetAtt": "It.Arn"}),
        ("two attributes", {"Fn::GetAtt": "It.Arn"}, {"Fn::GetAtt": "It.Id"}),
        (
            "two attributes of which only deployment knows the names",
            {"Fn::GetAtt": ["It", {"Ref": "A"}]},
            {"Fn::GetAtt": ["It", {"Ref": "B"}]},
        ),
        ("the values of a variable", {"Fn::Sub": ["${an_x}", {"an_x": "a"}]}, {"Fn::Sub": ["${an_x}", {"an_x": "b"}]}),
        ("a variable and its escape", {"Fn::Sub": "${It}"}, {"Fn::Sub": "${!It}"}),
        (
            "the order of a join",
            {"Fn::Join": ["", [{"Ref": "A"}, {"Ref": "B"}]]},
            {"Fn::Join": ["", [{"Ref": "B"}, {"Ref": "A"}]]},
        ),
        ("the delimiter of a join", {"Fn::Join": ["-", {"Ref": "A"}]}, {"Fn::Join": [",", {"Ref": "A"}]}),
        ("the branches of a condition", {"Fn::If": ["C", "a", "b"]}, {"Fn::If": ["C", "b", "a"]}),
        ("the branch that is taken away", {"Fn::If": ["C", "a", NO_VALUE]}, {"Fn::If": ["C", NO_VALUE, "a"]}),
        ("a branch that is taken away and none", {"Fn::If": ["C", "a", NO_VALUE]}, {"Fn::If": ["C", "a"]}),
        ("the order of a list", ["a", "b"], ["b", "a"]),
        ("one item and a list of it, in no policy", {"Action": "a"}, {"Action": ["a"]}),
        ("an item twice", ["a", "a"], ["a"]),
        ("nothing and an empty list", None, []),
        ("an empty list and an empty object", [], {}),
        ("an empty text and nothing", "", None),
        ("a half and its neighbour", 0.5, 0.25),
        ("huge numbers", 10**30, 10**30 + 1),
        ("one and true", 1, True),
        ("a text with a fraction and the number", "1.0", 1),
        ("letters that look alike", "é", "e"),
        ("an effect", policy(ALLOW), policy({**ALLOW, "Effect": "Deny"})),
        (
            "actions and what is not allowed",
            policy(ALLOW),
            policy({"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*"}),
        ),
        ("one more statement", policy(ALLOW), policy(ALLOW, {**ALLOW, "Resource": "a"})),
        ("statements that are no objects", policy(ALLOW, "a"), policy(ALLOW, "b")),
        (
            "kinds of principals",
            policy({**ALLOW, "Principal": {"AWS": "a"}}),
            policy({**ALLOW, "Principal": {"Service": "a"}}),
        ),
        (
            "operators of a condition",
            policy({**ALLOW, "Condition": {"StringEquals": {"x": "a"}}}),
            policy({**ALLOW, "Condition": {"StringLike": {"x": "a"}}}),
        ),
        (
            "the branches of a whole condition",
            policy({**ALLOW, "Condition": {"Fn::If": ["C", {"Bool": {"x": "a"}}, NO_VALUE]}}),
            policy({**ALLOW, "Condition": {"Fn::If": ["C", NO_VALUE, {"Bool": {"x": "a"}}]}}),
        ),
        (
            "the branches of what is tested",
            policy({**ALLOW, "Condition": {"Bool": {"Fn::If": ["C", {"x": "a"}, {"x": "b"}]}}}),
            policy({**ALLOW, "Condition": {"Bool": {"Fn::If": ["C", {"x": "b"}, {"x": "a"}]}}}),
        ),
        (
            "the branches of a principal",
            policy({**ALLOW, "Principal": {"Fn::If": ["C", "a", "b"]}}),
            policy({**ALLOW, "Principal": {"Fn::If": ["C", "b", "a"]}}),
        ),
        (
            "arguments of a macro",
            {"Fn::Transform": {"Name": "M", "Parameters": {"a": 1}}},
            {"Fn::Transform": {"Name": "M", "Parameters": {"a": 2}}},
        ),
        ("an order of keys inside a text", '{"a":1,"b":2}', '{"b":2,"a":1}'),
    ],
)
def test_what_is_not_the_same_is_not_equal(name, one, other):
    assert not equal(one, other)


@pytest.mark.parametrize(
    "broken",
    [
        {"Fn::Sub": []},
        {"Fn::Sub": ["${A}"]},
        {"Fn::Sub": [["a"], {}]},
        {"Fn::Sub": ["${A}", "b"]},
        {"Fn::Sub": 5},
        {"Fn::Sub": None},
        {"Fn::Join": []},
        {"Fn::Join": "a"},
        {"Fn::Join": ["-"]},
        {"Fn::Join": ["-", "a"]},
        {"Fn::Join": [{"Ref": "It"}, ["a", "b"]]},
        {"Fn::GetAtt": []},
        {"Fn::GetAtt": None},
        {"Fn::Select": []},
        {"Fn::Select": [7, ["a"]]},
        {"Fn::Select": [-1, ["a"]]},
        {"Fn::Select": ["x", ["a"]]},
        {"Fn::Select": ["9" * 5000, ["a"]]},
        {"Fn::Split": ["", "a"]},
        {"Fn::Split": [",", {"Ref": "It"}]},
        {"Fn::If": "C"},
        {"Fn::If": []},
        {"Ref": None},
        {"Ref": ["It"]},
        {"Statement": ["Effect", {"Effect": "Allow", "Condition": []}]},
    ],
)
def test_a_function_that_cannot_be_called_stays_as_it_is(broken):
    assert settled(broken, PSEUDO) == broken


def test_a_branch_that_takes_a_value_away_stays_one():
    assert settled({"Fn::If": ["C", "a", NO_VALUE]}, PSEUDO) == {"Fn::If": ["C", "a", NO_VALUE]}


def test_nothing_at_all_is_none():
    assert settled(NO_VALUE, PSEUDO) is None


def test_a_policy_keeps_what_is_beside_its_statements():
    found = settled({"Version": "2012-10-17", "Id": "x", "Statement": {**ALLOW, "Sid": "One"}}, PSEUDO)

    assert found == {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"], "Sid": "One"}],
    }


@law
@given(any_json)
def test_nothing_that_a_template_holds_makes_settling_fail(value):
    json.dumps(settled(value, PSEUDO))


@law
@given(any_json | values | policies())
def test_settled_is_settled(value):
    once = settled(value, PSEUDO)

    assert text_of(settled(once, PSEUDO)) == text_of(once)
    assert text_of(settled(once, {})) == text_of(once)


@law
@given(any_json | policies())
def test_settling_changes_nothing_in_the_template(value):
    before = json.dumps(value)

    settled(value, PSEUDO)

    assert json.dumps(value) == before


@law
@given(st.data(), values | policies())
def test_however_a_value_is_written_it_is_equal(data, value):
    other = data.draw(rewritten(value))

    assert equal(value, other)


@law
@given(st.data(), policies())
def test_the_sets_of_a_policy_have_no_order(data, document):
    other = data.draw(shuffled_policy(document))

    assert settled(other, PSEUDO) == settled(document, PSEUDO)


@law
@given(st.data(), values)
def test_the_order_of_keys_makes_no_text(data, value):
    other = data.draw(rewritten({"Wrapped": value, "Beside": 1}))

    assert equal({"Beside": 1, "Wrapped": value}, other)


@pytest.mark.parametrize(
    "value, is_one",
    [
        ({"Ref": "It"}, True),
        ({"Fn::If": []}, True),
        ({"Fn::GetStackOutput": {}}, True),
        ({"Ref": "It", "More": 1}, False),
        ({"Condition": "It"}, False),
        ({}, False),
        ("Ref", False),
        (None, False),
    ],
)
def test_a_function_is_an_object_with_its_name_alone(value, is_one):
    assert is_intrinsic(value) is is_one


@pytest.mark.parametrize(
    "value, is_one",
    [
        (policy(ALLOW), True),
        ({"Statement": ALLOW}, True),
        (policy({"ManagedRuleGroupStatement": {}}), False),
        ({"Statement": {"ManagedRuleGroupStatement": {}}}, False),
        ({"Statement": "Effect"}, False),
        ({"Statement": []}, False),
        ([policy(ALLOW)], False),
        (None, False),
    ],
)
def test_a_policy_has_statements_with_an_effect(value, is_one):
    assert is_policy(value) is is_one


@pytest.mark.parametrize(
    "region, partition, suffix",
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_pseudo_parameters_follow_the_region(region, partition, suffix):
    found = pseudo_parameters(stack_of({}, region=region))

    assert found == {
        "AWS::AccountId": "111122223333",
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackName": "acme-crm-prod",
        "AWS::URLSuffix": suffix,
    }
