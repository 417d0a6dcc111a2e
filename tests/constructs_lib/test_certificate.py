"""The certificate of a cell, at home and at the edge."""

import pytest
from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template
from cdk_monitoring_constructs import MonitoringFacade

from constructs_lib.certificate import Certificate
from constructs_lib.dns import Dns


@pytest.fixture(scope="module")
def stacks(new_app, new_stack):
    """A certificate beside its zone, and one in us-east-1 for the zone of the home region."""
    app = new_app()
    home, edge = new_stack("Home", app=app), new_stack("Edge", app=app, region="us-east-1")
    role = iam.Role.from_role_arn(home, "Role", f"arn:{Aws.PARTITION}:iam::444455556666:role/delegate")
    dns = Dns(home, "Dns", domain="crm.example.com", parent_domain="example.com", delegation_role=role)
    for stack in (home, edge):
        certificate = Certificate(
            stack, "Certificate", domain="crm.example.com", zone=dns.zone, delegation=dns.delegation
        )
        certificate.monitor(MonitoringFacade(stack, "Monitoring"))
    return {"Home": home, "Edge": edge}


@pytest.fixture(scope="module")
def templates(stacks):
    return {name: Template.from_stack(stack) for name, stack in stacks.items()}


def certificate_of(template):
    (certificate,) = template.find_resources("AWS::CertificateManager::Certificate").values()
    return certificate


def test_it_covers_the_domain_and_its_origin_and_nothing_more(templates):
    properties = certificate_of(templates["Home"])["Properties"]

    assert properties["DomainName"] == "crm.example.com"
    assert properties["SubjectAlternativeNames"] == ["origin.crm.example.com"]


def test_every_name_is_validated_in_the_zone_of_the_cell(templates):
    options = certificate_of(templates["Home"])["Properties"]["DomainValidationOptions"]

    assert [option["DomainName"] for option in options] == ["crm.example.com", "origin.crm.example.com"]
    assert all("DnsZone" in option["HostedZoneId"]["Ref"] for option in options)


def test_its_key_is_elliptic(templates):
    for region in ("Home", "Edge"):
        assert certificate_of(templates[region])["Properties"]["KeyAlgorithm"] == "EC_prime256v1"


def test_it_is_asked_for_after_the_delegation(templates):
    (delegation,) = templates["Home"].find_resources("Custom::CrossAccountZoneDelegation")

    assert delegation in certificate_of(templates["Home"])["DependsOn"]


def test_the_edge_reads_the_zone_of_the_home_region_and_comes_after_it(stacks, templates):
    options = certificate_of(templates["Edge"])["Properties"]["DomainValidationOptions"]

    assert {option["HostedZoneId"]["Fn::GetStackOutput"]["Region"] for option in options} == {"eu-west-1"}
    assert stacks["Home"] in stacks["Edge"].dependencies


def test_alarms_a_month_before_it_expires(templates):
    templates["Home"].has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Threshold": 30,
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 1,
            "Metrics": [
                Match.object_like(
                    {
                        "MetricStat": Match.object_like(
                            {"Metric": Match.object_like({"MetricName": "DaysToExpiry"}), "Period": 86400}
                        )
                    }
                )
            ],
        },
    )
