"""Replacements that follow from others."""

import random

import pytest

from assembly.diff.cascade import cascaded
from assembly.diff.change import PropertyChange, ResourceChange
from assembly.diff.side import Output, Place, Side
from tests.assembly.diff.templates import assembly_of, output_of, stack_of

SUBNET = "AWS::EC2::Subnet"
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def side(resources):
    return Side(assembly_of(stack_of({"Resources": resources})))


def place(id):
    return Place("Cell", id)


def replaced(id, type="AWS::EC2::VPC", **more):
    properties = (PropertyChange("CidrBlock", "a", "b", "replacement"),)
    return ResourceChange("Cell", id, type, "replace", properties=properties, **more)


def follow(resources, *changes, outputs=()):
    """What each resource becomes, by logical id."""
    found = cascaded({Place(one.stack, one.logical_id): one for one in changes}, side(resources), outputs)
    return {one.logical_id: change for one, change in found.items()}


def subnet(**more):
    return {"Type": SUBNET, "Properties": {"VpcId": {"Ref": "Vpc"}, **more}}


def parameter(*ids):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::Join": [",", [{"Ref": id} for id in ids]]}}}


def test_a_create_only_reference_is_replaced_with_what_it_means():
    found = follow({"Vpc": VPC, "Subnet": subnet()}, replaced("Vpc"))["Subnet"]

    assert (found.action, found.certain, found.because) == ("replace", True, ("VpcId",))
    assert found.properties == (PropertyChange("VpcId", None, None, "replacement", "Cell/Vpc"),)
    assert found.follows == ("Cell/Vpc",)


def test_a_reference_in_a_nested_property_is_judged_where_it_is():
    brokers = {"ClientSubnets": [{"Ref": "Vpc"}], "InstanceType": {"Ref": "Vpc"}}
    cluster = {"Type": "AWS::MSK::Cluster", "Properties": {"BrokerNodeGroupInfo": brokers}}

    found = follow({"Vpc": VPC, "Cluster": cluster}, replaced("Vpc"))["Cluster"]

    assert found.action == "replace" and found.because == ("BrokerNodeGroupInfo.ClientSubnets[]",)
    assert len(found.properties) == 2


def test_another_reference_is_updated_in_place_and_ends_there():
    found = follow({"Vpc": VPC, "It": parameter("Vpc"), "Last": parameter("It")}, replaced("Vpc"))

    assert found["It"].action == "update" and found["It"].follows == ("Cell/Vpc",)
    assert "Last" not in found


def test_a_replacement_goes_on_through_many():
    resources = {
        "Vpc": VPC,
        "Subnet": subnet(),
        "Group": {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": [{"Ref": "Subnet"}]}},
        "Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": {"Ref": "Subnet"}}},
        "Alone": subnet(VpcId="vpc-1"),
    }

    found = follow(resources, replaced("Vpc"))

    assert {id: one.action for id, one in found.items()} == {
        "Vpc": "replace",
        "Subnet": "replace",
        "Group": "update",
        "Nat": "replace",
    }
    assert found["Group"].properties[0].path == "SubnetIds[]"


def test_nothing_follows_from_an_update():
    update = ResourceChange("Cell", "Vpc", "AWS::EC2::VPC", "update")

    assert follow({"Vpc": VPC, "Subnet": subnet()}, update).keys() == {"Vpc"}


@pytest.mark.parametrize("action", ["create", "remove"])
def test_nothing_follows_for_what_is_new_or_gone(action):
    change = ResourceChange("Cell", "Subnet", SUBNET, action)

    assert follow({"Vpc": VPC, "Subnet": subnet()}, replaced("Vpc"), change)["Subnet"] is change


def test_what_may_be_replaced_makes_others_perhaps_replaced():
    found = follow({"Vpc": VPC, "Subnet": subnet()}, replaced("Vpc", certain=False))["Subnet"]

    assert (found.action, found.certain) == ("replace", False)
    assert found.properties[0].effect == "conditional"


def test_of_two_causes_the_certain_one_decides():
    resources = {
        "Vpc": VPC,
        "Zone": VPC,
        "Subnet": subnet(AvailabilityZone={"Ref": "Zone"}),
        "Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": {"Ref": "Subnet"}}},
    }
    changes = (replaced("Vpc", certain=False), replaced("Zone"))

    for order in (changes, changes[::-1]):
        found = follow(resources, *order)
        assert found["Subnet"].certain and found["Nat"].certain
        assert found["Nat"].properties[0].effect == "replacement"
        assert found["Subnet"].follows == ("Cell/Vpc", "Cell/Zone")


def test_a_change_of_its_own_stays_beside_what_follows():
    own = ResourceChange("Cell", "Subnet", SUBNET, "update", properties=(PropertyChange("Tags[a]", 1, 2, "in-place"),))

    found = follow({"Vpc": VPC, "Subnet": subnet()}, replaced("Vpc"), own)["Subnet"]

    assert found.action == "replace" and found.follows == ()
    assert [(one.path, one.cause) for one in found.properties] == [("Tags[a]", ""), ("VpcId", "Cell/Vpc")]


def test_one_value_that_mentions_a_resource_twice_is_told_once():
    assert len(follow({"Vpc": VPC, "It": parameter("Vpc", "Vpc")}, replaced("Vpc"))["It"].properties) == 1


def test_what_follows_tells_what_it_holds_and_whether_it_is_kept():
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {"TableName": {"Ref": "Vpc"}},
        "UpdateReplacePolicy": "Retain",
    }

    found = follow({"Vpc": VPC, "Table": table}, replaced("Vpc"))["Table"]

    assert found.holds == "items" and found.kept and found.endangers_data


def test_a_type_that_is_not_known_goes_on_perhaps():
    resources = {
        "Vpc": VPC,
        "Lake": {"Type": "AWS::FutureLake::Lake", "Properties": {"Vpc": {"Ref": "Vpc"}}},
        "Subnet": subnet(VpcId={"Ref": "Lake"}),
    }

    found = follow(resources, replaced("Vpc"))

    assert (found["Lake"].action, found["Lake"].certain, found["Lake"].known) == ("replace", False, False)
    assert (found["Subnet"].action, found["Subnet"].certain) == ("replace", False)


def test_a_resource_does_not_follow_from_itself():
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Fn::GetAtt": "Vpc.Own"}}}

    assert follow({"Vpc": group}, replaced("Vpc"))["Vpc"] == replaced("Vpc")


def test_a_reference_to_nothing_follows_from_nothing():
    assert follow({"Vpc": VPC, "It": parameter("Nope", "AWS::Region")}, replaced("Vpc")).keys() == {"Vpc"}


def test_references_in_a_circle_end():
    resources = {
        "A": subnet(VpcId={"Ref": "C"}),
        "B": subnet(VpcId={"Ref": "A"}),
        "C": subnet(VpcId={"Ref": "B"}),
    }

    found = follow(resources, replaced("A", SUBNET))

    assert {id: (one.action, one.certain) for id, one in found.items()} == dict.fromkeys("ABC", ("replace", True))
    assert found["A"].follows == () and found["B"].follows == ("Cell/A",)


def test_the_order_of_resources_and_changes_makes_no_difference():
    """A web of subnets that refer to each other, with causes of both kinds."""
    dice = random.Random(7)
    ids = [f"N{number}" for number in range(24)]

    def some(count=1):
        return {"Fn::Join": ["", [{"Ref": id} for id in dice.sample(ids, count)]]}

    web = {id: subnet(VpcId=some(), AvailabilityZone=some(), Tags={"a": some(3)}) for id in ids}
    changes = [replaced(id, SUBNET, certain=bool(number % 2)) for number, id in enumerate(ids[:5])]
    expected = follow(web, *changes)

    for _ in range(20):
        dice.shuffle(ids)
        dice.shuffle(changes)
        assert follow({id: web[id] for id in ids}, *changes) == expected
    assert len(expected) > 8


def two_stacks(value):
    data = stack_of({"Resources": {"Vpc": VPC}, "Outputs": {"Id": {"Value": value}}}, id="Data", name="data")
    api = stack_of({"Resources": {"Subnet": subnet(VpcId=output_of("data", "Id"))}}, id="Api", name="api")
    return Side(assembly_of(data, api))


def test_a_replacement_goes_through_an_output_into_another_stack():
    cause = ResourceChange("Data", "Vpc", "AWS::EC2::VPC", "replace")

    found = cascaded({Place("Data", "Vpc"): cause}, two_stacks({"Ref": "Vpc"}), ())

    assert found[Place("Api", "Subnet")].follows == ("Data/Vpc",)
    assert found[Place("Api", "Subnet")].action == "replace"


def test_an_output_with_another_value_changes_what_reads_it():
    found = cascaded({}, two_stacks("vpc-2"), [Output("Data", "Id")])

    assert found.keys() == {Place("Api", "Subnet")}
    assert found[Place("Api", "Subnet")].follows == ("Data/output Id",)
    assert found[Place("Api", "Subnet")].action == "replace" and found[Place("Api", "Subnet")].certain


def test_an_output_that_nobody_reads_changes_nothing():
    assert cascaded({}, two_stacks("vpc-2"), [Output("Data", "Other"), Output("Nowhere", "Id")]) == {}
