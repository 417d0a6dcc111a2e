"""The edge as cells have it: site, zone and load balancer in the home region, the front door in us-east-1."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aws_cdk import App, Environment, Stack, Tags
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from cdk_monitoring_constructs import AlarmFactoryDefaults, MonitoringFacade

from assembly.check import check
from assembly.load import CloudAssembly
from constructs_lib.backup_selection import back_up
from constructs_lib.encryption import EdgeEncryption
from constructs_lib.front_door import FrontDoor
from constructs_lib.outside_names import OutsideNames
from constructs_lib.site import Site
from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.specs.frontend import ExternalFrontend
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.web_acl import WebAcl
from tests.constructs_lib.sample_data import ARCHIVE, CONTEXT, RETAIN

SPEC = EdgeSpec(
    common_rules="block",
    known_bad_inputs="block",
    sql_injection="block",
    cross_site_scripting="block",
    ip_reputation="block",
    bot_control="block",
    rate_limit="block",
    requests_per_five_minutes=2000,
    geo_blocking="block",
    blocked_countries=("AQ", "BV"),
    price_class="100",
    content_security_policy="default-src 'self'",
    log_retention_days=90,
)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What two cells of one shape differ in."""

    prefix: str = "acme-crm-prod"
    account: str = "111122223333"
    domain: str = "crm.example.com"


class SampleEdge:
    """An app with the stacks Foundation, Service (site and load balancer) and Edge."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        spec: EdgeSpec = SPEC,
        protection: ProtectionSpec = RETAIN,
        identity: Identity | None = None,
        frontend: ExternalFrontend | None = None,
        api_origin: cloudfront.IOrigin | None = None,
    ) -> None:
        """With `frontend` there is no site: the front door serves the API only."""
        self._api_origin = api_origin
        self.identity = identity or Identity()
        self.app = App(
            outdir=str(folder) if folder else None,
            analytics_reporting=False,
            tree_metadata=False,
            stack_traces=False,
            builtin_cloud_formation_validation=False,
            context=CONTEXT,
        )
        self.foundation = self._stack("Foundation", "eu-west-1")
        self.service = self._stack("Service", "eu-west-1")
        self.edge = self._stack("Edge", "us-east-1")
        Tags.of(self.edge).add("product", "acme-crm", exclude_resource_types=["AWS::CloudFront::VpcOrigin"])
        self.zone = route53.PublicHostedZone(self.foundation, "Zone", zone_name=self.identity.domain)
        log_bucket = s3.Bucket(self.foundation, "LogBucket")
        # A cell has stores that are backed up; where nothing is, no check asks for it.
        back_up(log_bucket, protection)
        self.site = Site(self.service, "Site", log_bucket=log_bucket, protection=protection)
        self.encryption = EdgeEncryption(self.edge, "Encryption", protection=protection)
        self.web_acl = WebAcl(self.edge, "WebAcl", spec=spec, key=self.encryption.key, name_prefix=self.identity.prefix)
        self.front_door = self._front_door(spec, protection, with_site=frontend is None)
        if frontend is not None:
            OutsideNames(self.edge, "OutsideNames", spec=frontend, domain=self.identity.domain, zone=self.zone)
        self.facade = MonitoringFacade(
            self.edge,
            "Monitoring",
            alarm_factory_defaults=AlarmFactoryDefaults(alarm_name_prefix="cell-edge", actions_enabled=True),
        )
        self.front_door.monitor(self.facade)

    def _stack(self, id: str, region: str) -> Stack:
        return Stack(
            self.app,
            id,
            env=Environment(account=self.identity.account, region=region),
            stack_name=f"{self.identity.prefix}-{id.lower()}",
            cross_region_references=True,
        )

    def _front_door(self, spec: EdgeSpec, protection: ProtectionSpec, *, with_site: bool) -> FrontDoor:
        domain = self.identity.domain
        vpc = ec2.Vpc(
            self.foundation,
            "Vpc",
            availability_zones=["eu-west-1a"],
            restrict_default_security_group=False,
            nat_gateways=0,
        )
        return FrontDoor(
            self.edge,
            "FrontDoor",
            spec=spec,
            domain=domain,
            origin_domain=f"origin.{domain}",
            load_balancer=elbv2.ApplicationLoadBalancer(
                self.service, "LoadBalancer", vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnets=vpc.public_subnets)
            ),
            site_bucket=self.site.bucket if with_site else None,
            cors_origins=() if with_site else (f"https://www.{domain}",),
            certificate=acm.Certificate(
                self.edge,
                "Certificate",
                domain_name=domain,
                validation=acm.CertificateValidation.from_dns(self.zone),
            ),
            zone=self.zone,
            web_acl=self.web_acl,
            key=self.encryption.key,
            name_prefix=self.identity.prefix,
            protection=protection,
            api_origin=self._api_origin,
            log_archive=ARCHIVE.model_copy(update={"key_alias": "alias/example-log-archive"}),
        )

    def template(self) -> Template:
        return Template.from_stack(self.edge)

    def home(self) -> Template:
        return Template.from_stack(self.service)


def findings(
    folder: Path,
    *,
    spec: EdgeSpec = SPEC,
    protection: ProtectionSpec = RETAIN,
    frontend: ExternalFrontend | None = None,
) -> list[str]:
    """What the checks find in Edge, and in the site, that is not excused, and excuses that nothing needs."""
    sample = SampleEdge(folder, spec=spec, protection=protection, frontend=frontend)
    sample.app.synth()
    judgement = check(CloudAssembly.load(folder), on=date(2026, 11, 21), app=sample.app).judgement
    unexcused = [
        f"{item.path}: {item.rule} {item.message[:200]}"
        for item in judgement.unexcused
        if item.stack == "Edge" or "Site" in item.path
    ]
    return [*unexcused, *(f"unused: {item.rule}" for item in judgement.unused)]


def properties(template: Template, type: str) -> dict:
    (resource,) = template.find_resources(type).values()
    return resource["Properties"]
