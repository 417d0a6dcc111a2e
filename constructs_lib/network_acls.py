"""The network ACLs of a cell: a second wall around each tier, which a mistake in a security group does not open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.specs.network import NetworkSpec

_INTERNET = "0.0.0.0/0"

# Network ACLs have no memory, so answers need rules of their own. Linux answers to 32768 and above; a NAT gateway
# and a load balancer node use every port from 1024.
_ALL_PORTS = (0, 65535)
_HTTPS = (443, 443)
_LINUX_EPHEMERAL = (32768, 65535)
_UNPRIVILEGED = (1024, 65535)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """TCP from or to ranges. Its name is the id of its entries."""

    name: str
    cidrs: Sequence[str]
    ports: tuple[int, int]
    direction: ec2.TrafficDirection


class NetworkAcls(Construct):
    """One network ACL per tier. What no rule names is denied; so are UDP and ICMP.

    - `Data`: from the app subnets and back to them, nothing else.
    - `App`: among app subnets (load balancer, tasks, endpoints), to the data subnets, HTTPS in from CloudFront, HTTPS
      out, and the answers of each.
    - `Public`: the NAT gateways' traffic. Without zonal gateways nothing lives there and no rule is needed.

    The resolver, instance metadata and time of a VPC pass by network ACLs. See
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """

    def __init__(self, scope: Construct, id: str, *, spec: NetworkSpec, vpc: ec2.IVpc) -> None:
        super().__init__(scope, id)
        self._vpc = vpc
        self._app = [zone.app_cidr for zone in spec.zones]
        self._data = [zone.data_cidr for zone in spec.zones]
        self.public = self._build_acl(
            "Public", self._public_rules() if spec.settings.nat in ("per_az", "single") else []
        )
        self.app = self._build_acl("App", self._app_rules())
        self.data = self._build_acl("Data", self._data_rules())
        excuse(
            self,
            rule="AwsSolutions-VPC3",
            reason="The rule warns that network ACLs are hard to keep; these follow from the plan, and a second wall "
            "between the tiers is wanted.",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )

    def _build_acl(self, tier: str, rules: Sequence[_Rule]) -> ec2.NetworkAcl:
        acl = ec2.NetworkAcl(self, tier, vpc=self._vpc, subnet_selection=ec2.SubnetSelection(subnet_group_name=tier))
        number = 100
        for rule in rules:
            for position, cidr in enumerate(rule.cidrs, start=1):
                acl.add_entry(
                    f"{rule.name}{position}",
                    cidr=ec2.AclCidr.ipv4(cidr),
                    rule_number=number,
                    traffic=ec2.AclTraffic.tcp_port_range(*rule.ports),
                    direction=rule.direction,
                    rule_action=ec2.Action.ALLOW,
                )
                number += 10
        return acl

    def _public_rules(self) -> list[_Rule]:
        return [
            _ingress("RequestsFromApp", self._app, _HTTPS),
            # The gateway rewrites the source port of a connection to any port from 1024, and the answer comes there.
            _ingress("AnswersFromInternet", [_INTERNET], _UNPRIVILEGED),
            _egress("RequestsToInternet", [_INTERNET], _HTTPS),
            _egress("AnswersToApp", self._app, _LINUX_EPHEMERAL),
        ]

    def _app_rules(self) -> list[_Rule]:
        return [
            # Load balancer to tasks, tasks to endpoints, and their answers.
            _ingress("FromApp", self._app, _ALL_PORTS),
            _ingress("AnswersFromData", self._data, _LINUX_EPHEMERAL),
            # Behind NAT and gateway endpoints the source of an answer is the public address that was called. Tasks
            # listen below these ports.
            _ingress("AnswersFromInternet", [_INTERNET], _LINUX_EPHEMERAL),
            # A VPC origin brings CloudFront's own addresses into the load balancer's subnets: more ranges than a
            # network ACL takes, and it takes no prefix list. The load balancer's security group names that list, and
            # no route of the internet leads here.
            _ingress("RequestsFromCloudFront", [_INTERNET], _HTTPS),
            _egress("ToApp", self._app, _ALL_PORTS),
            _egress("RequestsToData", self._data, _UNPRIVILEGED),
            # NAT, and the public addresses of S3 and DynamoDB behind the gateway endpoints.
            _egress("RequestsToInternet", [_INTERNET], _HTTPS),
            _egress("AnswersToCloudFront", [_INTERNET], _UNPRIVILEGED),
        ]

    def _data_rules(self) -> list[_Rule]:
        return [
            _ingress("RequestsFromApp", self._app, _UNPRIVILEGED),
            _egress("AnswersToApp", self._app, _LINUX_EPHEMERAL),
            # A search domain listens there.
            _ingress("HttpsFromApp", self._app, _HTTPS),
        ]


def _ingress(name: str, cidrs: Sequence[str], ports: tuple[int, int]) -> _Rule:
    return _Rule(name=f"Ingress{name}", cidrs=cidrs, ports=ports, direction=ec2.TrafficDirection.INGRESS)


def _egress(name: str, cidrs: Sequence[str], ports: tuple[int, int]) -> _Rule:
    return _Rule(name=f"Egress{name}", cidrs=cidrs, ports=ports, direction=ec2.TrafficDirection.EGRESS)
