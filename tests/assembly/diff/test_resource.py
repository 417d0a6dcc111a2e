"""What becomes of one resource."""

import json
from pathlib import Path

import pytest

from assembly.diff.change import PropertyChange
from assembly.diff.resource import changed, created, rebuilt, removed
from assembly.diff.side import Side
from tests.assembly.diff.templates import assembly_of, side_of, stack_of

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "files"}}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}}
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
LAKE = {"Type": "AWS::FutureLake::Lake", "Properties": {"Depth": 1}}


def change(before, after, **sections):
    """What becomes of a resource called It."""
    return changed(side_of({"It": before}, **sections), "It", side_of({"It": after}, **sections), "It", {})


def with_properties(resource, **properties):
    return {**resource, "Properties": {**resource.get("Properties", {}), **properties}}


def test_a_resource_comes_with_its_construct_and_what_it_will_hold():
    found = created(side_of({"It": BUCKET}, paths={"It": "Cell/Files/Resource"}), "It")

    assert (found.action, found.type, found.path, found.holds) == (
        "create",
        "AWS::S3::Bucket",
        "Cell/Files/Resource",
        "objects",
    )
    assert found.properties == () and not found.endangers_data


@pytest.mark.parametrize(
    "policy, kept",
    [("Retain", True), ("RetainExceptOnCreate", True), ("Delete", False), ("Snapshot", False), (None, False)],
)
def test_a_resource_that_goes_may_stay_where_it_is(policy, kept):
    found = removed(side_of({"It": {**BUCKET, "DeletionPolicy": policy}}), "It")

    assert (found.action, found.kept, found.endangers_data) == ("remove", kept, not kept)


def test_a_replacement_policy_keeps_nothing_that_goes():
    assert not removed(side_of({"It": {**BUCKET, "UpdateReplacePolicy": "Retain"}}), "It").kept


def test_what_goes_of_an_unknown_type_may_hold_data():
    found = removed(side_of({"It": LAKE}), "It")

    assert not found.known and found.endangers_data and "nothing is known" in found.holds


def test_the_metadata_resource_of_the_cdk_is_not_in_aws():
    metadata = {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:a"}}
    other = with_properties(metadata, Analytics="v2:deflate64:b")

    assert created(side_of({"It": metadata}), "It") is None
    assert removed(side_of({"It": metadata}), "It") is None
    assert change(metadata, other) is None
    assert rebuilt(side_of({"It": metadata}), "It", side_of({"It": other}), "It", {}) is None


@pytest.mark.parametrize(
    "name, before, after",
    [
        ("itself", QUEUE, QUEUE),
        ("what it waits for", {**QUEUE, "DependsOn": "Other"}, {**QUEUE, "DependsOn": ["Other", "Third"]}),
        ("its construct path", QUEUE, {**QUEUE, "Metadata": {"aws:cdk:path": "Cell/It"}}),
        (
            "what tools write",
            QUEUE,
            {**QUEUE, "Metadata": {"cdk_nag": {"rules_to_suppress": []}, "aws:asset:path": "a"}},
        ),
        ("the way a number is written", QUEUE, with_properties(QUEUE, VisibilityTimeout="30")),
        ("a property that is null", QUEUE, with_properties(QUEUE, QueueName=None)),
        ("a property that is taken away", QUEUE, with_properties(QUEUE, QueueName={"Ref": "AWS::NoValue"})),
        ("properties that are no object", {**QUEUE, "Properties": "text"}, {**QUEUE, "Properties": []}),
        ("empty properties", {"Type": "AWS::SQS::Queue"}, {"Type": "AWS::SQS::Queue", "Properties": {}}),
    ],
)
def test_some_things_are_no_change(name, before, after):
    assert change(before, after) is None


def test_a_change_in_place_says_what_it_changes():
    found = change(QUEUE, with_properties(QUEUE, VisibilityTimeout=60))

    assert found.action == "update" and found.certain and not found.because
    assert found.properties == (PropertyChange("VisibilityTimeout", 30, 60, "in-place"),)
    assert found.holds == "messages not worked off yet" and not found.endangers_data


def test_one_create_only_property_replaces():
    found = change(VPC, with_properties(VPC, CidrBlock="10.1.0.0/16", EnableDnsSupport=True))

    assert (found.action, found.certain, found.because) == ("replace", True, ("CidrBlock",))
    assert [one.effect for one in found.properties] == ["replacement", "in-place"]


def test_true_is_not_one():
    assert change(with_properties(VPC, EnableDnsSupport=1), with_properties(VPC, EnableDnsSupport=True))


@pytest.mark.parametrize("policy, kept", [("Retain", True), ("Snapshot", False), (None, False)])
def test_what_is_replaced_may_stay_where_it_is_without_its_data(policy, kept):
    after = {**with_properties(BUCKET, BucketName="other"), "UpdateReplacePolicy": policy}

    found = change({**BUCKET, "UpdateReplacePolicy": policy}, after)

    assert (found.action, found.kept, found.endangers_data) == ("replace", kept, True)


def test_another_condition_may_take_the_resource_away():
    found = change(QUEUE, {**QUEUE, "Condition": "InProduction"})

    assert (found.action, found.certain, found.endangers_data) == ("replace", False, True)


@pytest.mark.parametrize("attribute", ["CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy"])
def test_an_attribute_of_a_resource_is_a_change_in_place(attribute):
    found = change(QUEUE, {**QUEUE, attribute: "Retain"})

    assert found.action == "update"
    assert found.properties == (PropertyChange(attribute, None, "Retain", "in-place"),)


def test_a_nested_attribute_is_told_by_its_part():
    before = {**QUEUE, "UpdatePolicy": {"AutoScalingRollingUpdate": {"MinInstancesInService": 1}}}
    after = {**QUEUE, "UpdatePolicy": {"AutoScalingRollingUpdate": {"MinInstancesInService": 2}}}

    assert [one.path for one in change(before, after).properties] == [
        "UpdatePolicy.AutoScalingRollingUpdate.MinInstancesInService"
    ]


def test_what_people_write_about_a_resource_is_a_change():
    found = change(QUEUE, {**QUEUE, "Metadata": {"why": "it has to be", "aws:cdk:path": "Cell/It"}})

    assert [(one.path, one.after) for one in found.properties] == [("Metadata.why", "it has to be")]


def test_a_type_that_is_not_known_is_perhaps_replaced_and_perhaps_holds_data():
    found = change(LAKE, with_properties(LAKE, Depth=2))

    assert (found.action, found.certain, found.known) == ("replace", False, False)
    assert found.endangers_data
    assert found.notes[0].startswith("the type AWS::FutureLake::Lake is not in the schemas of cfn-lint")


def test_another_type_is_told_once_and_loses_what_the_old_one_held():
    found = change(BUCKET, {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "x"}})

    assert (found.action, found.type, found.certain) == ("replace", "AWS::SSM::Parameter", True)
    assert [(one.path, one.before) for one in found.properties] == [("resource type", "AWS::S3::Bucket")]
    assert found.holds == "objects" and found.endangers_data
    assert "refuses to change a resource's type" in found.notes[0]


@pytest.mark.parametrize("before, after", [("text", QUEUE), (QUEUE, {}), ({"Type": []}, {"Type": {}}), (None, QUEUE)])
def test_what_is_no_resource_is_compared_all_the_same(before, after):
    assert change(before, after) is None or change(before, after).action == "replace"


NAMED = {"Type": "AWS::ServiceDiscovery::Service", "Properties": {"Name": "api", "NamespaceId": "a"}}


@pytest.mark.parametrize(
    "name, before, after, refused",
    [
        ("the name stays", with_properties(BUCKET), with_properties(BUCKET, BucketNamespace="x"), True),
        ("the name changes", BUCKET, with_properties(BUCKET, BucketName="other", BucketNamespace="x"), False),
        (
            "there is no name",
            {"Type": "AWS::S3::Bucket"},
            {"Type": "AWS::S3::Bucket", "Properties": {"BucketNamespace": "x"}},
            False,
        ),
        ("another property starts with the name", NAMED, with_properties(NAMED, NamespaceId="b"), True),
        ("nothing is replaced", BUCKET, with_properties(BUCKET, AccessControl="Private"), False),
    ],
)
def test_a_fixed_name_is_in_the_way_of_a_replacement(name, before, after, refused):
    assert (
        any("refuses to replace a resource whose name stays" in note for note in change(before, after).notes) is refused
    )


def moved(before, after, ids, *, old="Old", new="New"):
    return changed(side_of(before), old, side_of(after), new, ids)


def test_a_moved_resource_is_replaced_for_its_new_id():
    found = moved({"Old": QUEUE}, {"New": QUEUE}, {"Old": "New"})

    assert (found.action, found.certain, found.moved_from, found.logical_id) == ("replace", True, "Old", "New")
    assert found.previous_id == "Old" and found.properties == () and found.because == ()
    assert "cdk refactor" in found.notes[0]


def test_a_moved_resource_of_an_unknown_type_is_no_certainty():
    found = moved({"Old": LAKE}, {"New": LAKE}, {"Old": "New"})

    assert (found.action, found.certain, found.moved_from) == ("replace", False, "Old")


@pytest.mark.parametrize(
    "old, new, kept", [("Retain", "Delete", True), ("Delete", "Retain", False), (None, "Retain", False)]
)
def test_a_moved_resource_is_kept_when_its_old_template_says_so(old, new, kept):
    before = {"Old": {**BUCKET, "DeletionPolicy": old}}
    after = {"New": {**BUCKET, "DeletionPolicy": old, "UpdateReplacePolicy": new}}

    assert moved(before, after, {"Old": "New"}).kept is kept


def test_a_reference_to_a_moved_resource_is_the_same_reference():
    def reader(id):
        return {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::Sub": f"${{{id}}}/${{{id}.Arn}}"}}}

    before, after = {"Old": QUEUE, "It": reader("Old")}, {"New": QUEUE, "It": reader("New")}

    assert moved(before, after, {"Old": "New"}, old="It", new="It") is None
    assert moved(before, after, {}, old="It", new="It").action == "update"


def test_a_set_of_references_is_the_same_when_the_new_ids_sort_in_another_order():
    def policy(*ids):
        statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": [{"Fn::GetAtt": f"{id}.Arn"} for id in ids]}
        return {"It": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [statement]}}}}

    assert moved(policy("A", "M"), policy("Z", "M"), {"A": "Z"}, old="It", new="It") is None


def test_a_stack_with_another_name_has_everything_anew():
    before = Side(assembly_of(stack_of({"Resources": {"It": BUCKET}}, name="old"))).stacks["Cell"]
    after = Side(assembly_of(stack_of({"Resources": {"It": BUCKET}}, name="new"))).stacks["Cell"]

    found = rebuilt(before, "It", after, "It", {})

    assert (found.action, found.certain, found.because) == ("replace", True, ("stack",))
    assert found.properties == (PropertyChange("stack", "old", "new", "replacement"),)
    assert found.endangers_data


def function(key):
    return {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Bucket": "assets", "S3Key": key}}}


def with_asset(folder: Path, key: str, files: dict[str, str]):
    """A stack with a function whose code is an asset of these files."""
    source = folder / f"asset.{key}"
    for name, text in files.items():
        source.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    folder.mkdir(exist_ok=True)
    entry = {"source": {"path": source.name}, "destinations": {"here": {"objectKey": f"{key}.zip"}}}
    (folder / "Cell.assets.json").write_text(json.dumps({"files": {key: entry}}))
    stack = stack_of({"Resources": {"It": function(f"{key}.zip")}}, path=folder / "Cell.template.json")
    return Side(assembly_of(stack)).stacks["Cell"]


def test_an_asset_with_another_hash_and_the_same_content_is_no_change(tmp_path):
    before = with_asset(tmp_path / "before", "aaa", {"index.py": "1"})
    after = with_asset(tmp_path / "after", "bbb", {"index.py": "1"})

    assert changed(before, "It", after, "It", {}) is None


def test_an_asset_with_other_content_names_its_files(tmp_path):
    before = with_asset(tmp_path / "before", "aaa", {"index.py": "1", "same.py": "", "gone.py": ""})
    after = with_asset(tmp_path / "after", "bbb", {"index.py": "2", "same.py": "", "new.py": ""})

    (found,) = changed(before, "It", after, "It", {}).properties

    assert found.path == "Code.S3Key" and found.effect == "in-place"
    assert sorted(found.before) == sorted(found.after) == ["gone.py", "index.py", "new.py"]
    assert found.before["new.py"] is None and found.after["gone.py"] is None
    assert len(found.before["index.py"]) == 12


@pytest.mark.parametrize("gone", ["before", "after", "both"])
def test_an_asset_whose_content_is_not_there_is_a_change_of_its_hash(tmp_path, gone):
    before = with_asset(tmp_path / "before", "aaa", {} if gone in ("before", "both") else {"index.py": "1"})
    after = with_asset(tmp_path / "after", "bbb", {} if gone in ("after", "both") else {"index.py": "1"})

    (found,) = changed(before, "It", after, "It", {}).properties

    assert (found.before, found.after) == ("aaa.zip", "bbb.zip")


def test_a_key_that_no_listing_knows_is_a_change_of_its_hash():
    (found,) = change(function("aaa.zip"), function("bbb.zip")).properties

    assert (found.before, found.after) == ("aaa.zip", "bbb.zip")
