"""When a statement applies, in words, and what the change of a condition means."""

import pytest

from assembly.diff.security.conditions import alternatives
from assembly.diff.security.resource import Resource

START = "wider: Api/TaskRole may now call s3:GetObject on everything"


@pytest.mark.parametrize(
    "operator, value, words",
    [
        ("StringEquals", "a", "is a"),
        ("StringEquals", ["b", "a"], "is a or b"),
        ("StringNotEquals", "a", "is not a"),
        ("StringNotEquals", ["a", "b"], "is none of a, b"),
        ("StringEqualsIgnoreCase", "a", "is, in any case of letters, a"),
        ("StringLike", ["a*"], "is like a*"),
        ("StringNotLike", ["a*", "b*"], "is like none of a*, b*"),
        ("ArnLike", {"Ref": "Vpc"}, "is like Network/Vpc"),
        ("ArnEquals", {"Ref": "Vpc"}, "is Network/Vpc"),
        ("ArnNotLike", "a", "is not like a"),
        ("NumericLessThan", 5, "is less than 5"),
        ("NumericLessThanEquals", "5", "is at most 5"),
        ("NumericGreaterThanEquals", 5, "is at least 5"),
        ("DateGreaterThan", "2027-01-01", "is after 2027-01-01"),
        ("Bool", True, "is true"),
        ("Bool", "FALSE", "is false"),
        ("Null", "true", "is not there"),
        ("Null", False, "is there"),
        ("IpAddress", "10.0.0.0/8", "is in 10.0.0.0/8"),
        ("NotIpAddress", ["10.0.0.0/8", "192.0.2.0/24"], "is in none of 10.0.0.0/8, 192.0.2.0/24"),
        ("StringEqualsIfExists", "a", ", if present, is a"),
        ("SomethingNew", "a", "SomethingNew a"),
        ("StringEquals", [], "is nothing"),
    ],
)
def test_an_operator_in_words(said, allows, operator, value, words):
    found = said({}, {"P": allows(Condition={operator: {"aws:Key": value}})})

    assert found == [f"{START} when aws:Key{'' if words.startswith(',') else ' '}{words}"]


@pytest.mark.parametrize(
    "operator, words",
    [
        ("ForAllValues:StringEquals", "every value of aws:TagKeys is a or b"),
        ("ForAnyValue:StringEquals", "a value of aws:TagKeys is a or b"),
        ("ForAnyValue:StringLikeIfExists", "a value of aws:TagKeys, if present, is like a or b"),
        ("ForAnyValue:StringNotEquals", "a value of aws:TagKeys is none of a, b"),
    ],
)
def test_a_quantifier_in_words(said, allows, operator, words):
    found = said({}, {"P": allows(Condition={operator: {"aws:TagKeys": ["a", "b"]}})})

    assert found == [f"{START} when {words}"]


def test_several_tests_have_to_be_true_together(said, allows):
    condition = {"StringEquals": {"aws:SourceAccount": "111122223333"}, "ArnLike": {"aws:SourceArn": "a:*"}}

    assert said({}, {"P": allows(Condition=condition)}) == [
        f"{START} when aws:SourceArn is like a:* and aws:SourceAccount is 111122223333"
    ]


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "a value more",
            {"StringEquals": {"k": "a"}},
            {"StringEquals": {"k": ["a", "b"]}},
            ["wider: Api/TaskRole may now call s3:GetObject on everything when k is b"],
        ),
        (
            "a value less",
            {"StringEquals": {"k": ["a", "b", "c"]}},
            {"StringEquals": {"k": ["c"]}},
            ["narrower: Api/TaskRole may no longer call s3:GetObject on everything when k is a or b"],
        ),
        (
            "one value more that is excluded",
            {"StringNotEquals": {"k": "a"}},
            {"StringNotEquals": {"k": ["a", "b"]}},
            ["narrower: Api/TaskRole may now call s3:GetObject on everything only when k is none of a, b"],
        ),
        (
            "a second test",
            {"StringEquals": {"k": "a"}},
            {"StringEquals": {"k": "a", "l": "b"}},
            ["narrower: Api/TaskRole may now call s3:GetObject on everything only when k is a and l is b"],
        ),
        (
            "one value less of all values",
            {"ForAllValues:StringEquals": {"k": ["a", "b"]}},
            {"ForAllValues:StringEquals": {"k": ["a"]}},
            ["narrower: Api/TaskRole may now call s3:GetObject on everything only when every value of k is a"],
        ),
        (
            "another key",
            {"StringEquals": {"k": "a"}},
            {"StringEquals": {"l": "a"}},
            [
                "narrower: Api/TaskRole may no longer call s3:GetObject on everything when k is a",
                "wider: Api/TaskRole may now call s3:GetObject on everything when l is a",
            ],
        ),
        (
            "the condition goes, of two alternatives",
            {"StringEquals": {"k": ["a", "b"]}},
            None,
            ["wider: Api/TaskRole may now call s3:GetObject on everything, no longer only when k is a or b"],
        ),
        ("true is true, however it is written", {"Bool": {"k": True}}, {"Bool": {"k": "true"}}, []),
        ("a number is a number", {"NumericEquals": {"k": 5}}, {"NumericEquals": {"k": "5"}}, []),
        ("one value is a list of one", {"StringEquals": {"k": "a"}}, {"StringEquals": {"k": ["a"]}}, []),
    ],
)
def test_a_condition_that_changes(said, allows, name, before, after, expected):
    old, new = (allows(**({} if one is None else {"Condition": one})) for one in (before, after))

    assert said({"P": old}, {"P": new}) == expected


def test_a_condition_of_a_deny_that_goes_denies_more(said, allows):
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    before, after = allows(Effect="Deny", Condition=condition), allows(Effect="Deny")

    assert said({"P": before}, {"P": after}) == [
        "narrower: Api/TaskRole is now denied s3:GetObject on everything, no longer only when aws:SecureTransport is "
        "false"
    ]
    assert said({"P": after}, {"P": before}) == [
        "wider: Api/TaskRole is now denied s3:GetObject on everything only when aws:SecureTransport is false"
    ]


def test_two_statements_with_a_value_each_are_one_with_both(said, allows):
    def one(*values):
        condition = {"StringEquals": {"k": list(values), "l": "x"}}
        return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}

    assert said({"P": allows(one("a", "b"))}, {"P": allows(one("a"), one("b"))}) == []


def test_two_excluded_values_are_not_two_statements(said, allows):
    def one(*values):
        condition = {"StringNotEquals": {"k": list(values)}}
        return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}

    assert said({"P": allows(one("a", "b"))}, {"P": allows(one("a"), one("b"))}) == [
        f"{START} when k is not {value}, no longer only when k is none of a, b" for value in "ab"
    ]


@pytest.mark.parametrize("keys, amount", [(1, 8), (2, 64), (3, 1)])
def test_a_condition_with_very_many_alternatives_stays_whole(stack, side, keys, amount):
    values = {f"k{number}": [str(value) for value in range(8)] for number in range(keys)}
    resource = Resource(side(stack({})).stacks["S"], "Policy")

    assert len(alternatives(resource, {"StringEquals": values})) == amount


def test_a_condition_that_is_a_function_is_said_as_it_is(said, allows):
    (sentence,) = said({}, {"P": allows(Condition={"Fn::If": ["IsProd", {"Bool": {"k": "true"}}, {}]})})

    assert sentence.startswith(f"{START} when ")


@pytest.mark.parametrize("quantifier", ["", "ForAllValues:", "ForAnyValue:"])
def test_one_more_excluded_value_is_stricter_with_every_quantifier(said, allows, quantifier):
    old, new = (allows(Condition={f"{quantifier}StringNotEquals": {"k": values}}) for values in (["a"], ["a", "b"]))

    assert [text.partition(":")[0] for text in said({"P": old}, {"P": new})] == ["narrower"]
    assert [text.partition(":")[0] for text in said({"P": new}, {"P": old})] == ["wider"]
