"""The TLS certificate of a cell."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from cdk_monitoring_constructs import DaysToExpiryThreshold, MonitoringFacade
from constructs import Construct


class Certificate(Construct):
    """A certificate for the domain and its `below` names, validated by records in the cell's own zone.

    Once in the home region for the load balancer, which is `origin.<domain>`, once in us-east-1 for CloudFront. ECDSA
    P-256, which both take and which makes handshakes cheaper than RSA. Validation waits for the world to find the zone:
    give the zone's `delegation`, so that the certificate is asked for after it.
    See https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        zone: route53.IHostedZone,
        below: tuple[str, ...] = ("origin",),
        delegation: route53.CrossAccountZoneDelegationRecord | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.certificate = acm.Certificate(
            self,
            "Resource",
            domain_name=domain,
            subject_alternative_names=[f"{label}.{domain}" for label in below] or None,
            validation=acm.CertificateValidation.from_dns(zone),
            key_algorithm=acm.KeyAlgorithm.EC_PRIME256_V1,
        )
        if delegation is not None:
            self.certificate.node.add_dependency(delegation)

    def monitor(self, facade: MonitoringFacade) -> None:
        """Alarm 30 days before expiry: ACM renews at 60, so by then its validation records are broken.

        ACM reports twice a day, so the alarm looks at whole days.
        """
        facade.add_large_header("Certificate").monitor_certificate(
            certificate=self.certificate,
            alarm_friendly_name="Certificate",
            human_readable_name="Certificate",
            add_days_to_expiry_alarm={
                "Critical": DaysToExpiryThreshold(
                    min_days_to_expiry=30, period=Duration.days(1), evaluation_periods=1, datapoints_to_alarm=1
                )
            },
        )
