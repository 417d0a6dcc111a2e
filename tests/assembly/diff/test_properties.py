"""Which values of two documents are not the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assembly.diff.properties import Difference, differences
from assembly.diff.value import settled, text_of
from assembly.schema import schema_of
from tests.assembly.diff.templates import PSEUDO, rewritten, values

ANY = schema_of("")
law = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
GROUP = schema_of("AWS::EC2::SecurityGroup")


def shown(before, after, schema=ANY):
    return [(one.shown, one.before, one.after) for one in differences(before, after, schema)]


def ports(*numbers):
    return {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": number} for number in numbers]}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        ("nothing", {}, {}, []),
        ("a value", {"A": 1}, {"A": 2}, [("A", 1, 2)]),
        ("a new value", {}, {"A": 1}, [("A", None, 1)]),
        ("a value that goes", {"A": 1}, {}, [("A", 1, None)]),
        ("a nested value", {"A": {"B": {"C": 1, "D": 1}}}, {"A": {"B": {"C": 2, "D": 1}}}, [("A.B.C", 1, 2)]),
        ("a nested value that comes", {"A": {"B": 1}}, {"A": {"B": 1, "C": 2}}, [("A.C", None, 2)]),
        ("several values, sorted", {"B": 1, "A": 1}, {"B": 2, "A": 2}, [("A", 1, 2), ("B", 1, 2)]),
        ("a number and its text", {"A": 1}, {"A": "1"}, []),
        ("a value that is null and none", {"A": None}, {}, []),
        ("an empty object and none", {"A": {}}, {}, [("A", {}, None)]),
        ("an object that becomes a text", {"A": {"B": 1}}, {"A": "b"}, [("A", {"B": 1}, "b")]),
        ("an object that becomes a list", {"A": {"B": 1}}, {"A": []}, [("A", {"B": 1}, [])]),
        ("a text that becomes a reference", {"A": "x"}, {"A": {"Ref": "X"}}, [("A", "x", {"Ref": "X"})]),
        ("two references", {"A": {"Ref": "X"}}, {"A": {"Ref": "Y"}}, [("A", {"Ref": "X"}, {"Ref": "Y"})]),
        ("an object that becomes a call", {"A": {"B": 1}}, {"A": {"Ref": "X"}}, [("A", {"B": 1}, {"Ref": "X"})]),
        ("two documents that are no objects", "a", "b", [("", "a", "b")]),
        ("an item of a list", {"A": ["x", "y"]}, {"A": ["x", "z"]}, [("A[]", "y", "z")]),
        ("an item that comes", {"A": ["x"]}, {"A": ["x", "y"]}, [("A[]", None, "y")]),
        ("an item that comes first", {"A": ["x"]}, {"A": ["y", "x"]}, [("A[]", None, "y")]),
        ("an item that goes", {"A": ["x", "y"]}, {"A": ["y"]}, [("A[]", "x", None)]),
        ("an item that goes, of two that are equal", {"A": ["x", "x"]}, {"A": ["x"]}, [("A[]", "x", None)]),
        ("an item for several", {"A": ["x"]}, {"A": ["y", "z"]}, [("A[]", "x", "y"), ("A[]", None, "z")]),
        ("a value in an item", {"A": [{"B": 1}]}, {"A": [{"B": 2}]}, [("A[].B", 1, 2)]),
        ("a list in a list", {"A": [["x"], ["y"]]}, {"A": [["x"], ["z"]]}, [("A[][]", "y", "z")]),
        ("an empty list and none", {"A": []}, {}, [("A", [], None)]),
        ("an item with a name", {"A": [{"Name": "n", "B": 1}]}, {"A": [{"Name": "n", "B": 2}]}, [("A[n].B", 1, 2)]),
        (
            "an item with a new name",
            {"A": [{"Name": "n"}]},
            {"A": [{"Name": "n"}, {"Name": "m"}]},
            [("A[m]", None, {"Name": "m"})],
        ),
        (
            "an item with another name",
            {"A": [{"Name": "n"}]},
            {"A": [{"Name": "m"}]},
            [("A[m]", None, {"Name": "m"}), ("A[n]", {"Name": "n"}, None)],
        ),
        (
            "items with a number",
            {"A": [{"Priority": 1, "B": 1}, {"Priority": 2}]},
            {"A": [{"Priority": "1", "B": 2}, {"Priority": 2}]},
            [("A[1].B", 1, 2)],
        ),
        (
            "items with a key and a name",
            {"A": [{"Key": "k", "Name": "n"}]},
            {"A": [{"Key": "k", "Name": "m"}]},
            [("A[k].Name", "n", "m")],
        ),
        (
            "items of which two have one name",
            {"A": [{"Name": "n", "B": 1}, {"Name": "n", "B": 2}]},
            {"A": [{"Name": "n", "B": 1}, {"Name": "n", "B": 3}]},
            [("A[].B", 2, 3)],
        ),
        (
            "items whose name is a reference",
            {"A": [{"Name": {"Ref": "X"}, "B": 1}]},
            {"A": [{"Name": {"Ref": "X"}, "B": 2}]},
            [("A[].B", 1, 2)],
        ),
        (
            "items of which one has no name",
            {"A": [{"Name": "n", "B": 1}, {"B": 1}]},
            {"A": [{"Name": "n", "B": 1}, {"B": 2}]},
            [("A[].B", 1, 2)],
        ),
        (
            "stages in another order",
            {"A": [{"Name": "build"}, {"Name": "test"}]},
            {"A": [{"Name": "test"}, {"Name": "build"}]},
            [("A", ["build", "test"], ["test", "build"])],
        ),
        (
            "a stage in front",
            {"A": [{"Name": "build"}, {"Name": "test"}]},
            {"A": [{"Name": "lint"}, {"Name": "build"}, {"Name": "test"}]},
            [("A[lint]", None, {"Name": "lint"})],
        ),
        (
            "tags in another order",
            {"Tags": [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 1}]},
            {"Tags": [{"Key": "b", "Value": 2}, {"Key": "a", "Value": 1}]},
            [("Tags[b].Value", 1, 2)],
        ),
        ("tags as a map", {"Tags": {"team": "a"}}, {"Tags": {"team": "b"}}, [("Tags.team", "a", "b")]),
        (
            "statements in another order",
            {"Policy": {"Statement": [{"Sid": "A"}, {"Sid": "B"}]}},
            {"Policy": {"Statement": [{"Sid": "B"}, {"Sid": "A"}]}},
            [],
        ),
        (
            "an action of a statement with a name",
            {"Policy": {"Statement": [{"Sid": "A", "Action": ["a", "b"]}]}},
            {"Policy": {"Statement": [{"Sid": "A", "Action": ["b", "c"]}]}},
            [("Policy.Statement[A].Action[]", "a", None), ("Policy.Statement[A].Action[]", None, "c")],
        ),
        (
            "a statement without a name",
            {"Statement": [{"Action": "a"}]},
            {"Statement": [{"Action": "b"}]},
            [("Statement[]", {"Action": "a"}, None), ("Statement[]", None, {"Action": "b"})],
        ),
        ("unicode", {"Ä": "é"}, {"Ä": "☃"}, [("Ä", "é", "☃")]),
        ("huge numbers", {"A": 10**30}, {"A": 10**30 + 1}, [("A", 10**30, 10**30 + 1)]),
    ],
)
def test_each_value_that_differs_is_told(name, before, after, expected):
    assert shown(before, after) == expected


def test_an_item_in_front_of_a_long_list_is_one_difference():
    assert shown({"A": ["x", "y"] * 150}, {"A": ["new", *["x", "y"] * 150]}) == [("A[]", None, "new")]


def test_the_order_of_a_set_makes_no_difference():
    assert shown(ports(80, 443), ports(443, 80), GROUP) == []


def test_an_item_of_a_set_comes_and_another_goes():
    found = shown(ports(80, 443, 22), ports(8443, 443, 22), GROUP)

    assert found == [
        ("SecurityGroupIngress[]", {"IpProtocol": "tcp", "FromPort": 80}, None),
        ("SecurityGroupIngress[]", None, {"IpProtocol": "tcp", "FromPort": 8443}),
    ]


@pytest.mark.parametrize(
    "before, after, path",
    [
        ({"A": {"B": 1}}, {"A": {"B": 2}}, ("A", "B")),
        ({"A": [1]}, {"A": [2]}, ("A", "*")),
        ({"A": [{"Name": "n", "B": 1}]}, {"A": [{"Name": "n", "B": 2}]}, ("A", "*", "B")),
        ({"A": [{"Name": "n"}, {"Name": "m"}]}, {"A": [{"Name": "m"}, {"Name": "n"}]}, ("A",)),
        ({"Tags": {"team": 1}}, {"Tags": {"team": 2}}, ("Tags", "team")),
        ({"Statement": [{"A": 1}]}, {"Statement": []}, ("Statement", "*")),
    ],
)
def test_a_path_counts_as_a_schema_does(before, after, path):
    assert [one.path for one in differences(before, after, ANY)] == [path]


@law
@given(st.data(), values)
def test_a_value_that_is_written_in_another_way_is_no_difference(data, value):
    before = settled({"A": value}, PSEUDO)
    after = settled({"A": data.draw(rewritten(value))}, PSEUDO)

    assert shown(before, after) == []


@law
@given(values, values)
def test_there_is_a_difference_when_and_only_when_two_values_differ(one, other):
    before, after = settled({"A": one}, PSEUDO), settled({"A": other}, PSEUDO)

    assert bool(shown(before, after)) == (text_of(before) != text_of(after))


@law
@given(values, values)
def test_each_difference_is_one(one, other):
    for found in differences(settled(one, PSEUDO), settled(other, PSEUDO), ANY):
        assert isinstance(found, Difference)
        assert text_of(found.before) != text_of(found.after)


@law
@given(values, values)
def test_whether_something_differs_does_not_depend_on_the_direction(one, other):
    before, after = {"A": settled(one, PSEUDO)}, {"A": settled(other, PSEUDO)}

    assert bool(shown(before, after)) == bool(shown(after, before))
