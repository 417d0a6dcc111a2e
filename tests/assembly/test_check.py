"""The whole check of a five-stack cell."""

import json
import shutil
from datetime import date

import pytest

from assembly.check import check
from assembly.exceptions import METADATA_KEY, declared
from assembly.load import CloudAssembly

TODAY = date(2026, 11, 21)
NAMES = {"acme-crm": "product"}


@pytest.fixture(scope="module")
def report(synthesized_cell):
    return check(synthesized_cell.assembly, on=TODAY, app=synthesized_cell.app, names=NAMES)


def lines(findings):
    return [(finding.path or finding.stack, finding.rule) for finding in findings]


def good_template(*entries):
    return {"Resources": {"Files": {"Type": "AWS::S3::Bucket", "Metadata": {METADATA_KEY: list(entries)}}}}


def entry(rule, expires="2027-06-30"):
    return {"rule": rule, "reason": "shown to the tests", "owner": "platform", "expires": expires}


def test_what_nobody_excused_is_reported_and_fails(report):
    assert lines(report.judgement.unexcused) == [
        ("ProductCell-Service/Role/DefaultPolicy/Resource", "AwsSolutions-IAM5[Action::s3:List*]"),
        ("ProductCell-Service/Site/Resource", "AwsSolutions-S1"),
        ("ProductCell-Service/Site/Resource", "AwsSolutions-S10"),
    ]
    assert not report.passed
    assert report.exit_code == 1


def test_what_is_excused_carries_its_exception(report):
    (pair,) = [pair for pair in report.judgement.excused if pair.finding.path == "ProductCell-Data/Files/Resource"]

    assert (pair.finding.rule, pair.exception.owner) == ("AwsSolutions-S1", "platform")


def test_one_exception_covers_references_inside_and_across_stacks(report):
    rules = [pair.finding.rule for pair in report.judgement.excused if "{reference}" in pair.exception.rule]

    assert len(rules) == 2
    assert rules[0].startswith("AwsSolutions-IAM5[Resource::<ProductCell-Data.")
    assert rules[1].startswith("AwsSolutions-IAM5[Resource::<Site")


def test_every_exception_of_the_cell_is_used(report):
    assert report.judgement.unused == ()
    assert report.not_judged == ()


def test_the_exceptions_of_two_cells_of_one_shape_are_equal(synthesized_cell, sister_cell):
    assert declared(synthesized_cell.assembly) == declared(sister_cell.assembly)


def test_the_report_says_how_long_each_tool_took(report):
    assert set(report.seconds) == {"cdk-nag", "cloudformation-validate", "cfn-lint", "references", "backups"}


def test_the_report_as_json_survives_a_round_trip(report):
    document = json.loads(json.dumps(report.as_json()))

    assert document["passed"] is False
    assert document["on"] == "2026-11-21"
    assert document["unexcused"][1]["path"] == "ProductCell-Service/Site/Resource"
    assert document["excused"][0]["exception"]["expires"] == "2027-06-30"


def test_two_checks_report_the_same(synthesized_cell, report):
    again = check(synthesized_cell.assembly, on=TODAY, app=synthesized_cell.app, names=NAMES)

    assert {**again.as_json(), "seconds": None} == {**report.as_json(), "seconds": None}


def test_a_year_later_the_exceptions_are_over(synthesized_cell):
    later = check(synthesized_cell.assembly, on=date(2027, 7, 1), app=synthesized_cell.app, names=NAMES)

    assert ("ProductCell-Data/Files/Resource", "AwsSolutions-S1") in lines(p.finding for p in later.judgement.expired)
    assert later.judgement.excused == ()


def test_without_an_app_exceptions_from_cdk_nag_are_left_unjudged(synthesized_cell):
    report = check(synthesized_cell.assembly, on=TODAY)

    assert report.passed
    assert {exception.rule.split("[")[0] for exception in report.not_judged} == {"AwsSolutions-S1", "AwsSolutions-IAM5"}
    assert "cdk-nag" not in report.seconds


def test_an_empty_register_on_a_resource_fails(writer):
    report = check(writer.stack("Data", good_template()).load(), on=TODAY)

    assert not report.passed
    assert [finding.message for finding in report.judgement.unexcused] == ["the exception '' has no rule"]


def test_an_assembly_without_findings_passes(writer):
    report = check(writer.stack("Data", {"Resources": {"Files": {"Type": "AWS::S3::Bucket"}}}).load(), on=TODAY)

    assert (report.passed, report.exit_code) == (True, 0)


def test_an_expired_exception_fails(writer):
    template = good_template(entry("E3002", expires="2026-11-20"), entry("F3002"))
    template["Resources"]["Files"]["Properties"] = {"BucketNam": "x"}

    report = check(writer.stack("Data", template).load(), on=TODAY)

    assert [str(pair.exception) for pair in report.judgement.expired] == [
        "Data/Files: E3002 (until 2026-11-20, platform): shown to the tests"
    ]
    assert report.judgement.unexcused == report.judgement.unused == ()
    assert (report.passed, report.exit_code) == (False, 1)


def test_an_unused_exception_fails(writer):
    report = check(writer.stack("Data", good_template(entry("E3002"))).load(), on=TODAY)

    assert not report.passed
    assert [str(exception) for exception in report.judgement.unused] == [
        "Data/Files: E3002 (until 2027-06-30, platform): shown to the tests"
    ]


def test_a_structural_exception_is_not_unused_where_its_types_are_absent(writer):
    assert check(writer.stack("Data", {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}).load(), on=TODAY).passed


def test_a_structural_exception_is_unused_where_its_types_are_and_the_finding_is_gone(writer):
    subnet = {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}
    writer.stack("Network", {"Resources": {"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": subnet}}})

    assert [exception.rule for exception in check(writer.load(), on=TODAY).judgement.unused] == ["W3010"]


def test_fixed_zones_of_subnets_are_excused_for_both_tools(writer):
    subnet = {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"}
    writer.stack("Network", {"Resources": {"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": subnet}}})

    report = check(writer.load(), on=TODAY)

    assert report.passed
    assert {pair.finding.source for pair in report.judgement.excused} == {"cfn-lint", "cloudformation-validate"}


def test_a_broken_template_fails(synthesized_cell, tmp_path):
    shutil.copytree(synthesized_cell.assembly.directory, tmp_path / "broken")
    path = tmp_path / "broken" / "ProductCell-Data.template.json"
    path.write_text(path.read_text().replace('"AWS::S3::Bucket"', '"AWS::S3::Buckett"'))

    found = check(CloudAssembly.load(tmp_path / "broken"), on=TODAY).judgement.unexcused

    assert {(finding.stack, finding.source) for finding in found} == {
        ("ProductCell-Data", "cfn-lint"),
        ("ProductCell-Data", "cloudformation-validate"),
    }


def test_a_reference_to_an_output_that_nobody_defines_fails(synthesized_cell, tmp_path):
    shutil.copytree(synthesized_cell.assembly.directory, tmp_path / "broken")
    path = tmp_path / "broken" / "ProductCell-Data.template.json"
    template = json.loads(path.read_text())
    name = template["Outputs"].popitem()[0]
    path.write_text(json.dumps(template))

    found = check(CloudAssembly.load(tmp_path / "broken"), on=TODAY).judgement.unexcused

    assert [finding.message for finding in found] == [
        f"acme-crm-prod-service reads {name} of acme-crm-prod-data in eu-west-1, which this assembly does not define"
    ]
