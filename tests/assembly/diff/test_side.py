"""One side of a comparison: names, words and references."""

import pytest
from hypothesis import HealthCheck, given, settings

from assembly.diff.side import Output, Place, Reference, Side
from tests.assembly.diff.templates import any_json, assembly_of, output_of, side_of, stack_of

QUEUE = {"Queue": {"Type": "AWS::SQS::Queue"}}
PATHS = {"Queue": "Cell/Tasks/Queue/Resource", "Role": "Cell/Tasks/Role/Default", "Odd": "Cell/Resource"}


def references(value, **resources):
    return list(side_of(resources).references(value))


def two(data_outputs, *, region="eu-west-1"):
    """A stack with outputs, and one that can read them."""
    data = stack_of({"Resources": QUEUE, "Outputs": data_outputs}, id="Data", name="prod-data", region=region)
    side = Side(assembly_of(data, stack_of({}, id="Api", name="prod-api")))
    return side, side.stacks["Api"]


def test_the_places_of_resources_and_outputs_are_told_apart_in_words():
    assert str(Place("Data", "Queue")) == "Data/Queue"
    assert str(Output("Data", "Queue")) == "Data/output Queue"


@pytest.mark.parametrize(
    "logical_id, path, label",
    [
        ("Queue", "Cell/Tasks/Queue/Resource", "Tasks/Queue"),
        ("Role", "Cell/Tasks/Role/Default", "Tasks/Role"),
        ("Odd", "Cell/Resource", "Odd"),
        ("Unknown", "", "Unknown"),
    ],
)
def test_a_resource_is_called_by_its_construct(logical_id, path, label):
    side = side_of(QUEUE, paths=PATHS)

    assert (side.path(logical_id), side.label(logical_id)) == (path, label)


def test_paths_may_come_from_beside_a_template_without_metadata():
    side = Side(assembly_of(stack_of({"Resources": QUEUE})), {"Cell": {"Queue": "Cell/Other/Queue"}})

    assert side.stacks["Cell"].label("Queue") == "Other/Queue"


def test_the_paths_of_the_template_come_first():
    side = Side(assembly_of(stack_of({}, paths=PATHS)), {"Cell": {"Queue": "Cell/Other"}})

    assert side.stacks["Cell"].path("Queue") == "Cell/Tasks/Queue/Resource"


@pytest.mark.parametrize(
    "value, words",
    [
        ("as it is", "as it is"),
        ({"Ref": "Queue"}, "Tasks/Queue"),
        ({"Fn::GetAtt": "Queue.Arn"}, "Tasks/Queue"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "Tasks/Queue.QueueName"),
        ({"Fn::Join": ["", ["arn:", {"Ref": "Queue"}, "/*"]]}, "arn:Tasks/Queue/*"),
        ({"Fn::GetStackOutput": {"StackName": "gone", "OutputName": "Url"}}, "gone.Url"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        (0, "0"),
        (["a", 1, {"Ref": "Queue"}], "a, 1, Tasks/Queue"),
        ({"A": 1, "B": [True]}, "A: 1, B: true"),
        ({"B": [True], "A": 1}, "A: 1, B: true"),
        ({"Fn::If": ["C", "a", "b"]}, "Fn::If: C, a, b"),
        ({"Fn::Join": []}, "Fn::Join: "),
        ({"Fn::Join": ["", "a"]}, "Fn::Join: , a"),
    ],
)
def test_a_value_is_said_in_words(value, words):
    assert side_of(QUEUE, paths=PATHS).words(value) == words


def test_an_output_of_another_stack_is_said_by_what_it_means():
    side, api = two({"Url": {"Value": {"Fn::Sub": "https://${Queue}"}}})

    assert api.words(output_of("prod-data", "Url")) == "https://Queue"
    assert side.producer(output_of("prod-data", "Url"))[0].stack.id == "Data"


@pytest.mark.parametrize(
    "call",
    [
        output_of("prod-data", "Nope"),
        output_of("nowhere", "Url"),
        output_of("prod-data", "Url", Region="us-east-1"),
        output_of("prod-data", "Empty"),
        {"Fn::GetStackOutput": "text"},
        {"Fn::GetStackOutput": {}},
        {"Ref": "Url"},
        None,
    ],
)
def test_an_output_that_is_not_there_has_no_producer(call):
    side, api = two({"Url": {"Value": "x"}, "Empty": {}})

    assert side.producer(call) is None
    assert list(api.references(call)) == ([Reference((), Place("Api", "Url"), "")] if call == {"Ref": "Url"} else [])
    assert list(api.readings(call)) == []


def test_the_region_picks_the_producer():
    side, _ = two({"Url": {"Value": "x"}}, region="us-east-1")

    assert side.producer(output_of("prod-data", "Url", Region="us-east-1"))
    assert side.producer(output_of("prod-data", "Url"))
    assert side.producer(output_of("prod-data", "Url", Region="eu-west-1")) is None


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"A": {"Ref": "Queue"}}, [(("A",), "Queue", "")]),
        ({"A": [{"B": {"Fn::GetAtt": "Queue.Arn"}}]}, [(("A", "*", "B"), "Queue", "Arn")]),
        ({"A": {"Fn::GetAtt": "Db.Endpoint.Port"}}, [(("A",), "Db", "Endpoint.Port")]),
        ({"A": {"Fn::GetAtt": ["Db", {"Ref": "Name"}]}}, [(("A",), "Db", "")]),
        ({"A": {"Fn::Join": ["", ["a", {"Ref": "X"}, {"Ref": "Y"}]]}}, [(("A",), "X", ""), (("A",), "Y", "")]),
        ({"A": {"Fn::If": ["C", {"D": [{"Ref": "X"}]}, {"Ref": "Y"}]}}, [(("A",), "X", ""), (("A",), "Y", "")]),
        ({"A": {"Fn::Select": [0, {"Fn::Split": ["/", {"Ref": "X"}]}]}}, [(("A",), "X", "")]),
        ({"A": "Ref", "B": {"C": "X"}}, []),
        ({"Ref": ["no", "text"]}, [((), "no", "")]),
        (None, []),
    ],
)
def test_every_mention_of_a_resource_is_found(value, expected):
    found = [(one.path, one.target.logical_id, one.attribute) for one in references(value)]

    assert found == expected


def test_a_mention_goes_through_outputs_of_outputs():
    last = stack_of({"Resources": QUEUE, "Outputs": {"A": {"Value": {"Fn::GetAtt": "Queue.Arn"}}}}, id="L", name="l")
    middle = stack_of({"Outputs": {"B": {"Value": {"Fn::Join": ["", [output_of("l", "A"), "/*"]]}}}}, id="M", name="m")
    side = Side(assembly_of(last, middle, stack_of({})))
    value = {"X": [output_of("m", "B")]}

    assert list(side.stacks["Cell"].references(value)) == [Reference(("X", "*"), Place("L", "Queue"), "Arn")]
    assert list(side.stacks["Cell"].readings(value)) == [(("X", "*"), Output("M", "B")), (("X", "*"), Output("L", "A"))]


@pytest.mark.parametrize(
    "outputs",
    [
        {"A": {"Value": output_of("prod-data", "A")}},
        {"A": {"Value": output_of("prod-data", "B")}, "B": {"Value": output_of("prod-data", "A")}},
        {"A": {"Value": output_of("prod-data", "B")}, "B": {"Value": [output_of("prod-data", "B")]}},
    ],
)
def test_outputs_in_a_circle_mean_nothing(outputs):
    side, api = two({**outputs, "Good": {"Value": {"Ref": "Queue"}}})

    assert list(api.references(output_of("prod-data", "A"))) == []
    assert list(api.readings(output_of("prod-data", "A"))) == []
    assert api.words(output_of("prod-data", "A")) == "prod-data.A"
    assert side.producer(output_of("prod-data", "Good"))


def test_values_are_settled():
    side = side_of(
        {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::Region}-tasks"}}}},
        Outputs={"Where": {"Value": {"Ref": "AWS::Region"}}},
    )

    assert side.properties("Queue") == {"QueueName": "eu-west-1-tasks"}
    assert side.outputs == {"Where": "eu-west-1"}
    assert side.resource("Queue") is side.resource("Queue")


@pytest.mark.parametrize("resource", ["text", [], None, {"Properties": []}, {"Properties": "text"}])
def test_what_is_no_resource_has_no_properties(resource):
    assert side_of({"Queue": resource}).properties("Queue") == {}


def test_a_resource_that_is_not_there_is_empty():
    assert side_of({}).resource("Queue") == {}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_json)
def test_any_value_has_words_and_references(value):
    side = side_of(QUEUE, Outputs={"A": {"Value": value}})

    assert isinstance(side.words(side.outputs["A"]), str)
    assert all(isinstance(one, Reference) for one in side.references(side.outputs["A"]))
    assert all(isinstance(output, Output) for _, output in side.readings(side.outputs["A"]))
