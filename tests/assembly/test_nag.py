"""cdk-nag as data: every finding, none raised, none lost."""

import subprocess
import sys

import pytest

from assembly.errors import AssemblyError
from assembly.load import CloudAssembly
from assembly.nag import nag


@pytest.fixture(scope="module")
def findings(synthesized_cell):
    return nag(synthesized_cell.app, synthesized_cell.assembly, {"acme-crm": "product"})


def of(findings, path):
    return {finding.rule for finding in findings if finding.path == path}


def test_findings_of_one_rule_come_one_by_one_with_path_and_logical_id(findings):
    found = [finding for finding in findings if finding.rule == "AwsSolutions-S1"]

    assert [finding.path for finding in found] == [
        "ProductCell-Data/Files/Resource",
        "ProductCell-Service/Site/Resource",
    ]
    assert found[0].logical_id.startswith("Files")
    assert found[0].resource_type == "AWS::S3::Bucket"
    assert (found[0].severity, found[0].source) == ("error", "cdk-nag")
    assert found[0].message == "The S3 Bucket has server access logs disabled."


def test_a_finding_inside_a_policy_has_its_own_id(findings):
    assert "AwsSolutions-IAM5[Action::s3:List*]" in of(findings, "ProductCell-Service/Role/DefaultPolicy/Resource")


def test_ids_carry_no_account_region_stack_name_or_product(findings):
    text = " ".join(finding.rule for finding in findings)

    for identity in ("111122223333", "eu-west-1", "acme-crm", "prod-data"):
        assert identity not in text


def test_a_reference_to_another_stack_reads_like_one_inside_the_stack(findings):
    rules = of(findings, "ProductCell-Service/Role/DefaultPolicy/Resource")

    (foreign,) = [rule for rule in rules if "ProductCell-Data." in rule]
    assert foreign.startswith("AwsSolutions-IAM5[Resource::<ProductCell-Data.PublishOutput")
    assert foreign.endswith(">/*]")


def test_two_cells_of_one_shape_have_equal_ids(findings, sister_cell):
    sisters = nag(sister_cell.app, sister_cell.assembly, {"beta-shop": "product"})

    assert [(finding.path, finding.rule) for finding in sisters] == [
        (finding.path, finding.rule) for finding in findings
    ]


def test_the_text_that_cdk_nag_found_stays_in_the_message(findings):
    (finding,) = [finding for finding in findings if "parameter/cells" in finding.rule]

    assert "parameter/cells/{product}/*" in finding.rule
    assert "ssm:eu-west-1:111122223333:parameter/cells/acme-crm/*" in finding.message


def test_an_excused_resource_is_found_all_the_same(findings):
    assert "AwsSolutions-S1" in of(findings, "ProductCell-Data/Files/Resource")


def test_fails_for_an_assembly_of_another_app(synthesized_cell, writer):
    writer.stack("ProductCell-Data", {"Resources": {}})

    with pytest.raises(AssemblyError, match="is not in the assembly") as error:
        nag(synthesized_cell.app, writer.load())
    assert error.value.hint == "load the assembly that this app synthesized"


def test_an_acknowledgment_in_the_construct_tree_does_not_go_unseen(tmp_path):
    from aws_cdk import Acknowledgment, App, Stack, Validations, aws_s3

    app = App(outdir=str(tmp_path), analytics_reporting=False, builtin_cloud_formation_validation=False)
    bucket = aws_s3.Bucket(Stack(app, "Data"), "Files")
    Validations.of(bucket).acknowledge(Acknowledgment(id="AwsSolutions-S1", reason="quietly"))
    Validations.of(app).acknowledge(Acknowledgment(id="AwsSolutions-S10", reason="for everything"))
    app.synth()

    findings = nag(app, CloudAssembly.load(tmp_path))

    assert [(finding.rule, finding.source, finding.message) for finding in findings] == [
        (
            "cells-acknowledgment",
            "exceptions",
            "AwsSolutions-S1 is acknowledged on Data/Files, outside the register of exceptions",
        ),
        (
            "cells-acknowledgment",
            "exceptions",
            "AwsSolutions-S10 is acknowledged on the app, outside the register of exceptions",
        ),
    ]


def test_only_this_tool_imports_aws_cdk():
    code = "import sys, assembly.check, assembly.stateful, assembly.canonical; print('aws_cdk' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
