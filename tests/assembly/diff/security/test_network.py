"""Who can reach whom, before and after."""

import pytest

PEER = {"Fn::GetAtt": ["Peer", "GroupId"]}
GROUP = {"Fn::GetAtt": ["Group", "GroupId"]}
NOWHERE = {"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}


def group(*ingress, out=(NOWHERE,)):
    properties = {"SecurityGroupIngress": list(ingress), "SecurityGroupEgress": list(out)}
    return {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}}


def tcp(first, last=None, **peer):
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last or first, **(peer or {"CidrIp": "10.0.0.0/16"})}


def alone(rule, kind="Ingress"):
    return {"Rule": {"Type": f"AWS::EC2::SecurityGroup{kind}", "Properties": {"GroupId": GROUP, **rule}}}


@pytest.mark.parametrize(
    "rule, words",
    [
        (tcp(8443, SourceSecurityGroupId=PEER), "tcp 8443 from LoadBalancer/SecurityGroup"),
        (tcp(443, CidrIp="0.0.0.0/0"), "tcp 443 from anywhere (0.0.0.0/0)"),
        (tcp(443, CidrIpv6="::/0"), "tcp 443 from anywhere (::/0)"),
        (tcp(8000, 8100), "tcp 8000-8100 from 10.0.0.0/16"),
        (tcp("8000", "8100"), "tcp 8000-8100 from 10.0.0.0/16"),
        (tcp(0, 65535), "tcp on every port from 10.0.0.0/16"),
        (tcp(443, SourcePrefixListId="pl-1"), "tcp 443 from the prefix list pl-1"),
        ({"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}, "all traffic from 10.0.0.0/8"),
        ({"IpProtocol": -1, "CidrIp": "10.0.0.0/8"}, "all traffic from 10.0.0.0/8"),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "10.0.0.0/8"}, "icmp from 10.0.0.0/8"),
        ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "10.0.0.0/8"}, "icmp type 8 from 10.0.0.0/8"),
        (
            {"IpProtocol": "icmp", "FromPort": 3, "ToPort": 4, "CidrIp": "10.0.0.0/8"},
            "icmp type 3 code 4 from 10.0.0.0/8",
        ),
        ({"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "CidrIp": "10.0.0.0/8"}, "udp 53 from 10.0.0.0/8"),
        ({"IpProtocol": "17", "FromPort": 53, "ToPort": 53, "CidrIp": "10.0.0.0/8"}, "udp 53 from 10.0.0.0/8"),
        ({"IpProtocol": 50, "CidrIp": "10.0.0.0/8"}, "protocol 50 from 10.0.0.0/8"),
        (tcp({"Ref": "Port"}), "tcp Port-Port from 10.0.0.0/16"),
    ],
)
def test_a_rule_in_words(changes, rule, words):
    (change,) = changes(group(), group(rule))

    assert (change.subject, change.direction) == ("network", "wider")
    assert change.text == f"Api/SecurityGroup now accepts {words}"


@pytest.mark.parametrize(
    "rule, words",
    [
        (tcp(5432, DestinationSecurityGroupId=PEER), "may now reach tcp 5432 on LoadBalancer/SecurityGroup"),
        ({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}, "may now send all traffic to anywhere (0.0.0.0/0)"),
        (tcp(443, DestinationPrefixListId="pl-1"), "may now reach tcp 443 on the prefix list pl-1"),
    ],
)
def test_a_rule_for_what_goes_out_in_words(said, rule, words):
    assert said(group(), group(out=[NOWHERE, rule])) == [f"wider: Api/SecurityGroup {words}"]


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        ("a rule less", group(tcp(1), tcp(2)), group(tcp(1)), ["narrower: … no longer accepts tcp 2 from 10.0.0.0/16"]),
        ("another description", group({**tcp(1), "Description": "a"}), group({**tcp(1), "Description": "b"}), []),
        ("another order", group(tcp(1), tcp(2)), group(tcp(2), tcp(1)), []),
        ("a protocol as a number", group(tcp(1)), group({**tcp(1), "IpProtocol": "6"}), []),
        ("a rule of its own", group(tcp(1)), {**group(), **alone(tcp(1))}, []),
        (
            "a rule of its own for what goes out",
            group(out=[NOWHERE, tcp(1, DestinationSecurityGroupId=PEER)]),
            {**group(), **alone(tcp(1, DestinationSecurityGroupId=PEER), "Egress")},
            [],
        ),
        (
            "in is not out",
            {**group(), **alone(tcp(1))},
            {**group(), **alone(tcp(1), "Egress")},
            ["narrower: … no longer accepts tcp 1 from 10.0.0.0/16", "wider: … may now reach tcp 1 on 10.0.0.0/16"],
        ),
        (
            "from anywhere to a range",
            group(tcp(1, CidrIp="0.0.0.0/0")),
            group(tcp(1)),
            ["narrower: … no longer accepts tcp 1 from anywhere (0.0.0.0/0)"],
        ),
        (
            "a bigger range",
            group(tcp(1)),
            group(tcp(1, CidrIp="10.0.0.0/8")),
            ["wider: … now accepts tcp 1 from 10.0.0.0/8"],
        ),
        (
            "ranges of different families",
            group(tcp(1, CidrIp="0.0.0.0/0")),
            group(tcp(1, CidrIp="0.0.0.0/0"), tcp(1, CidrIpv6="2001:db8::/32")),
            ["wider: … now accepts tcp 1 from 2001:db8::/32"],
        ),
        (
            "fewer ports",
            group(tcp(8000, 8100)),
            group(tcp(8050)),
            ["narrower: … no longer accepts tcp 8000-8100 from 10.0.0.0/16"],
        ),
        (
            "a port that is not known",
            group(tcp(1, 9)),
            group(tcp(1, 9), tcp({"Ref": "Port"})),
            ["wider: … now accepts tcp Port-Port from 10.0.0.0/16"],
        ),
        ("a port that is not known, among all", group(tcp(0, 65535)), group(tcp(0, 65535), tcp({"Ref": "Port"})), []),
        (
            "a port that comes to be known",
            group(tcp({"Ref": "Port"})),
            group(tcp(9)),
            [
                "narrower: … no longer accepts tcp Port-Port from 10.0.0.0/16",
                "wider: … now accepts tcp 9 from 10.0.0.0/16",
            ],
        ),
        (
            "all traffic",
            group(tcp(1), {"IpProtocol": "icmp", "FromPort": 8, "CidrIp": "10.0.0.0/16"}),
            group({"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}),
            ["wider: … now accepts all traffic from 10.0.0.0/16"],
        ),
        (
            "the peers of one rule share a sentence",
            group(),
            group(tcp(1, CidrIp="10.2.0.0/16"), tcp(1, CidrIp="10.1.0.0/16"), tcp(2)),
            ["wider: … now accepts tcp 1 from 10.1.0.0/16, 10.2.0.0/16", "wider: … now accepts tcp 2 from 10.0.0.0/16"],
        ),
        (
            "without a rule for what goes out, everything may",
            group(),
            group(out=[]),
            ["wider: … may now send all traffic to anywhere (0.0.0.0/0)"],
        ),
        (
            "what was written for nothing to go out is no rule",
            group(out=[NOWHERE]),
            group(out=[NOWHERE, {**NOWHERE, "FromPort": 1}]),
            [],
        ),
    ],
)
def test_rules_that_change(said, name, before, after, expected):
    assert said(before, after) == [text.replace("…", "Api/SecurityGroup") for text in expected]


def test_a_rule_that_an_unchanged_resource_has_as_well_is_not_lost(said):
    kept = alone(tcp(1, CidrIp="10.0.0.0/8"))

    assert said({**kept, **group(tcp(1))}, {**kept, **group()}) == []
    assert said({**kept, **group()}, {**kept, **group(tcp(1))}) == []


def entry(**properties):
    written = {"NetworkAclId": {"Ref": "Acl"}, "RuleNumber": 100, "Protocol": 6, "RuleAction": "allow", **properties}
    return {"Entry": {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {"CidrBlock": "10.0.0.0/16", **written}}}


HTTPS = {"PortRange": {"From": 443, "To": 443}}


@pytest.mark.parametrize(
    "name, before, after, expected",
    [
        ("an entry for in", {}, entry(**HTTPS), ["wider: Acl now lets in tcp 443 from 10.0.0.0/16"]),
        (
            "an entry for out",
            {},
            entry(Egress=True, Protocol=-1),
            ["wider: Acl now lets out all traffic to 10.0.0.0/16"],
        ),
        ("a denial", {}, entry(RuleAction="deny", **HTTPS), ["narrower: Acl now keeps out tcp 443 from 10.0.0.0/16"]),
        (
            "a denial that goes",
            entry(RuleAction="deny", Egress="true"),
            {},
            ["wider: Acl no longer keeps in tcp on every port to 10.0.0.0/16"],
        ),
        (
            "icmp",
            {},
            entry(Protocol=1, Icmp={"Type": 8, "Code": -1}),
            ["wider: Acl now lets in icmp type 8 from 10.0.0.0/16"],
        ),
        (
            "another range",
            entry(**HTTPS),
            entry(**HTTPS, CidrBlock="0.0.0.0/0"),
            [
                "narrower: Acl no longer lets in tcp 443 from 10.0.0.0/16",
                "wider: Acl now lets in tcp 443 from anywhere (0.0.0.0/0)",
            ],
        ),
        (
            "another port",
            entry(**HTTPS),
            entry(PortRange={"From": 80, "To": 80}),
            [
                "narrower: Acl no longer lets in tcp 443 from 10.0.0.0/16",
                "wider: Acl now lets in tcp 80 from 10.0.0.0/16",
            ],
        ),
        (
            "another number",
            entry(RuleNumber=90, **HTTPS),
            entry(RuleNumber=110, **HTTPS),
            ["changed: the entry by which Acl lets in tcp 443 from 10.0.0.0/16 now has the number 110 (was 90)"],
        ),
    ],
)
def test_an_entry_of_a_network_acl(said, name, before, after, expected):
    assert said(before, after) == expected


def route(**target):
    properties = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", **target}
    return {"Route": {"Type": "AWS::EC2::Route", "Properties": properties}}


@pytest.mark.parametrize(
    "name, resource, words",
    [
        (
            "an internet gateway",
            route(GatewayId={"Ref": "Igw"}),
            "Table … sends packets for anywhere (0.0.0.0/0) to the gateway Igw",
        ),
        (
            "a peering",
            route(VpcPeeringConnectionId="pcx-1", DestinationCidrBlock="10.9.0.0/16"),
            "Table … sends packets for 10.9.0.0/16 to the peering pcx-1",
        ),
        (
            "a transit gateway",
            route(TransitGatewayId="tgw-1"),
            "Table … sends packets for anywhere (0.0.0.0/0) to the transit gateway tgw-1",
        ),
        (
            "an attachment",
            {
                "X": {
                    "Type": "AWS::EC2::TransitGatewayVpcAttachment",
                    "Properties": {"VpcId": {"Ref": "Vpc"}, "TransitGatewayId": "tgw-1"},
                }
            },
            "Network/Vpc is … connected to tgw-1",
        ),
        (
            "a route between attachments",
            {
                "X": {
                    "Type": "AWS::EC2::TransitGatewayRoute",
                    "Properties": {
                        "TransitGatewayRouteTableId": "tgw-rtb-1",
                        "TransitGatewayAttachmentId": "tgw-attach-1",
                        "DestinationCidrBlock": "10.9.0.0/16",
                    },
                }
            },
            "tgw-rtb-1 … sends packets for 10.9.0.0/16 to tgw-attach-1",
        ),
    ],
)
def test_a_way_between_networks(said, name, resource, words):
    assert said({}, resource) == [f"wider: {words.replace('…', 'now')}"]
    assert said(resource, {}) == [f"narrower: {words.replace('…', 'no longer')}"]


def test_a_blackhole_keeps_packets_from_somewhere(said):
    properties = {"TransitGatewayRouteTableId": "t", "Blackhole": True, "DestinationCidrBlock": "10.9.0.0/16"}

    assert said({}, {"X": {"Type": "AWS::EC2::TransitGatewayRoute", "Properties": properties}}) == [
        "narrower: t now drops packets for 10.9.0.0/16"
    ]
