"""Weak references: an output must be there, and must outlive its last reader by one release."""

from hypothesis import given
from hypothesis import strategies as st

from assembly.references import (
    DeployedStack,
    OutputReference,
    missing_outputs,
    references,
    resolved_digest,
    retired_too_early,
)


def reader(*outputs, stack="data", region=None):
    def call(output):
        where = {"Region": region} if region else {}
        return {"Fn::GetStackOutput": {"StackName": stack, "OutputName": output, **where}}

    return {"Resources": {f"R{i}": {"Properties": {"Deep": [{"Value": call(o)}]}} for i, o in enumerate(outputs)}}


def owner(*outputs):
    return {"Resources": {}, "Outputs": {output: {"Value": "x"} for output in outputs}}


def deployed(name, template, region="eu-west-1"):
    return DeployedStack(name, region, template)


def test_references_are_found_wherever_they_are():
    assert references(deployed("service", reader("Arn"))) == (
        OutputReference("service", "eu-west-1", "data", "eu-west-1", "Arn"),
    )


def test_a_reference_without_a_region_reads_in_the_readers_own():
    (reference,) = references(deployed("edge", reader("Arn"), "us-east-1"))

    assert reference.region == "us-east-1"


def test_a_reference_names_the_region_of_the_producer():
    (reference,) = references(deployed("edge", reader("Arn", region="eu-west-1"), "us-east-1"))

    assert (reference.consumer_region, reference.region) == ("us-east-1", "eu-west-1")


def test_an_output_that_is_read_twice_is_one_reference():
    assert len(references(deployed("service", reader("Arn", "Arn")))) == 1


def test_the_references_of_a_real_synth_are_found(synthesized_cell):
    found = references(synthesized_cell.assembly.stack("ProductCell-Service"))

    assert {(reference.producer, reference.region) for reference in found} == {("acme-crm-prod-data", "eu-west-1")}
    assert missing_outputs(synthesized_cell.assembly) == ()


def test_an_output_that_its_producer_lacks_is_missing(writer):
    writer.stack("Data", owner("Other"), name="data")
    writer.stack("Service", reader("Arn"), name="service")

    assert [str(reference) for reference in missing_outputs(writer.load())] == [
        "service reads Arn of data in eu-west-1"
    ]


def test_an_output_of_a_stack_that_is_not_there_is_missing(writer):
    writer.stack("Service", reader("Arn", stack="dta"), name="service")

    assert [reference.producer for reference in missing_outputs(writer.load())] == ["dta"]


def test_an_output_in_another_region_is_missing(writer):
    writer.stack("Data", owner("Arn"), name="data", region="eu-west-1")
    writer.stack("Edge", reader("Arn"), name="edge", region="us-east-1")

    assert [reference.region for reference in missing_outputs(writer.load())] == ["us-east-1"]


def test_an_output_goes_one_release_after_its_last_reader():
    first = [deployed("data", owner("Arn")), deployed("service", reader("Arn"))]
    too_early = [deployed("data", owner()), deployed("service", reader())]

    assert [reference.output for reference in retired_too_early(first, too_early)] == ["Arn"]

    second = [deployed("data", owner("Arn")), deployed("service", reader())]
    assert retired_too_early(first, second) == ()
    assert retired_too_early(second, too_early) == ()


def test_a_producer_that_is_not_deployed_again_keeps_its_outputs():
    before = [deployed("data", owner("Arn")), deployed("service", reader("Arn"))]

    assert retired_too_early(before, [deployed("service", reader())]) == ()


def test_a_reader_that_is_only_new_retires_nothing():
    before = [deployed("data", owner("Arn"))]

    assert retired_too_early(before, [deployed("data", owner()), deployed("service", reader("Arn"))]) == ()


ARN = OutputReference("service", "eu-west-1", "data", "eu-west-1", "Arn")
NAME = OutputReference("service", "eu-west-1", "data", "eu-west-1", "Name")


def test_the_digest_changes_with_a_value():
    assert resolved_digest({ARN: "a"}) != resolved_digest({ARN: "b"})


def test_the_digest_tells_which_output_has_which_value():
    assert resolved_digest({ARN: "a", NAME: "b"}) != resolved_digest({ARN: "b", NAME: "a"})


@given(st.permutations([(ARN, "a"), (NAME, "b")]))
def test_the_digest_does_not_depend_on_the_order(pairs):
    assert resolved_digest(dict(pairs)) == resolved_digest({ARN: "a", NAME: "b"})
