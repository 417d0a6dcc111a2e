"""Resources that only got another logical id."""

import pytest

from assembly.diff.moves import moves
from tests.assembly.diff.templates import side_of

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}}
OTHER = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}}


def moved(before, after):
    """The moves between the resources that are on one side only."""
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    return dict(moves(side_of(before), gone, side_of(after), come))


def parameter(value, **more):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Value": value, **more}}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        ("one resource", {"A": QUEUE}, {"B": QUEUE}, {"A": "B"}),
        ("two different ones", {"A": QUEUE, "B": OTHER}, {"C": OTHER, "D": QUEUE}, {"A": "D", "B": "C"}),
        ("nothing", {"A": QUEUE}, {"A": QUEUE}, {}),
        ("other properties", {"A": QUEUE}, {"B": OTHER}, {}),
        ("another type", {"A": QUEUE}, {"B": {**QUEUE, "Type": "AWS::SNS::Topic"}}, {}),
        ("two alike before", {"A": QUEUE, "B": QUEUE}, {"C": QUEUE}, {}),
        ("two alike after", {"A": QUEUE}, {"B": QUEUE, "C": QUEUE}, {}),
        ("two alike of which one stays", {"A": QUEUE, "B": QUEUE}, {"A": QUEUE, "C": QUEUE}, {"B": "C"}),
        ("no properties", {"A": {"Type": "AWS::SQS::Queue"}}, {"B": {"Type": "AWS::SQS::Queue"}}, {}),
        (
            "only tags",
            {"A": {"Type": "T", "Properties": {"Tags": []}}},
            {"B": {"Type": "T", "Properties": {"Tags": []}}},
            {},
        ),
        ("other tags", {"A": parameter(1, Tags=[{"Key": "a"}])}, {"B": parameter(1)}, {"A": "B"}),
        (
            "another way to write it",
            {"A": parameter({"Fn::Sub": "${X}!"})},
            {"B": parameter({"Fn::Join": ["", [{"Ref": "X"}, "!"]]})},
            {"A": "B"},
        ),
        ("what is no resource", {"A": "text"}, {"B": "text"}, {}),
    ],
)
def test_a_move_keeps_type_and_properties(name, before, after, expected):
    assert moved(before, after) == expected


def test_resources_that_refer_to_each_other_move_together():
    def pair(queue, reader):
        return {queue: QUEUE, reader: parameter({"Fn::Sub": f"${{{queue}.Arn}}/${{{queue}}}"})}

    assert moved(pair("A", "B"), pair("C", "D")) == {"A": "C", "B": "D"}


def test_a_reference_to_something_that_stays_has_to_stay():
    stays = {"X": QUEUE, "Y": OTHER}

    assert moved({**stays, "A": parameter({"Ref": "X"})}, {**stays, "B": parameter({"Ref": "Y"})}) == {}
    assert moved({**stays, "A": parameter({"Ref": "X"})}, {**stays, "B": parameter({"Ref": "X"})}) == {"A": "B"}


def test_a_set_of_references_moves_when_the_new_ids_sort_in_another_order():
    def template(one, other, policy):
        resource = [{"Fn::GetAtt": f"{one}.Arn"}, {"Fn::GetAtt": "Stays.Arn"}, {"Fn::GetAtt": f"{other}.Arn"}]
        document = {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": resource}]}
        properties = {"PolicyDocument": document, "PolicyName": "p"}
        return {
            one: QUEUE,
            other: OTHER,
            "Stays": OTHER,
            policy: {"Type": "AWS::IAM::Policy", "Properties": properties},
        }

    assert moved(template("A", "B", "P"), template("Y", "Z", "Q")) == {"A": "Y", "B": "Z", "P": "Q"}


def test_references_in_a_circle_move():
    def template(a, b):
        return {a: parameter({"Ref": b}, Name="a"), b: parameter({"Ref": a}, Name="b")}

    assert moved(template("A", "B"), template("C", "D")) == {"A": "C", "B": "D"}


def test_the_way_back_is_the_mirror():
    before, after = {"A": QUEUE, "B": OTHER}, {"C": QUEUE, "D": OTHER}

    assert moved(after, before) == {new: old for old, new in moved(before, after).items()}
