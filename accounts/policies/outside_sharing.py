"""Networks and resources are shared inside the organization only, and by the hub."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

OUTSIDE_SHARING = Guardrail(
    name="outside-sharing",
    type="SERVICE_CONTROL_POLICY",
    summary="No peering between networks, and no sharing of layers or of anything with the outside.",
    why="Cells reach each other and the outside world through the hub or not at all: a peering goes around it, and its "
    "segments no longer say who can reach whom.",
    reference="https://docs.aws.amazon.com/ram/latest/userguide/scp.html",
    breaks="A supplier's peering, endpoint service or share: take it in the network hub's account, and exempt its "
    "stack.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="NoOutsideShares",
            actions=("ram:CreateResourceShare", "ram:UpdateResourceShare"),
            when={"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}},
        ),
        Statement(
            sid="NoPeering",
            actions=(
                "ec2:AcceptTransitGatewayPeeringAttachment",
                "ec2:AcceptVpcPeeringConnection",
                "ec2:CreateTransitGatewayPeeringAttachment",
                "ec2:CreateVpcPeeringConnection",
                "ec2:ModifyVpcEndpointServicePermissions",
                "lambda:AddLayerVersionPermission",
                "ram:AcceptResourceShareInvitation",
            ),
        ),
    ),
)
