"""A cell's attachment to the transit gateway of the network hub."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.specs.network import AttachmentSpec


class HubAttachment(Construct):
    """Attaches the app subnets, and sends what is for the ranges behind the hub's lines through the transit gateway.

    It carries nothing until the hub chooses its segment, which a cell cannot do. Data subnets know no way there, and
    the network ACLs let HTTPS through and nothing else.
    See https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """

    def __init__(
        self, scope: Construct, id: str, *, spec: AttachmentSpec, vpc: ec2.IVpc, subnets: ec2.SubnetSelection
    ) -> None:
        super().__init__(scope, id)
        chosen = vpc.select_subnets(subnet_group_name=subnets.subnet_group_name)
        self.attachment = ec2.CfnTransitGatewayVpcAttachment(
            self,
            "Resource",
            transit_gateway_id=spec.transit_gateway,
            vpc_id=vpc.vpc_id,
            subnet_ids=chosen.subnet_ids,
            # The property is untyped, so that OptionsProperty would be written in camel case (aws-cdk-lib 2.275).
            options={"DnsSupport": "enable", "ApplianceModeSupport": "disable", "Ipv6Support": "disable"},
        )
        for zone, subnet in enumerate(chosen.subnets, start=1):
            for cidr in spec.ranges:
                # Named by range and not by place: a new range must not take the id of another one, whose destination
                # the route table has still.
                route = ec2.CfnRoute(
                    self,
                    f"Zone{zone}To{cidr.replace('/', '-')}",
                    route_table_id=subnet.route_table.route_table_id,
                    destination_cidr_block=cidr,
                    transit_gateway_id=spec.transit_gateway,
                )
                route.add_resource_dependency(self.attachment)

    @property
    def attachment_id(self) -> str:
        """What the hub needs to know of it."""
        return self.attachment.attr_id
