"""How what goes over the network is encrypted: protocols, certificates and the lowest version of TLS.

See https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html and
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assembly.diff.security.facts import Fact, Setting
from assembly.diff.security.resource import Resource, follow, listed, many

_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_DISTRIBUTION = "AWS::CloudFront::Distribution"

_TLS: Mapping[str, tuple[str, str]] = {
    _LISTENER: ("SslPolicy", "ELBSecurityPolicy-2016-08"),
    _DISTRIBUTION: ("DistributionConfig.ViewerCertificate.MinimumProtocolVersion", "TLSv1"),
    "AWS::ApiGateway::DomainName": ("SecurityPolicy", "TLS_1_2"),
    "AWS::OpenSearchService::Domain": ("DomainEndpointOptions.TLSSecurityPolicy", "Policy-Min-TLS-1-0-2019-07"),
}
"""Type to the property with its TLS policy, and the default."""

_CERTIFICATES: Mapping[str, tuple[str, ...]] = {
    _LISTENER: ("Certificates.*.CertificateArn",),
    _DISTRIBUTION: (
        "DistributionConfig.ViewerCertificate.AcmCertificateArn",
        "DistributionConfig.ViewerCertificate.IamCertificateId",
    ),
    "AWS::ApiGateway::DomainName": ("CertificateArn", "RegionalCertificateArn"),
}
"""Type to the properties with its certificates."""

_BEHAVIORS = ("DistributionConfig.DefaultCacheBehavior", "DistributionConfig.CacheBehaviors.*")

_LOWEST = re.compile(r"TLS(?:13)?[v_-]?1[._-](\d)(?!\d)")
"""The lowest version 1.x in the name of a policy, such as `ELBSecurityPolicy-TLS13-1-2-Res-2021-06`."""


def listener_facts(resource: Resource) -> Iterator[Fact]:
    """Where requests are taken without encryption."""
    if resource.type == _LISTENER and resource.said("Protocol").upper() == "HTTP":
        actions = resource.all("DefaultActions.*.Type")
        if not actions or any(action != "redirect" for action in actions):
            yield _plain(resource, "", resource.label)
    if resource.type == _DISTRIBUTION:
        for path in _BEHAVIORS:
            for behavior in resource.all(path):
                if follow(behavior, "ViewerProtocolPolicy") == ["allow-all"]:
                    pattern = listed(resource.term(value).words for value in follow(behavior, "PathPattern"))
                    yield _plain(resource, pattern, resource.label + (f" for {pattern}" if pattern else ""))


def listener_settings(resource: Resource) -> Iterator[Setting]:
    """The certificates and the TLS policy of a resource."""
    if resource.type in _TLS:
        path, default = _TLS[resource.type]
        policy = resource.term(resource.first(path) or default)
        text = f"{resource.label} now has the TLS policy {policy.words}"
        yield Setting(
            "network", (resource.own.key, path), -_lowest(policy.key), policy.key, text, f"was {policy.words}"
        )
    found = [resource.term(one) for path in _CERTIFICATES.get(resource.type, ()) for one in many(resource.all(path))]
    if found:
        key = ",".join(sorted({one.key for one in found}))
        words = listed(one.words for one in found)
        text = f"{resource.label} now shows the certificate {words}"
        yield Setting("network", (resource.own.key, "certificate"), 0, key, text, f"was {words}")


def _plain(resource: Resource, part: str, words: str) -> Fact:
    now, no_longer = (f"{words} {when} takes HTTP requests, which are not encrypted" for when in ("now", "no longer"))
    return Fact("network", (resource.own.key, "plain", part), now, no_longer)


def _lowest(policy: str) -> int:
    found = _LOWEST.search(policy)
    return int(found[1]) if found else 0
