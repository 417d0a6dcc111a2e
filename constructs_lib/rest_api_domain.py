"""The address of a REST API: its domain, certificate, web ACL, and the certificates of callers that it trusts."""

from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from constructs_lib.rest_api import RestApi
from constructs_lib.specs.edge import EdgeSpec
from constructs_lib.web_acl import WebAcl

_ALL_TRAFFIC = 100
_TRUST_STORE = "truststore.pem"


@dataclass(frozen=True, kw_only=True)
class MutualTls:
    """Callers need a certificate of an authority in the trust store, the object `truststore.pem` of the bucket."""

    bucket: s3.IBucket
    version: str
    """The version of the object: API Gateway reads the trust store again only for another one."""


@dataclass(frozen=True, kw_only=True)
class CutOver:
    """How an older system hands its callers over, share by share."""

    percent: int
    """So many of a hundred look-ups get the cell's address."""
    addresses: tuple[str, ...]
    """The IPv4 addresses of the older system, which the other look-ups get."""


class RestApiDomain(Construct):
    """A regional domain of an API, not behind CloudFront, which would end the callers' TLS.

    TLS 1.3 or 1.2. Its web ACL is its own: partners call from few addresses and often. The record is weighted from the
    start, because Route 53 takes no weighted record beside a simple one, and a cut-over could not begin.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: RestApi,
        domain: str,
        zone: route53.IHostedZone,
        web_acl: EdgeSpec,
        key: kms.IKey,
        name_prefix: str,
        mutual_tls: MutualTls | None = None,
        cut_over: CutOver | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=domain,
            validation=acm.CertificateValidation.from_dns(zone),
            key_algorithm=acm.KeyAlgorithm.EC_PRIME256_V1,
        )
        self.domain = self._build_domain(domain, api, mutual_tls)
        self.web_acl = WebAcl(self, "WebAcl", spec=web_acl, key=key, name_prefix=name_prefix, reach="REGIONAL")
        wafv2.CfnWebACLAssociation(self, "Association", resource_arn=api.stage.stage_arn, web_acl_arn=self.web_acl.arn)
        self._build_records(domain, zone, cut_over)

    def _build_domain(self, domain: str, api: RestApi, mutual_tls: MutualTls | None) -> apigateway.DomainName:
        built = apigateway.DomainName(
            self,
            "Resource",
            domain_name=domain,
            certificate=self.certificate,
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
            mtls=apigateway.MTLSConfig(bucket=mutual_tls.bucket, key=_TRUST_STORE, version=mutual_tls.version)
            if mutual_tls
            else None,
        )
        built.add_base_path_mapping(api.api, stage=api.stage)
        return built

    def _build_records(self, domain: str, zone: route53.IHostedZone, cut_over: CutOver | None) -> None:
        route53.ARecord(
            self,
            "Record",
            zone=zone,
            record_name=domain,
            target=route53.RecordTarget.from_alias(targets.ApiGatewayDomain(self.domain)),
            set_identifier="cell",
            weight=cut_over.percent if cut_over else _ALL_TRAFFIC,
        )
        if cut_over is not None:
            route53.ARecord(
                self,
                "OlderRecord",
                zone=zone,
                record_name=domain,
                target=route53.RecordTarget.from_ip_addresses(*cut_over.addresses),
                set_identifier="older",
                weight=_ALL_TRAFFIC - cut_over.percent,
            )
