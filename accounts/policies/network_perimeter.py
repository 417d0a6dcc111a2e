"""The way out of a cell's network leads over the hub."""

from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SANDBOX, WORKLOADS

NETWORK_PERIMETER = Guardrail(
    name="network-perimeter",
    type="SERVICE_CONTROL_POLICY",
    summary="Cells and sandboxes have no VPN, line or transit gateway of their own, and attach to the hub's only.",
    why="The hub decides which segment an attachment is in. A second way into a cell would be outside every segment.",
    reference="https://docs.aws.amazon.com/vpc/latest/tgw/what-is-transit-gateway.html",
    breaks="A VPN for one product: it ends in the network hub, as an option of the product.",
    attached=(WORKLOADS, SANDBOX),
    statements=(
        Statement(
            sid="NoWayAround",
            actions=(
                "directconnect:Create*",
                "ec2:CreateCarrierGateway",
                "ec2:CreateClientVpnEndpoint",
                "ec2:CreateCustomerGateway",
                "ec2:CreateTransitGateway",
                "ec2:CreateVpnConnection",
                "ec2:CreateVpnGateway",
                "globalaccelerator:Create*",
            ),
        ),
        Statement(
            sid="HubOnly",
            actions=("ec2:CreateTransitGatewayVpcAttachment",),
            all_resources_but=(
                "arn:<partition>:ec2:*:<network-hub>:transit-gateway/*",
                "arn:<partition>:ec2:*:*:subnet/*",
                "arn:<partition>:ec2:*:*:transit-gateway-attachment/*",
                "arn:<partition>:ec2:*:*:vpc/*",
            ),
        ),
    ),
)
