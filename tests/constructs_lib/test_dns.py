"""The zone of a cell and its delegation."""

from datetime import date

import pytest
from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.dns import Dns


def dns_in(stack):
    role = iam.Role.from_role_arn(
        stack, "DelegationRole", f"arn:{Aws.PARTITION}:iam::444455556666:role/delegate-crm.example.com"
    )
    return Dns(stack, "Dns", domain="crm.example.com", parent_domain="example.com", delegation_role=role)


@pytest.fixture(scope="module")
def template(new_stack):
    stack = new_stack()
    dns_in(stack)
    return Template.from_stack(stack)


def test_the_zone_is_the_domain_of_the_cell(template):
    template.has_resource_properties("AWS::Route53::HostedZone", {"Name": "crm.example.com."})


def test_the_parent_zone_learns_the_name_servers_through_the_role(template):
    template.has_resource_properties(
        "Custom::CrossAccountZoneDelegation",
        {
            "ParentZoneName": "example.com",
            "DelegatedZoneName": "crm.example.com",
            "DelegatedZoneNameServers": {"Fn::GetAtt": [Match.string_like_regexp("DnsZone"), "NameServers"]},
            "AssumeRoleArn": {"Fn::Join": ["", Match.array_with([":iam::444455556666:role/delegate-crm.example.com"])]},
        },
    )


def test_the_function_that_delegates_may_assume_that_role_and_nothing_else(template):
    (policy,) = template.find_resources("AWS::IAM::Policy").values()

    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Resource"]["Fn::Join"][1][-1] == ":iam::444455556666:role/delegate-crm.example.com"


def test_a_destroyed_cell_leaves_no_delegation_behind(template):
    template.has_resource("Custom::CrossAccountZoneDelegation", {"DeletionPolicy": "Delete"})


def test_the_role_is_assumed_in_the_region_of_the_cell(template):
    template.has_resource_properties("Custom::CrossAccountZoneDelegation", {"AssumeRoleRegion": "eu-west-1"})


def test_checks_have_nothing_to_say_that_is_not_excused(new_app, new_stack):
    app = new_app()
    dns_in(new_stack(app=app))

    assembly = CloudAssembly.load(app.synth().directory)
    judgement = check(assembly, on=date(2026, 11, 21), app=app).judgement

    assert [str(finding) for finding in judgement.unexcused] == []
    assert [exception.rule for exception in judgement.unused] == []
