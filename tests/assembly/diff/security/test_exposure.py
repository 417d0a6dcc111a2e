"""What anyone can reach, how it is encrypted, and what a web ACL keeps out."""

import pytest


def it(type, **properties):
    return {"It": {"Type": type, "Properties": properties}}


def eks(**config):
    return it("AWS::EKS::Cluster", ResourcesVpcConfig=config)


def blocked(**flags):
    return it("AWS::S3::Bucket", PublicAccessBlockConfiguration=flags)


SERVICE = "AWS::ECS::Service"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


def assigned(value):
    return it(SERVICE, NetworkConfiguration={"AwsvpcConfiguration": {"AssignPublicIp": value}})


@pytest.mark.parametrize(
    "name, shut, open, opened",
    [
        (
            "public addresses in a subnet",
            it("AWS::EC2::Subnet", MapPublicIpOnLaunch=False),
            it("AWS::EC2::Subnet", MapPublicIpOnLaunch=True),
            "what starts in It now gets a public address",
        ),
        (
            "public addresses of tasks",
            assigned("DISABLED"),
            assigned("ENABLED"),
            "the tasks of It now get public addresses",
        ),
        (
            "a database",
            it("AWS::RDS::DBInstance"),
            it("AWS::RDS::DBInstance", PubliclyAccessible="true"),
            "It can now be reached from the internet",
        ),
        (
            "a load balancer, which is public if it does not say",
            it(BALANCER, Scheme="internal"),
            it(BALANCER),
            "It can now be reached from the internet",
        ),
        (
            "an address of a function",
            it("AWS::Lambda::Url", AuthType="AWS_IAM"),
            it("AWS::Lambda::Url", AuthType="NONE"),
            "anyone may now call It: it asks for no authorization",
        ),
        (
            "a method",
            it("AWS::ApiGateway::Method", AuthorizationType="AWS_IAM"),
            it("AWS::ApiGateway::Method", AuthorizationType="NONE"),
            "anyone may now call It: it asks for no authorization",
        ),
        (
            "guests",
            it("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False),
            it("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=True),
            "anyone may now get credentials of It",
        ),
        (
            "a public policy",
            blocked(BlockPublicPolicy=True),
            blocked(BlockPublicPolicy=False),
            "It no longer refuses public policies",
        ),
        (
            "no block at all",
            blocked(BlockPublicPolicy=True),
            it("AWS::S3::Bucket"),
            "It no longer refuses public policies",
        ),
        (
            "ACLs, which count for nothing if it does not say",
            it("AWS::S3::Bucket"),
            it("AWS::S3::Bucket", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
            "It no longer ignores ACLs: they can let others in",
        ),
        (
            "the ranges of a cluster",
            eks(EndpointPublicAccess=True, PublicAccessCidrs=["192.0.2.0/24"]),
            eks(EndpointPublicAccess=True, PublicAccessCidrs=["192.0.2.0/24", "198.51.100.0/24"]),
            "It now answers 198.51.100.0/24",
        ),
        (
            "HTTP",
            it(LISTENER, Protocol="HTTPS", DefaultActions=[{"Type": "forward"}]),
            it(LISTENER, Protocol="HTTP", DefaultActions=[{"Type": "forward"}]),
            "It now takes HTTP requests, which are not encrypted",
        ),
        (
            "an older TLS",
            it(LISTENER, SslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
            it(LISTENER, SslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
            "It now has the TLS policy ELBSecurityPolicy-TLS13-1-0-2021-06 (was "
            "ELBSecurityPolicy-TLS13-1-2-Res-2021-06)",
        ),
        (
            "the TLS that a listener has if it does not say",
            it(LISTENER, SslPolicy="ELBSecurityPolicy-TLS-1-2-2017-01"),
            it(LISTENER),
            "It now has the TLS policy ELBSecurityPolicy-2016-08 (was ELBSecurityPolicy-TLS-1-2-2017-01)",
        ),
    ],
)
def test_what_opens(said, name, shut, open, opened):
    assert said(shut, open) == [f"wider: {opened}"]

    (back,) = said(open, shut)
    assert back.startswith("narrower: ")


def test_a_cluster_endpoint_is_public_unless_it_says_otherwise(said):
    assert said(eks(EndpointPublicAccess=False), eks()) == [
        "wider: It can now be reached from the internet",
        "wider: It now answers 0.0.0.0/0",
    ]


def test_what_a_new_resource_opens_is_said_and_what_it_keeps_shut_is_not(said):
    assert said({}, it(BALANCER)) == ["wider: It can now be reached from the internet"]
    assert said({}, blocked(BlockPublicPolicy=True, RestrictPublicBuckets=True)) == []
    assert said(blocked(BlockPublicPolicy=True, RestrictPublicBuckets=True), {}) == []


def test_a_listener_that_only_redirects_takes_no_requests(said):
    assert said({}, it(LISTENER, Protocol="HTTP", DefaultActions=[{"Type": "redirect"}])) == []


def test_another_certificate_is_a_change(said):
    one, other = (it(LISTENER, Certificates=[{"CertificateArn": {"Ref": name}}]) for name in ("A", "B"))

    assert said(one, other) == ["changed: It now shows the certificate B (was A)"]


def test_tls_policies_of_one_version_are_a_change(said):
    one, other = (it(LISTENER, SslPolicy=f"ELBSecurityPolicy-TLS13-1-2-{name}") for name in ("A", "B"))

    assert [text.partition(":")[0] for text in said(one, other)] == ["changed"]


def distribution(behavior="redirect-to-https", **config):
    config = {"DefaultCacheBehavior": {"ViewerProtocolPolicy": behavior}, **config}
    return it("AWS::CloudFront::Distribution", DistributionConfig=config)


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "plain requests",
            distribution(),
            distribution("allow-all"),
            ["wider: It now takes HTTP requests, which are not encrypted"],
        ),
        (
            "plain requests for a path",
            distribution(),
            distribution(CacheBehaviors=[{"PathPattern": "/img/*", "ViewerProtocolPolicy": "allow-all"}]),
            ["wider: It for /img/* now takes HTTP requests, which are not encrypted"],
        ),
        (
            "an older TLS",
            distribution(ViewerCertificate={"MinimumProtocolVersion": "TLSv1.2_2021"}),
            distribution(ViewerCertificate={"MinimumProtocolVersion": "TLSv1_2016"}),
            ["wider: It now has the TLS policy TLSv1_2016 (was TLSv1.2_2021)"],
        ),
        (
            "no web ACL",
            distribution(WebACLId={"Ref": "Acl"}),
            distribution(),
            ["wider: Acl no longer stands before It"],
        ),
        (
            "a web ACL",
            distribution(WebACLId=""),
            distribution(WebACLId={"Ref": "Acl"}),
            ["narrower: Acl now stands before It"],
        ),
    ],
)
def test_a_distribution(said, name, before, after, expected):
    assert said(before, after) == expected


def acl(*rules, default="Allow"):
    return it("AWS::WAFv2::WebACL", DefaultAction={default: {}}, Rules=list(rules))


def rate(limit=2000, action="Block", **more):
    statement = {"RateBasedStatement": {"Limit": limit, "AggregateKeyType": "IP", **more}}
    return {"Name": "Rate", "Priority": 1, "Action": {action: {}}, "Statement": statement}


def managed(override="None", *counted):
    overrides = [{"Name": name, "ActionToUse": {"Count": {}}} for name in counted]
    statement = {"ManagedRuleGroupStatement": {"Name": "Group", "RuleActionOverrides": overrides}}
    return {"Name": "Common", "Priority": 2, "OverrideAction": {override: {}}, "Statement": statement}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        (
            "a rule less",
            acl(rate(), managed()),
            acl(managed()),
            ["wider: It no longer blocks what its rule Rate matches"],
        ),
        (
            "only counts",
            acl(rate()),
            acl(rate(action="Count")),
            ["wider: It no longer blocks what its rule Rate matches"],
        ),
        (
            "a higher limit",
            acl(rate()),
            acl(rate(10000)),
            ["wider: the rule Rate of It now lets 10000 requests through (was 2000)"],
        ),
        (
            "a lower limit",
            acl(rate()),
            acl(rate(100)),
            ["narrower: the rule Rate of It now lets 100 requests through (was 2000)"],
        ),
        (
            "another key",
            acl(rate()),
            acl(rate(AggregateKeyType="X")),
            ["changed: the rule Rate of It now matches something else"],
        ),
        (
            "another place",
            acl(rate()),
            acl({**rate(), "Priority": 9}),
            ["changed: the rule Rate of It now comes in another order"],
        ),
        (
            "managed rules only count",
            acl(managed()),
            acl(managed("Count")),
            ["wider: It no longer enforces the managed rules Common"],
        ),
        (
            "one managed rule only counts",
            acl(managed("None", "Size")),
            acl(managed("None", "Size", "Body")),
            ["wider: It now only counts what Body of the managed rules Common finds"],
        ),
        ("an exception", acl(), acl(rate(action="Allow")), ["wider: It now lets through what its rule Rate matches"]),
        ("the rest is blocked", acl(), acl(default="Block"), ["narrower: It now blocks what no rule matches"]),
    ],
)
def test_a_web_acl(said, name, before, after, expected):
    assert said(before, after) == expected


def test_an_association_that_goes(said):
    balancer = {"Lb": {"Type": BALANCER, "Properties": {"Scheme": "internal"}}}
    association = it("AWS::WAFv2::WebACLAssociation", WebACLArn={"Ref": "Acl"}, ResourceArn={"Ref": "Lb"})

    assert said({**balancer, **association}, balancer) == ["wider: Acl no longer stands before Lb"]
    assert said({**balancer, **association}, {}) == []
