"""What can be reached by anyone: public addresses, endpoints and buckets, and doors without authorization.

See https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from assembly.diff.security.facts import Fact
from assembly.diff.security.flags import Flag, on, table
from assembly.diff.security.resource import Resource, many

_open = partial(Flag, subject="network", opens=True)
_shut = partial(Flag, subject="network")

_REACHABLE = "{it} can now be reached from the internet"
_NOT_REACHABLE = "{it} can no longer be reached from the internet"

EXPOSURE = table(
    (
        _open(
            ("AWS::EC2::Subnet",),
            "MapPublicIpOnLaunch",
            "what starts in {it} now gets a public address",
            "what starts in {it} no longer gets a public address",
        ),
        _open(
            ("AWS::ECS::Service",),
            "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
            "the tasks of {it} now get public addresses",
            "the tasks of {it} no longer get public addresses",
            on=("enabled",),
        ),
        _open(
            (
                "AWS::RDS::DBCluster",
                "AWS::RDS::DBInstance",
                "AWS::Redshift::Cluster",
                "AWS::RedshiftServerless::Workgroup",
                "AWS::AmazonMQ::Broker",
            ),
            "PubliclyAccessible",
            _REACHABLE,
            _NOT_REACHABLE,
        ),
        _open(
            ("AWS::DMS::ReplicationInstance",),
            "PubliclyAccessible",
            _REACHABLE,
            _NOT_REACHABLE,
            default="true",
        ),
        _open(
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"),
            "Scheme",
            _REACHABLE,
            _NOT_REACHABLE,
            on=("internet-facing",),
            default="internet-facing",
        ),
        _open(
            ("AWS::EKS::Cluster",),
            "ResourcesVpcConfig.EndpointPublicAccess",
            _REACHABLE,
            _NOT_REACHABLE,
            default="true",
        ),
        _open(
            ("AWS::MSK::Cluster",),
            "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
            _REACHABLE,
            _NOT_REACHABLE,
            on=("service_provided_eips",),
        ),
        _open(
            ("AWS::Lambda::Url",),
            "AuthType",
            "anyone may now call {it}: it asks for no authorization",
            "anyone may no longer call {it}: it asks for authorization",
            on=("none",),
            subject="access",
        ),
        _open(
            ("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route"),
            "AuthorizationType",
            "anyone may now call {it}: it asks for no authorization",
            "anyone may no longer call {it}: it asks for authorization",
            on=("none",),
            default="none",
            subject="access",
        ),
        _open(
            ("AWS::Cognito::IdentityPool",),
            "AllowUnauthenticatedIdentities",
            "anyone may now get credentials of {it}",
            "anyone may no longer get credentials of {it}",
            subject="access",
        ),
        _open(
            ("AWS::S3::Bucket",),
            "AccessControl",
            "anyone may now read {it}, as far as its public access block lets them",
            "anyone may no longer read {it}",
            on=("publicread", "publicreadwrite"),
            subject="access",
        ),
        _shut(
            ("AWS::S3::Bucket",),
            "OwnershipControls.Rules.*.ObjectOwnership",
            "{it} now ignores ACLs",
            "{it} no longer ignores ACLs: they can let others in",
            on=("bucketownerenforced",),
            default="bucketownerenforced",
            subject="access",
        ),
        *(
            _shut(
                ("AWS::S3::Bucket",),
                f"PublicAccessBlockConfiguration.{name}",
                f"{{it}} now {what}",
                f"{{it}} no longer {what}",
            )
            for name, what in (
                ("BlockPublicAcls", "refuses public ACLs"),
                ("IgnorePublicAcls", "ignores public ACLs"),
                ("BlockPublicPolicy", "refuses public policies"),
                ("RestrictPublicBuckets", "keeps the public out whatever its policy says"),
            )
        ),
        _shut(
            ("AWS::EC2::VPCEndpointService",),
            "AcceptanceRequired",
            "somebody now has to accept who connects to {it}",
            "nobody has to accept any more who connects to {it}",
            default="true",
        ),
    )
)
"""What is open or shut, by resource type."""


def exposure_facts(resource: Resource) -> Iterator[Fact]:
    """What can be reached by anyone, and what keeps others from it."""
    yield from on(EXPOSURE, resource)
    if resource.type == "AWS::EKS::Cluster":
        yield from _cidrs(resource)


def _cidrs(resource: Resource) -> Iterator[Fact]:
    """From where the public endpoint of a Kubernetes cluster can be reached; from anywhere if nothing is said."""
    if resource.said("ResourcesVpcConfig.EndpointPublicAccess") == "false":
        return
    for cidr in many(resource.first("ResourcesVpcConfig.PublicAccessCidrs")) or ["0.0.0.0/0"]:
        term = resource.term(cidr)
        now, no_longer = (f"{resource.label} {when} answers {term.words}" for when in ("now", "no longer"))
        yield Fact("network", (resource.own.key, "cidr", term.key), now, no_longer)
