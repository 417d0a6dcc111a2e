"""The two tools that read templates: broken on purpose, each has to see it."""

import json

import pytest

from assembly.errors import AssemblyError
from assembly.lint import lint
from assembly.validate import validate

SUBNET = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}


def template(**properties):
    return {"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Properties": properties}}}


def summary(findings):
    return [(finding.rule, finding.logical_id, finding.severity, finding.source) for finding in findings]


def test_validate_is_silent_about_a_good_template(writer):
    assert validate(writer.stack("Data", template()).load()) == []


def test_lint_is_silent_about_a_good_template(writer):
    assert lint(writer.stack("Data", template()).load()) == []


def test_validate_finds_a_misspelt_property(writer):
    writer.stack("Data", template(BucketNam="x"), paths={"Files": "Data/Files/Resource"})

    (finding,) = validate(writer.load())

    assert (finding.rule, finding.severity, finding.source) == ("F3002", "error", "cloudformation-validate")
    assert (finding.stack, finding.path, finding.logical_id) == ("Data", "Data/Files/Resource", "Files")
    assert finding.location == "Properties.BucketNam"
    assert finding.resource_type == "AWS::S3::Bucket"
    assert "Did you mean 'BucketName'" in finding.message


def test_lint_finds_a_misspelt_property(writer):
    writer.stack("Data", template(BucketNam="x"), paths={"Files": "Data/Files/Resource"})

    (finding,) = lint(writer.load())

    assert (finding.rule, finding.severity, finding.source) == ("E3002", "error", "cfn-lint")
    assert (finding.path, finding.location) == ("Data/Files/Resource", "Properties.BucketNam")


def test_validate_reports_a_template_that_does_not_parse_as_one(writer):
    writer.stack("Data", template())
    assembly = writer.load()
    assembly.stacks[0].template_path.write_text('{"Resources": {')

    assert [finding.rule for finding in validate(assembly)] == ["F1101"]


def test_lint_reports_every_subnet_with_a_fixed_zone(writer):
    first = {**SUBNET, "Properties": {**SUBNET["Properties"], "AvailabilityZone": "eu-west-1a"}}
    second = {**SUBNET, "Properties": {**first["Properties"], "CidrBlock": "10.0.1.0/24"}}
    writer.stack("Network", {"Resources": {"First": first, "Second": second}})

    assert summary(lint(writer.load())) == [
        ("W3010", "First", "warning", "cfn-lint"),
        ("W3010", "Second", "warning", "cfn-lint"),
    ]


def test_lint_judges_each_stack_in_its_own_region(writer):
    """App Runner is in eu-west-1, and not in mx-central-1."""
    service = {"Type": "AWS::AppRunner::VpcConnector", "Properties": {"Subnets": ["subnet-0123456789abcdef0"]}}
    writer.stack("Home", {"Resources": {"Connector": service}}, region="eu-west-1")
    writer.stack("Far", {"Resources": {"Connector": service}}, region="mx-central-1")

    assert {finding.stack for finding in lint(writer.load())} == {"Far"}


def test_lint_cannot_be_silenced_by_metadata_of_a_template(writer):
    bad = template(BucketNam="x")
    bad["Resources"]["Files"]["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["E3002"]}}}
    bad["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["E3002"]}}}

    assert [finding.rule for finding in lint(writer.stack("Data", bad).load())] == ["E3002"]


def test_validate_cannot_be_silenced_by_metadata_of_a_template(writer):
    bad = template(BucketNam="x")
    bad["Resources"]["Files"]["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["F3002", "E3002"]}}}
    bad["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["F3002", "E3002"]}}}

    assert [finding.rule for finding in validate(writer.stack("Data", bad).load())] == ["F3002"]


@pytest.mark.parametrize("configuration", [{"ignore_checks": ["E3002"]}, {"nonsense": True}])
def test_lint_reads_no_configuration_file(writer, monkeypatch, configuration):
    (writer.directory.parent / ".cfnlintrc").write_text(json.dumps(configuration))
    monkeypatch.chdir(writer.directory.parent)
    writer.stack("Data", template(BucketNam="x"))

    assert [finding.rule for finding in lint(writer.load())] == ["E3002"]


def test_lint_fails_on_a_stack_without_a_region(writer):
    writer.stack("Data", template(), region="unknown-region")

    with pytest.raises(AssemblyError, match="stack 'Data' is in the region 'unknown-region'") as error:
        lint(writer.load())
    assert error.value.hint == "give the stack an explicit region"


def test_a_weak_reference_is_no_finding_for_either(synthesized_cell):
    assert validate(synthesized_cell.assembly) == []
    assert lint(synthesized_cell.assembly) == []
