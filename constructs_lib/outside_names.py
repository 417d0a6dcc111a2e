"""The names of a cell that an outside host serves."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.specs.frontend import APEX, ExternalFrontend, OutsideRecord

_TTL = Duration.minutes(5)
_AMAZON = "amazon.com"


class OutsideNames(Construct):
    """The DNS records that Vercel or Cloudflare Pages ask for, in the cell's zone, and who may sign their certificates.

    A CAA record of the zone stands over those of its parent zone: it names Amazon, for the cell's own certificates, and
    the authorities of the host. Take a record out before its project goes there: a name that points at nobody's project
    is anybody's.
    See https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    """

    def __init__(
        self, scope: Construct, id: str, *, spec: ExternalFrontend, domain: str, zone: route53.IHostedZone
    ) -> None:
        super().__init__(scope, id)
        for record in spec.records:
            self._build_record(record, domain, zone)
        for verification in spec.verifications:
            route53.TxtRecord(
                self,
                _id("Text", verification.name),
                zone=zone,
                record_name=f"{verification.name}.{domain}",
                values=list(verification.values),
                ttl=_TTL,
            )
        self._build_authorities(spec.authorities, domain, zone)

    def _build_record(self, record: OutsideRecord, domain: str, zone: route53.IHostedZone) -> None:
        name = domain if record.name == APEX else f"{record.name}.{domain}"
        if record.target is not None:
            route53.CnameRecord(
                self,
                _id("Name", record.name),
                zone=zone,
                record_name=name,
                domain_name=record.target,
                ttl=_TTL,
            )
        else:
            route53.ARecord(
                self,
                _id("Address", record.name),
                zone=zone,
                record_name=name,
                target=route53.RecordTarget.from_ip_addresses(*record.addresses),
                ttl=_TTL,
            )

    def _build_authorities(self, authorities: tuple[str, ...], domain: str, zone: route53.IHostedZone) -> None:
        route53.CaaRecord(
            self,
            "Authorities",
            zone=zone,
            record_name=domain,
            values=[
                route53.CaaRecordValue(flag=0, tag=route53.CaaTag.ISSUE, value=authority)
                for authority in (_AMAZON, *authorities)
            ],
            ttl=_TTL,
        )


def _id(kind: str, name: str) -> str:
    """`www` is `NameWww`, the domain itself `AddressApex`."""
    words = (
        "Apex"
        if name == APEX
        else "".join(part.title() for part in name.replace("-", ".").replace("_", ".").split("."))
    )
    return f"{kind}{words}"
