"""Two assemblies, compared."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assembly.diff.change import as_json
from assembly.diff.compare import compare
from assembly.diff.side import Side
from assembly.diff.value import settled, text_of
from assembly.load import CloudAssembly
from assembly.schema import schema_of
from tests.assembly.diff.templates import (
    PSEUDO,
    any_json,
    assembly_of,
    cell_of,
    output_of,
    pairs_of_resources,
    resources,
    rewritten,
    stack_of,
)

ROOT = Path(__file__).parents[3]
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}}
SLOWER = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}}
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
OTHER_VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}
law = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def text(diff):
    return json.dumps(as_json(diff), sort_keys=True)


def fates(diff):
    return {change.logical_id: change.action for change in diff.resources}


# Stacks.


def test_with_nothing_before_everything_is_created():
    diff = compare(None, cell_of({"Queue": QUEUE, "Vpc": VPC}))

    assert fates(diff) == {"Queue": "create", "Vpc": "create"}
    assert diff.stacks[0].action == "create" and not list(diff.security)


def test_a_side_is_as_good_as_an_assembly():
    before, after = cell_of({"Queue": QUEUE}), cell_of({"Queue": SLOWER})

    assert compare(Side(before), Side(after)) == compare(before, after)


def test_stacks_come_stay_and_go_in_the_order_of_deployment():
    def stack(id):
        return stack_of({"Resources": {"Queue": QUEUE}}, id=id, name=id)

    diff = compare(assembly_of(stack("Gone"), stack("Kept")), assembly_of(stack("New"), stack("Kept")))

    assert [(one.id, one.action) for one in diff.stacks] == [("New", "create"), ("Kept", "keep"), ("Gone", "remove")]
    assert [one.stack for one in diff.resources] == ["New", "Gone"]


def test_an_empty_stack_that_comes_or_goes_is_a_change():
    assert compare(None, cell_of({})).changed
    assert compare(cell_of({}), assembly_of()).changed


def test_resources_are_sorted_by_logical_id():
    ids = [change.logical_id for change in compare(None, cell_of({"b": QUEUE, "C": QUEUE, "a": QUEUE})).resources]

    assert ids == sorted(ids)


@pytest.mark.parametrize(
    "before, after, expected",
    [
        ({}, {}, []),
        ({}, {"protected": True}, [("termination protection", False, True)]),
        ({"tags": {"team": "a", "x": "y"}}, {"tags": {"team": "b", "x": "y"}}, [("stack tags[team]", "a", "b")]),
        ({"tags": {"team": "a"}}, {}, [("stack tags[team]", "a", None)]),
        ({}, {"name": "other"}, [("stack name", "acme-crm-prod", "other")]),
        ({}, {"account": "444455556666"}, [("account", "111122223333", "444455556666")]),
        ({}, {"region": "us-east-1"}, [("region", "eu-west-1", "us-east-1")]),
    ],
)
def test_a_stack_has_settings_of_its_own(before, after, expected):
    diff = compare(assembly_of(stack_of({}, **before)), assembly_of(stack_of({}, **after)))

    assert [(one.path, one.before, one.after) for one in diff.stacks[0].settings] == expected
    assert diff.changed is bool(expected)


@pytest.mark.parametrize(
    "section, before, after, path",
    [
        ("Description", "a", "b", "Description"),
        ("Parameters", {"P": {"Default": 1}}, {"P": {"Default": 2}}, "Parameters.P.Default"),
        ("Mappings", {"M": {"eu-west-1": {"K": 1}}}, {"M": {"eu-west-1": {"K": 2}}}, "Mappings.M.eu-west-1.K"),
        ("Conditions", {"C": {"Fn::Equals": ["a", "b"]}}, {"C": {"Fn::Equals": ["a", "c"]}}, "Conditions.C"),
        ("Rules", {"R": {"Assertions": []}}, {"R": {"Assertions": [1]}}, "Rules.R.Assertions[]"),
        ("Transform", "A", "B", "Transform"),
        ("Transform", ["A"], ["A", "B"], "Transform[]"),
    ],
)
def test_other_sections_of_a_template_are_settings(section, before, after, path):
    diff = compare(cell_of({}, **{section: before}), cell_of({}, **{section: after}))

    assert [one.path for one in diff.stacks[0].settings] == [path]


@pytest.mark.parametrize("more", [{"name": "other"}, {"account": "444455556666"}, {"region": "us-east-1"}])
def test_a_stack_that_is_another_one_has_everything_anew(more):
    template = {"Resources": {"Queue": QUEUE}}

    diff = compare(assembly_of(stack_of(template)), assembly_of(stack_of(template, **more)))

    assert fates(diff) == {"Queue": "replace"}
    assert next(diff.resources).because == ("stack",)


# Outputs.


def two(resource, value, *, reader=None):
    data = stack_of({"Resources": resource, "Outputs": {"Id": {"Value": value}}}, id="Data", name="data")
    properties = reader or {"VpcId": output_of("data", "Id"), "CidrBlock": "10.0.0.0/24"}
    api = stack_of(
        {"Resources": {"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": properties}}}, id="Api", name="a"
    )
    return assembly_of(data, api)


def test_an_output_comes_changes_and_goes():
    same = {"Port": {"Value": 443}, "C": {"Value": {"Fn::Sub": "${X}"}}}
    before = cell_of({}, Outputs={"A": {"Value": 1}, "B": {"Value": 1}, **same})
    after = cell_of(
        {}, Outputs={"B": {"Value": 2}, "C": {"Value": {"Ref": "X"}}, "D": {"Value": 1}, "Port": {"Value": "443"}}
    )

    found = compare(before, after).stacks[0].outputs

    assert [(one.name, one.before, one.after) for one in found] == [("A", 1, None), ("B", 1, 2), ("D", None, 1)]


def test_a_replacement_reaches_another_stack_through_an_output():
    diff = compare(two({"Vpc": VPC}, {"Ref": "Vpc"}), two({"Vpc": OTHER_VPC}, {"Ref": "Vpc"}))

    assert fates(diff) == {"Vpc": "replace", "Subnet": "replace"}
    assert not any(stack.outputs for stack in diff.stacks)


def test_an_output_with_another_value_reaches_another_stack():
    diff = compare(two({}, "vpc-1"), two({}, "vpc-2"))

    assert fates(diff) == {"Subnet": "replace"}
    assert next(diff.resources).follows == ("Data/output Id",)


def test_an_output_that_is_only_written_in_another_way_reaches_nobody():
    assert not compare(two({}, {"Fn::Sub": "${AWS::Region}"}), two({}, "eu-west-1")).changed


def test_an_output_that_is_new_changes_only_whose_template_changes():
    before = two({}, None, reader={"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"})

    diff = compare(before, two({}, "vpc-1"))

    assert [one.cause for one in next(diff.resources).properties] == [""]


# Moves.


def test_a_moved_resource_is_neither_created_nor_removed():
    diff = compare(cell_of({"Old": QUEUE}), cell_of({"New": QUEUE}))

    assert [(one.action, one.logical_id, one.moved_from) for one in diff.resources] == [("replace", "New", "Old")]


def test_what_refers_to_a_moved_resource_follows():
    def cell(id):
        return cell_of({id: QUEUE, "It": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Ref": id}}}})

    diff = compare(cell("Old"), cell("New"))

    assert fates(diff) == {"New": "replace", "It": "update"}
    assert {one.logical_id: one.follows for one in diff.resources}["It"] == ("Cell/New",)


def test_nothing_moves_between_stacks():
    def cell(one, other):
        return assembly_of(
            stack_of({"Resources": one}, id="A", name="a"), stack_of({"Resources": other}, id="B", name="b")
        )

    assert fates(compare(cell({"Queue": QUEUE}, {}), cell({}, {"Other": QUEUE}))) == {
        "Queue": "remove",
        "Other": "create",
    }


# Templates that no CloudFormation would take.

BROKEN = [
    {},
    {"Resources": None},
    {"Resources": []},
    {"Resources": "text"},
    {"Resources": {"It": "text"}},
    {"Resources": {"It": None}},
    {"Resources": {"It": {}}},
    {"Resources": {"It": {"Type": 5}}},
    {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": []}}},
    {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Nothing"}}}}},
    {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": output_of("no", "Url")}}}},
    {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": []}}}}},
    {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Join": [","]}}}}},
    {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": {"Ref": "It"}}}},
    {"Resources": {"It": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [1]}}}}},
    {"Resources": {"It": QUEUE}, "Outputs": []},
    {"Resources": {"It": QUEUE}, "Outputs": {"A": "text", "B": {"Value": {"Ref": "Gone"}}, "C": None}},
    {"Resources": {"It": QUEUE}, "Outputs": {"A": {"Value": output_of("acme-crm-prod", "A")}}},
    {"Resources": {"It": QUEUE}, "Conditions": [], "Mappings": "text", "Parameters": None},
    {"Resources": {"It": {**QUEUE, "DependsOn": {"a": 1}, "Metadata": [], "Condition": {}, "UpdatePolicy": "x"}}},
]


@pytest.mark.parametrize("one", range(len(BROKEN)))
def test_a_broken_template_breaks_nothing(one):
    for other in [*BROKEN, {"Resources": {"It": QUEUE}}]:
        diff = compare(assembly_of(stack_of(BROKEN[one])), assembly_of(stack_of(other)))
        text(diff)
        assert diff.changed or text_of(BROKEN[one].get("Resources")) or other


@law
@given(any_json, any_json)
def test_no_json_breaks_anything(one, other):
    before, after = ({"Resources": {"It": {"Type": "AWS::IAM::Role", "Properties": value}}} for value in (one, other))

    text(compare(assembly_of(stack_of(before)), assembly_of(stack_of(after))))


# Laws.


def canonical(value, schema, path=()):
    """A settled value in which the lists that are sets have no order."""
    if isinstance(value, dict):
        return {key: canonical(item, schema, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        items = [text_of(canonical(item, schema, (*path, "*"))) for item in value]
        return sorted(set(items)) if schema.unordered(path) or "Statement" in path else items
    return value


def meaning(resource):
    """What a resource says, without what makes no difference."""
    kept = {key: value for key, value in resource.items() if key not in ("DependsOn", "Metadata", "Properties")}
    about = {key: value for key, value in resource.get("Metadata", {}).items() if not key.startswith("aws:")}
    properties = canonical(settled(resource.get("Properties", {}), PSEUDO), schema_of(resource["Type"]))
    return text_of([settled(kept, PSEUDO), about, properties])


@law
@given(resources())
def test_nothing_changes_when_nothing_changes(some):
    diff = compare(cell_of(some), cell_of(json.loads(json.dumps(some))))

    assert not diff.changed and as_json(diff) == {"changed": False, "stacks": []}


@law
@given(st.data(), resources())
def test_nothing_changes_when_everything_is_written_in_another_way(data, some):
    keys = data.draw(st.permutations(list(some)))
    other = {
        id: {**some[id], "Properties": data.draw(rewritten(some[id]["Properties"])), "DependsOn": "Other"}
        for id in keys
    }

    assert not compare(cell_of(some), cell_of(other)).changed


@law
@given(pairs_of_resources())
def test_a_resource_changes_when_and_only_when_it_says_something_else(pair):
    before, after = pair
    both = before.keys() & after.keys()

    diff = compare(cell_of(before), cell_of(after))

    own = {change.previous_id for change in diff.resources if not change.follows and change.action != "create"}
    moved = {change.previous_id for change in diff.resources if change.moved_from}
    different = {id for id in both if meaning(before[id]) != meaning(after[id])}
    gone = before.keys() - after.keys()
    if not moved:  # with a move, a reference to what has moved is the same reference
        assert own == different | gone
    assert {c.logical_id for c in diff.resources if c.action == "create"} | {
        c.logical_id for c in diff.resources if c.moved_from
    } == after.keys() - before.keys()


@law
@given(pairs_of_resources())
def test_what_follows_follows_from_something_that_is_replaced(pair):
    diff = compare(*(cell_of(one) for one in pair))

    replaced = {f"Cell/{change.logical_id}" for change in diff.resources if change.action == "replace"}
    assert {cause for change in diff.resources for cause in change.follows} <= replaced


@law
@given(pairs_of_resources())
def test_what_comes_on_the_way_there_goes_on_the_way_back(pair):
    there, back = compare(*map(cell_of, pair)), compare(*map(cell_of, reversed(pair)))

    def ids(diff, action):
        return {change.logical_id for change in diff.resources if change.action == action}

    assert ids(there, "create") == ids(back, "remove")
    assert ids(there, "remove") == ids(back, "create")
    assert {c.moved_from: c.logical_id for c in there.resources if c.moved_from} == {
        c.logical_id: c.moved_from for c in back.resources if c.moved_from
    }


@law
@given(st.data(), pairs_of_resources())
def test_the_order_of_keys_makes_no_difference(data, pair):
    def shuffled(value):
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in data.draw(st.permutations(list(value)))}
        return value

    expected = compare(*map(cell_of, pair))

    found = compare(*(cell_of(shuffled(one)) for one in pair))

    assert found == expected
    assert text(found) == text(expected)


@law
@given(pairs_of_resources())
def test_a_result_is_json(pair):
    diff = compare(*map(cell_of, pair))

    assert json.loads(json.dumps(as_json(diff))) == as_json(diff)
    assert diff.changed == as_json(diff)["changed"] == bool(as_json(diff)["stacks"])


@law
@given(pairs_of_resources())
def test_comparing_changes_no_template(pair):
    written = json.dumps(pair)

    compare(*map(cell_of, pair))

    assert json.dumps(pair) == written


def test_a_result_does_not_depend_on_the_hashes_of_the_run():
    program = """
import json, sys
from tests.assembly.diff.templates import cell_of
from assembly.diff.change import as_json
from assembly.diff.compare import compare
before, after = json.load(sys.stdin)
print(json.dumps(as_json(compare(cell_of(before), cell_of(after)))))
"""
    subnets = {f"S{n}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}}} for n in range(9)}
    gone = {f"G{n}": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": n}} for n in range(9)}
    pair = json.dumps([{"Vpc": VPC, **subnets, **gone}, {"Vpc": OTHER_VPC, **subnets, "New": QUEUE, "Newer": SLOWER}])

    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=pair,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(answers) == 1 and "replace" in answers.pop()


# The assembly of a whole cell.


@pytest.fixture(scope="module")
def prod(cell):
    return cell("prod")


def copied(source, target, change):
    """The assembly with each of its JSON files as a function makes it."""
    shutil.copytree(source, target)
    for path in target.glob("*.json"):
        path.write_text(json.dumps(change(path.name, json.loads(path.read_text()))))
    return CloudAssembly.load(target)


def backwards(value):
    if isinstance(value, list):
        return [backwards(item) for item in value]
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return value


def test_a_cell_does_not_differ_from_itself(prod):
    diff = compare(CloudAssembly.load(prod), CloudAssembly.load(prod))

    assert not diff.changed and as_json(diff)["stacks"] == []
    assert [stack.action for stack in diff.stacks] == ["keep"] * 5


def test_a_cell_with_all_keys_backwards_does_not_differ(prod, tmp_path):
    other = copied(prod, tmp_path / "other", lambda name, value: backwards(value))

    assert not compare(CloudAssembly.load(prod), other).changed
    assert not compare(other, CloudAssembly.load(prod)).changed


def test_a_cell_whose_values_are_written_in_another_way_does_not_differ(prod, tmp_path):
    def other_way(value):
        if isinstance(value, list):
            return [other_way(item) for item in value]
        if not isinstance(value, dict):
            return str(value).lower() if isinstance(value, bool) else value
        if value.keys() == {"Ref"} and not value["Ref"].startswith("AWS::NoValue"):
            return {"Fn::Sub": f"${{{value['Ref']}}}"}
        if value.keys() == {"Fn::GetAtt"} and isinstance(value["Fn::GetAtt"], list):
            return {"Fn::Join": ["-", [{"Fn::GetAtt": ".".join(value["Fn::GetAtt"])}]]}
        return {key: other_way(item) for key, item in value.items()}

    def change(name, value):
        if not name.endswith(".template.json"):
            return value
        resources = {
            id: {**one, "Properties": other_way(one.get("Properties", {}))} for id, one in value["Resources"].items()
        }
        return {**value, "Resources": resources}

    other = copied(prod, tmp_path / "other", change)

    assert not compare(CloudAssembly.load(prod), other).changed


@pytest.fixture(scope="module")
def moved_network(prod, tmp_path_factory):
    """What another address range of the network does to the cell."""

    def change(name, value):
        for resource in value.get("Resources", {}).values() if name.endswith(".template.json") else ():
            if resource["Type"] == "AWS::EC2::VPC":
                resource["Properties"]["CidrBlock"] = "10.99.0.0/16"
        return value

    other = copied(prod, tmp_path_factory.mktemp("network") / "other", change)
    return compare(CloudAssembly.load(prod), other)


@pytest.mark.parametrize(
    "type, action",
    [
        ("AWS::EC2::VPC", "replace"),
        ("AWS::EC2::Subnet", "replace"),
        ("AWS::EC2::RouteTable", "replace"),
        ("AWS::EC2::NatGateway", "replace"),
        ("AWS::EC2::SecurityGroup", "replace"),
        ("AWS::EC2::VPCEndpoint", "replace"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "replace"),
        ("AWS::RDS::DBCluster", "update"),
        ("AWS::RDS::DBSubnetGroup", "update"),
        ("AWS::ElastiCache::ReplicationGroup", "update"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "update"),
        ("AWS::ECS::Service", "update"),
    ],
)
def test_another_network_replaces_what_is_in_it_and_no_data(moved_network, type, action):
    assert {change.action for change in moved_network.resources if change.type == type} == {action}


def test_another_network_is_one_change_from_which_all_others_follow(moved_network):
    own = [change for change in moved_network.resources if not change.follows]

    assert [(change.type, change.because) for change in own] == [("AWS::EC2::VPC", ("CidrBlock",))]
    assert not moved_network.endangered
    assert moved_network.count("create") == moved_network.count("remove") == 0
    assert all(change.certain and change.path for change in moved_network.resources)
    assert all(stack.id != "ProductCell-Edge" or not stack.changed for stack in moved_network.stacks)


def test_each_resource_of_a_cell_is_found_out_when_it_changes(prod):
    """One resource after another gets a property that it does not have, or loses one that it has."""
    before = CloudAssembly.load(prod)
    dice = random.Random(11)
    for stack in before.stacks:
        for id in dice.sample(sorted(stack.resources), min(6, len(stack.resources))):
            if stack.resource_type(id) == "AWS::CDK::Metadata":
                continue
            after = CloudAssembly.load(prod)
            after.stack(stack.id).resources[id].setdefault("Properties", {})["NoSuchProperty"] = {"Ref": "AWS::Region"}

            diff = compare(before, after)

            own = [change.logical_id for change in diff.resources if not change.follows]
            assert own == [id]


def test_a_whole_cell_is_created_and_removed(prod):
    assembly = CloudAssembly.load(prod)
    count = sum(
        type != "AWS::CDK::Metadata" for stack in assembly.stacks for type in map(stack.resource_type, stack.resources)
    )

    created, removed = compare(None, assembly), compare(assembly, CloudAssembly(assembly.directory, ()))

    assert created.count("create") == removed.count("remove") == count > 200
    assert not created.endangered
    assert not {change.type for change in removed.endangered} & {"AWS::RDS::DBCluster", "AWS::KMS::Key"}


def test_two_environments_of_a_cell_differ_by_resources_of_their_own(cell, prod):
    there, back = (
        compare(CloudAssembly.load(one), CloudAssembly.load(other))
        for one, other in ((prod, cell("dev")), (cell("dev"), prod))
    )

    assert there.changed and back.changed
    assert [c.logical_id for c in there.resources if c.action == "create"] == [
        c.logical_id for c in back.resources if c.action == "remove"
    ]
    assert json.loads(text(there)) == as_json(there)
