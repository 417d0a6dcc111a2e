"""The result of a comparison, and its form for machines."""

import dataclasses
import json

import pytest

from assembly.diff.change import (
    AssemblyDiff,
    OutputChange,
    PropertyChange,
    ResourceChange,
    SecurityChange,
    StackDiff,
    as_json,
)

CAPACITY = PropertyChange("Capacity", 1, {"Ref": "X"}, "in-place")
ENGINE = PropertyChange("Engine", None, "b", "replacement")
SUBNETS = PropertyChange("Subnets[]", None, None, "conditional", "Net/Subnet")
VPC = PropertyChange("VpcId", None, None, "in-place", "Net/Vpc")


def resource(action="update", **more):
    return ResourceChange("Data", "Files", "AWS::S3::Bucket", action, **more)


def stack(*resources, action="update", **more):
    return StackDiff("Data", "acme-data", "111122223333", "eu-west-1", action, tuple(resources), **more)


def whole():
    """A diff in which everything is."""
    change = resource("replace", properties=(CAPACITY, ENGINE, SUBNETS), holds="objects", notes=("a note",))
    wider = SecurityChange("access", "wider", "A may now call B", "Data", ("Files",))
    return AssemblyDiff(
        (
            stack(
                change,
                outputs=(OutputChange("Url", "a", {"Ref": "X"}),),
                security=(wider,),
                settings=(PropertyChange("stack name", "a", "b", "in-place"),),
            ),
            dataclasses.replace(stack(action="keep"), id="Kept"),
        )
    )


@pytest.mark.parametrize(
    "properties, because",
    [
        ((), ()),
        ((CAPACITY, VPC), ()),
        ((SUBNETS, ENGINE, CAPACITY), ("Engine", "Subnets[]")),
        ((ENGINE, dataclasses.replace(ENGINE, cause="Net/Vpc")), ("Engine",)),
    ],
)
def test_a_replacement_is_because_of_what_cannot_change_in_place(properties, because):
    assert resource(properties=properties).because == because


@pytest.mark.parametrize(
    "properties, follows",
    [
        ((), ()),
        ((VPC, SUBNETS), ("Net/Subnet", "Net/Vpc")),
        ((VPC, VPC), ("Net/Vpc",)),
        ((VPC, CAPACITY), ()),
    ],
)
def test_a_change_follows_when_nothing_of_it_is_its_own(properties, follows):
    assert resource(properties=properties).follows == follows


@pytest.mark.parametrize(
    "action, holds, kept, endangered",
    [
        ("replace", "objects", False, True),
        ("replace", "objects", True, True),
        ("remove", "objects", False, True),
        ("remove", "objects", True, False),
        ("remove", "", False, False),
        ("replace", "", False, False),
        ("update", "objects", False, False),
        ("create", "objects", False, False),
    ],
)
def test_data_is_in_danger_when_it_goes_or_stays_behind(action, holds, kept, endangered):
    change = resource(action, holds=holds, kept=kept)

    assert change.endangers_data is endangered
    assert stack(change).endangered == AssemblyDiff((stack(change),)).endangered == ((change,) if endangered else ())


def test_the_id_before_is_the_one_that_it_moved_from():
    assert resource().previous_id == "Files"
    assert resource(moved_from="Old").previous_id == "Old"


def test_changes_are_counted_by_action():
    one = stack(resource("create"), resource("create"), resource("replace"))
    diff = AssemblyDiff((one, stack(resource("remove"), resource("create"))))

    assert [one.count(action) for action in ("create", "update", "replace", "remove")] == [2, 0, 1, 0]
    assert [diff.count(action) for action in ("create", "update", "replace", "remove")] == [3, 0, 1, 1]
    assert len(list(diff.resources)) == 5


@pytest.mark.parametrize("action, changed", [("create", True), ("update", True), ("remove", True), ("keep", False)])
def test_a_stack_that_is_not_kept_is_changed(action, changed):
    assert stack(action=action).changed is changed
    assert AssemblyDiff((stack(action="keep"), stack(action=action))).changed is changed


def test_no_stacks_are_no_change():
    assert not AssemblyDiff(()).changed
    assert as_json(AssemblyDiff(())) == {"changed": False, "stacks": []}


def test_everything_compares_by_value():
    assert whole() == whole()
    assert whole() is not whole()
    assert whole() != AssemblyDiff(())
    assert resource() != resource(notes=("a note",))


@pytest.mark.parametrize(
    "value",
    [
        ENGINE,
        resource(properties=(ENGINE, SUBNETS)),
        OutputChange("Url", "a", None),
        SecurityChange("access", "wider", "text", "Data"),
        stack(resource(properties=(ENGINE,))),
        AssemblyDiff((stack(resource()),)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_everything_is_frozen_and_hashable(value):
    twin = dataclasses.replace(value)

    assert {value, twin} == {value}
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(value)[0].name, "other")


def test_security_changes_have_an_order():
    first = SecurityChange("access", "wider", "b", "Data")

    assert sorted([SecurityChange("trust", "wider", "a", "Data"), first])[0] is first


def test_the_form_for_machines_tells_everything():
    assert as_json(whole()) == {
        "changed": True,
        "stacks": [
            {
                "id": "Data",
                "stack": "acme-data",
                "account": "111122223333",
                "region": "eu-west-1",
                "action": "update",
                "resources": [
                    {
                        "logical_id": "Files",
                        "type": "AWS::S3::Bucket",
                        "path": "",
                        "action": "replace",
                        "certain": True,
                        "known": True,
                        "holds": "objects",
                        "kept": False,
                        "loses_data": True,
                        "moved_from": "",
                        "because": ["Engine", "Subnets[]"],
                        "follows": [],
                        "notes": ["a note"],
                        "properties": [
                            {"path": "Capacity", "before": 1, "after": {"Ref": "X"}, "effect": "in-place", "cause": ""},
                            {"path": "Engine", "before": None, "after": "b", "effect": "replacement", "cause": ""},
                            {
                                "path": "Subnets[]",
                                "before": None,
                                "after": None,
                                "effect": "conditional",
                                "cause": "Net/Subnet",
                            },
                        ],
                    }
                ],
                "outputs": [{"path": "Url", "before": "a", "after": {"Ref": "X"}}],
                "settings": [{"path": "stack name", "before": "a", "after": "b"}],
                "security": [
                    {"subject": "access", "direction": "wider", "text": "A may now call B", "logical_ids": ["Files"]}
                ],
            }
        ],
    }


def test_the_form_for_machines_survives_json():
    assert json.loads(json.dumps(as_json(whole()))) == as_json(whole())
