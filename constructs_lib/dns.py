"""The public zone of a cell, and its delegation from the company's domain."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.exception import excuse


class Dns(Construct):
    """A hosted zone for the domain of one cell, delegated by the account that owns the parent zone.

    The delegation assumes `delegation_role`, which may write the NS record of this domain and no other. Its records
    go with the zone, so that a destroyed cell leaves no dangling delegation that somebody could take over.
    See https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-routing-traffic-for-subdomains.html
    """

    def __init__(
        self, scope: Construct, id: str, *, domain: str, parent_domain: str, delegation_role: iam.IRole
    ) -> None:
        super().__init__(scope, id)
        self.zone = route53.PublicHostedZone(self, "Zone", zone_name=domain)
        self.delegation = self._build_delegation(parent_domain, delegation_role)

    def _build_delegation(
        self, parent_domain: str, delegation_role: iam.IRole
    ) -> route53.CrossAccountZoneDelegationRecord:
        delegation = route53.CrossAccountZoneDelegationRecord(
            self,
            "Delegation",
            delegated_zone=self.zone,
            parent_hosted_zone_name=parent_domain,
            delegation_role=delegation_role,
            assume_role_region=Stack.of(self).region,
            ttl=Duration.hours(1),
            removal_policy=RemovalPolicy.DESTROY,
        )
        excuse(
            delegation.node.find_child("CrossAccountZoneDelegationCustomResource"),
            rule="W9002",
            reason="The role is in the account of the parent zone, which no reference of this template can reach.",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
        return delegation
