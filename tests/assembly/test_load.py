import json

import pytest

from assembly.errors import AssemblyError
from assembly.load import CloudAssembly


def bucket():
    return {"Resources": {"Files": {"Type": "AWS::S3::Bucket"}}}


def test_a_stack_carries_its_name_environment_and_template(writer):
    writer.stack("ProductCell-Data", bucket(), name="acme-crm-prod-data", region="eu-west-1")

    stack = writer.load().stack("ProductCell-Data")

    assert stack.stack_name == "acme-crm-prod-data"
    assert (stack.environment.account, stack.region) == ("111122223333", "eu-west-1")
    assert stack.resource_type("Files") == "AWS::S3::Bucket"


def test_tags_are_read(writer):
    writer.stack("Data", bucket())
    writer.artifacts["Data"]["properties"]["tags"] = {"product": "acme-crm"}

    assert writer.write().load().stack("Data").tags == {"product": "acme-crm"}


@pytest.mark.parametrize("protected", [True, False])
def test_termination_protection_is_read(writer, protected):
    writer.stack("Data", bucket())
    writer.artifacts["Data"]["properties"]["terminationProtection"] = protected

    assert writer.write().load().stack("Data").termination_protection is protected


def test_a_stack_that_says_nothing_has_no_termination_protection(writer):
    assert writer.stack("Data", bucket()).load().stack("Data").termination_protection is False


def test_stacks_come_after_the_ones_that_they_depend_on(writer):
    writer.stack("Cell", bucket(), needs=["Service", "Data"])
    writer.stack("Service", bucket(), needs=["Data"])
    writer.stack("Data", bucket())

    assert [stack.id for stack in writer.load().stacks] == ["Data", "Service", "Cell"]


def test_an_asset_manifest_is_no_dependency(writer):
    writer.stack("Data", bucket(), needs=["Data.assets"])
    writer.artifacts["Data.assets"] = {"type": "cdk:asset-manifest"}

    assert writer.write().load().stack("Data").dependencies == ()


def test_a_logical_id_leads_to_its_construct_path(writer):
    writer.stack("Data", bucket(), paths={"Files": "Data/Files/Resource"})

    assert writer.load().stack("Data").paths == {"Files": "Data/Files/Resource"}


def test_the_construct_paths_of_a_real_synth_are_found(synthesized_cell):
    stack = synthesized_cell.assembly.stack("ProductCell-Data")

    assert "ProductCell-Data/Files/Resource" in stack.paths.values()
    assert set(stack.resources) <= set(stack.paths)


def test_a_weak_reference_orders_the_stacks_of_a_real_synth(synthesized_cell):
    assert "ProductCell-Data" in synthesized_cell.assembly.stack("ProductCell-Service").dependencies


def test_fails_without_a_manifest(tmp_path):
    with pytest.raises(AssemblyError, match="no cloud assembly in") as error:
        CloudAssembly.load(tmp_path)
    assert error.value.hint == "synthesize first, or name another directory"


def test_fails_on_a_missing_template_and_names_it(writer):
    writer.stack("Data", bucket())
    (writer.directory / "Data.template.json").unlink()

    with pytest.raises(AssemblyError, match=r"Data\.template\.json is missing"):
        writer.load()


def test_fails_on_a_cut_off_template_and_says_where(writer):
    writer.stack("Data", bucket())
    (writer.directory / "Data.template.json").write_text('{"Resources": {')

    with pytest.raises(AssemblyError, match=r"Data\.template\.json is not JSON: .* line 1 column"):
        writer.load()


def test_fails_on_a_manifest_that_is_no_object(writer):
    writer.stack("Data", bucket())
    (writer.directory / "manifest.json").write_text("[]")

    with pytest.raises(AssemblyError, match=r"manifest\.json is not a JSON object"):
        writer.load()


def test_fails_on_a_nested_stage(writer):
    writer.artifacts["assembly-Prod"] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "x"}}

    with pytest.raises(AssemblyError, match="nests another one, 'assembly-Prod'") as error:
        writer.write().load()
    assert error.value.hint == "do not use cdk.Stage"


def test_fails_on_stacks_that_wait_for_each_other(writer):
    writer.stack("A", bucket(), needs=["B"])
    writer.stack("B", bucket(), needs=["A"])

    with pytest.raises(AssemblyError, match="these stacks wait for each other: A, B"):
        writer.load()


def test_fails_on_an_environment_that_is_none(writer):
    writer.stack("Data", bucket())
    writer.artifacts["Data"]["environment"] = "eu-west-1"

    with pytest.raises(AssemblyError, match="stack 'Data' has the environment 'eu-west-1'"):
        writer.write().load()


def test_an_unknown_stack_is_an_error_that_names_the_known_ones(writer):
    writer.stack("Data", bucket())

    with pytest.raises(AssemblyError, match="no stack 'Datta'") as error:
        writer.load().stack("Datta")
    assert error.value.hint == "the stacks are Data"


def test_metadata_inside_the_manifest_is_read_too(writer):
    writer.stack("Data", bucket())
    del writer.artifacts["Data"]["additionalMetadataFile"]
    entry = {"type": "aws:cdk:logicalId", "data": "Files"}
    writer.artifacts["Data"]["metadata"] = {"/Data/Files/Resource": [entry]}

    assert writer.write().load().stack("Data").paths == {"Files": "Data/Files/Resource"}


def test_a_stack_is_found_by_its_name_in_its_region_only(writer):
    assembly = writer.stack("Edge", bucket(), name="acme-crm-prod-edge", region="us-east-1").load()

    assert assembly.named("acme-crm-prod-edge", "us-east-1") is assembly.stack("Edge")
    assert assembly.named("acme-crm-prod-edge", "eu-west-1") is None


def test_the_template_is_what_the_file_says(writer):
    writer.stack("Data", bucket())

    stack = writer.load().stack("Data")

    assert stack.template == json.loads(stack.template_path.read_text())
