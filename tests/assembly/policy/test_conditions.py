"""Each operator on its own: what it takes, and what it does with several values, with none, and with unknown ones."""

import pytest

from assembly.errors import AssemblyError
from assembly.policy.conditions import conditions, holds
from assembly.policy.request import Context

UNKNOWN = object()
ABSENT = ()


def verdict(operator, written, values, **others):
    known = {key: value for key, value in others.items() if value is not UNKNOWN}
    if values is not UNKNOWN:
        known["aws:key"] = values
    context = Context.of({key: value for key, value in known.items() if value != ABSENT})
    absent = [key for key, value in known.items() if value == ABSENT]
    condition = conditions({operator: {"aws:Key": written}}, variables=True, place="here")
    return holds(condition, Context({**context.values, **dict.fromkeys(absent, ())}).find)


@pytest.mark.parametrize(
    ("operator", "written", "values", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", ["a", "b"], "c", False),
        ("StringEquals", "", "", True),
        ("StringEquals", "a", ABSENT, False),
        ("StringEquals", "a", UNKNOWN, None),
        ("StringEquals", 5, "5", True),
        ("StringEquals", True, "true", True),
        ("StringEquals", "a", ["a", "a"], True),
        ("StringEquals", "a", ["b", "c"], False),
        ("StringEquals", "a", ["a", "b"], None),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringNotEquals", "a", ABSENT, True),
        ("StringNotEquals", "a", UNKNOWN, None),
        ("StringNotEquals", "a", ["a", "b"], None),
        ("StringEqualsIgnoreCase", "Abc", "aBC", True),
        ("StringEqualsIgnoreCase", "Abc", "abd", False),
        ("StringNotEqualsIgnoreCase", "Abc", "ABC", False),
        ("StringNotEqualsIgnoreCase", "Abc", "abd", True),
        ("StringLike", "a*c", "abbbc", True),
        ("StringLike", "a*c", "a/b:c", True),
        ("StringLike", "a*c", "ac", True),
        ("StringLike", "a*c", "acb", False),
        ("StringLike", "a?c", "abc", True),
        ("StringLike", "a?c", "ac", False),
        ("StringLike", "a*c", "ABC", False),
        ("StringLike", "*", "", True),
        ("StringLike", "a.c", "abc", False),
        ("StringLike", "a*", "a\nb", True),
        ("StringLike", "*", ABSENT, False),
        ("StringNotLike", "a*", "b", True),
        ("StringNotLike", "a*", "ab", False),
        ("StringNotLike", "*", ABSENT, True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", 10, "11", False),
        ("NumericNotEquals", "10", "11", True),
        ("NumericNotEquals", "10", "10", False),
        ("NumericNotEquals", "10", ABSENT, True),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThan", "10", "100", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericLessThanEquals", "10", "10.5", False),
        ("NumericGreaterThan", "10", "11", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThan", "10", "9", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericGreaterThanEquals", "10", "9", False),
        ("NumericGreaterThanEquals", "10", ABSENT, False),
        ("NumericLessThan", "10", "many", None),
        ("NumericNotEquals", "10", "many", None),
        ("DateEquals", "2026-01-31T00:00:00Z", "2026-01-31T01:00:00+01:00", True),
        ("DateEquals", "2026-01-31", "2026-01-31T00:00:00Z", True),
        ("DateEquals", "2026-01-31T00:00Z", "1769817600", True),
        ("DateEquals", "2026-01-31T00:00:00.5Z", "2026-01-31T00:00:01Z", False),
        ("DateNotEquals", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", True),
        ("DateNotEquals", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z", False),
        ("DateLessThan", "2026-01-31T00:00:00Z", "2026-01-30T23:59:59Z", True),
        ("DateLessThan", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z", False),
        ("DateLessThanEquals", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z", True),
        ("DateLessThanEquals", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", False),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2026-01-31T00:00:00Z", True),
        ("DateGreaterThan", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z", False),
        ("DateGreaterThanEquals", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z", True),
        ("DateGreaterThanEquals", "2026-01-31T00:00:00Z", "2026-01-30T00:00:00Z", False),
        ("DateGreaterThan", "2026-01-31T00:00:00Z", "1769817601", True),
        ("DateGreaterThan", "2026-01-31T00:00:00Z", ABSENT, False),
        ("DateGreaterThan", "2026-01-31T00:00:00Z", "soon", None),
        ("Bool", "true", "true", True),
        ("Bool", "True", "TRUE", True),
        ("Bool", "true", "false", False),
        ("Bool", "false", "false", True),
        ("Bool", False, "false", True),
        ("Bool", "false", ABSENT, False),
        ("Bool", ["true", "false"], "false", True),
        ("Bool", "true", "yes", None),
        ("BoolIfExists", "false", ABSENT, True),
        ("BoolIfExists", "false", "true", False),
        ("BoolIfExists", "false", UNKNOWN, None),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QQ==", False),
        ("BinaryEquals", "QQ==", "not base64!", None),
        ("BinaryEquals", "QQ==", "QQ==!!!!", None),
        ("IpAddress", "203.0.113.0/24", "203.0.113.255", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.0", False),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.8", False),
        ("IpAddress", "203.0.113.9/24", "203.0.113.1", True),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
        ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5679::1", False),
        ("IpAddress", ["203.0.113.0/24", "2001:DB8::/32"], "2001:db8::1", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
        ("IpAddress", "::/0", "203.0.113.7", False),
        ("IpAddress", "203.0.113.0/24", ABSENT, False),
        ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.1", False),
        ("NotIpAddress", "203.0.113.0/24", ABSENT, True),
        ("NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", False),
        ("IpAddress", "203.0.113.0/24", "here", None),
        ("ArnEquals", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:t", True),
        ("ArnLike", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:u", False),
        ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", True),
        ("ArnLike", "arn:aws:iam::*:role/Admin", "arn:aws:iam::111122223333:role/admin", False),
        ("ArnLike", "arn:aws:iam::1111?2223333:role/x", "arn:aws:iam::111122223333:role/x", True),
        ("ArnLike", "arn:aws:logs:*:*:*", "arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:s", True),
        (
            "ArnLike",
            "arn:aws:someservice:*:111122223333:finance/*",
            "arn:aws:someservice:us-east-2:777788889999:store/abc:111122223333:finance/document.txt",
            False,
        ),
        (
            "StringLike",
            "arn:aws:someservice:*:111122223333:finance/*",
            "arn:aws:someservice:us-east-2:777788889999:store/abc:111122223333:finance/document.txt",
            True,
        ),
        ("ArnLike", "*", "arn:aws:iam::111122223333:role/x", None),
        ("ArnLike", "*", "no ARN", None),
        ("ArnLike", "arn:aws:iam::*", "arn:aws:iam::111122223333:role/x", None),
        ("ArnLike", "arn:aws:iam::*", "arn:aws:sns:eu-west-1:111122223333:t", False),
        ("ArnNotLike", "arn:aws:iam::*:role/Admin", "arn:aws:iam::111122223333:role/x", True),
        ("ArnNotLike", "arn:aws:iam::*:role/Admin", "arn:aws:iam::111122223333:role/Admin", False),
        ("ArnNotLike", "arn:aws:iam::*:role/Admin", ABSENT, True),
        ("ArnNotEquals", ["arn:aws:iam::*:role/A", "arn:aws:iam::*:role/B"], "arn:aws:iam::111122223333:role/B", False),
        ("ArnLike", "arn:aws:iam::*:role/x", "no ARN", False),
        ("Null", "true", ABSENT, True),
        ("Null", "true", "a", False),
        ("Null", "false", ABSENT, False),
        ("Null", "false", "a", True),
        ("Null", True, ABSENT, True),
        ("Null", "true", UNKNOWN, None),
        ("Null", ["true", "false"], UNKNOWN, True),
        ("Null", "true", "", None),
        ("Null", "false", ["a", "b"], True),
        ("StringEqualsIfExists", "a", ABSENT, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringEqualsIfExists", "a", "a", True),
        ("StringNotEqualsIfExists", "a", ABSENT, True),
        ("StringNotEqualsIfExists", "a", "a", False),
        ("NumericLessThanIfExists", "10", ABSENT, True),
        ("ArnLikeIfExists", "arn:aws:iam::*:role/x", ABSENT, True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["b", "a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a", "b"], ABSENT, True),
        ("ForAllValues:StringEquals", ["a", "b"], UNKNOWN, None),
        ("ForAllValues:StringEquals", "a", "", None),
        ("ForAllValues:StringLike", "*", "", True),
        ("ForAllValues:StringNotEquals", "a", ["b", "c"], True),
        ("ForAllValues:StringNotEquals", "a", ["a", "b"], False),
        ("ForAllValues:StringNotEquals", "a", ABSENT, True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ABSENT, False),
        ("ForAnyValue:StringEquals", ["a", "b"], UNKNOWN, None),
        ("ForAnyValue:StringEquals", "", "", None),
        ("ForAnyValue:StringEquals", "a", ["", "a"], True),
        ("ForAnyValue:StringNotEquals", "a", ["a", "b"], True),
        ("ForAnyValue:StringNotEquals", "a", ["a"], False),
        ("ForAnyValue:StringNotEquals", "a", ABSENT, False),
        ("ForAnyValue:StringLike", "repo:*", ["x", "repo:y"], True),
        ("ForAnyValue:StringEqualsIfExists", "a", ABSENT, True),
        ("ForAllValues:ArnLike", "arn:aws:iam::*:role/*", ["arn:aws:iam::111122223333:role/x"], True),
        ("ForAllValues:NumericLessThan", "10", ["1", "2"], True),
        ("ForAnyValue:IpAddress", "203.0.113.0/24", ["198.51.100.1", "203.0.113.1"], True),
    ],
)
def test_operator(operator, written, values, expected):
    assert verdict(operator, written, values) is expected


@pytest.mark.parametrize(
    ("operator", "written", "value", "other", "expected"),
    [
        ("StringEquals", "${aws:other}", "x", "x", True),
        ("StringEquals", "${AWS:Other}", "x", "x", True),
        ("StringEquals", "${aws:other}", "x", "y", False),
        ("StringEquals", "${aws:other}", "x", UNKNOWN, None),
        ("StringEquals", "a-${aws:other}", "x", UNKNOWN, False),
        ("StringEquals", "${aws:other}", "x", ABSENT, False),
        ("StringNotEquals", "${aws:other}", "x", ABSENT, True),
        ("StringNotEquals", "${aws:other}", "x", UNKNOWN, None),
        ("StringNotEquals", "a-${aws:other}", "x", UNKNOWN, True),
        ("StringEquals", "${aws:other, 'x'}", "x", ABSENT, True),
        ("StringEquals", "${aws:other,'x'}", "x", ABSENT, True),
        ("StringEquals", "${aws:other, ''}", "", ABSENT, True),
        ("StringEquals", "${aws:other, 'x'}", "x", "y", False),
        ("StringEquals", "${aws:other, 'x'}", "x", UNKNOWN, None),
        ("StringEquals", "${aws:other}", "x", ["x", "y"], None),
        ("StringLike", "${aws:other}/*", "x/1", "x", True),
        ("StringLike", "${aws:other}", "abc", "a*", None),
        ("StringLike", "${aws:other}", "a*", "a*", True),
        ("StringLike", "${aws:other}", "xyz", "a*", False),
        ("StringEquals", "${*}", "*", ABSENT, True),
        ("StringEquals", "${$}{x}", "${x}", ABSENT, True),
        ("ArnLike", "arn:aws:s3:::${aws:other}", "arn:aws:s3:::x", "x", True),
        ("ArnLike", "arn:aws:iam::${aws:other}:role/*", "arn:aws:iam::111122223333:role/x", "111122223333", True),
        ("ArnLike", "arn:aws:iam::${aws:other}:role/*", "arn:aws:iam::111122223333:role/x", "444455556666", False),
        ("ArnLike", "arn:aws:s3::${aws:other}:*", "arn:aws:s3::a:b:c", "a:b", True),
        ("NumericEquals", "${aws:other}", "5", "5", None),
        ("IpAddress", "${aws:other}", "203.0.113.1", "203.0.113.1", None),
        ("Bool", "${aws:other}", "true", "true", None),
    ],
)
def test_operator_with_a_policy_variable(operator, written, value, other, expected):
    assert verdict(operator, written, value, **{"aws:other": other}) is expected


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ([], "is not an object"),
        ({"StringEquals": "x"}, "is not an object of keys"),
        ({"StringEquals": {}}, "is not an object of keys"),
        ({"StringIs": {"aws:x": "a"}}, "is not a condition operator"),
        ({"stringequals": {"aws:x": "a"}}, "is not a condition operator"),
        ({"ForSomeValues:StringEquals": {"aws:x": "a"}}, "is not a condition operator"),
        ({"StringEqualsIfExistsIfExists": {"aws:x": "a"}}, "is not a condition operator"),
        ({"NullIfExists": {"aws:x": "true"}}, "no IfExists"),
        ({"ForAllValues:Null": {"aws:x": "true"}}, "no set operator"),
        ({"Null": {"aws:x": "maybe"}}, "true or false"),
        ({"StringEquals": {"username": "a"}}, "is not a condition key"),
        ({"StringEquals": {"aws:x": []}}, "has no values"),
        ({"StringEquals": {"aws:x": None}}, "no text"),
        ({"StringEquals": {"aws:x": {"a": "b"}}}, "no text"),
        ({"NumericLessThan": {"aws:x": "ten"}}, "not a number"),
        ({"NumericLessThan": {"aws:x": "NaN"}}, "not a number"),
        ({"DateLessThan": {"aws:x": "soon"}}, "not a date"),
        ({"DateLessThan": {"aws:x": "2026-13-01"}}, "month must be"),
        ({"Bool": {"aws:x": "yes"}}, "neither true nor false"),
        ({"BinaryEquals": {"aws:x": "a"}}, "not base64"),
        ({"IpAddress": {"aws:x": "203.0.113"}}, "neither an IP address"),
        ({"IpAddress": {"aws:x": "203.0.113.*"}}, "neither an IP address"),
        ({"StringEquals": {"aws:x": "${AWS::AccountId}"}}, "is not a policy variable"),
        ({"StringEquals": {"aws:x": "${username}"}}, "is not a policy variable"),
        ({"StringEquals": {"aws:x": "${}"}}, "is not a policy variable"),
        ({"StringEquals": {"aws:x": "${aws:y, default}"}}, "is not a policy variable"),
    ],
)
def test_refuses(condition, sentence):
    with pytest.raises(AssemblyError, match=sentence) as caught:
        conditions(condition, variables=True, place="the place")

    assert caught.value.message.startswith("the place")


def test_no_condition_is_always_true():
    assert holds(conditions({}, variables=True, place="here"), Context().find) is True


def test_the_case_of_a_key_does_not_matter():
    condition = conditions({"StringEquals": {"AWS:SourceVPCE": "vpce-1"}}, variables=True, place="here")

    assert holds(condition, Context.of({"aws:sourceVpce": "vpce-1"}).find) is True


def test_one_false_test_decides_whatever_else_is_unknown():
    condition = conditions({"StringEquals": {"aws:a": "1"}, "Bool": {"aws:b": "true"}}, variables=True, place="here")

    assert holds(condition, Context.of({"aws:b": "false"}).find) is False
    assert holds(condition, Context.of({"aws:b": "true"}).find) is None
