"""What holds in the accounts of cells only: bounded roles, and the way out over the hub."""

from accounts.policies.calls.call import Call, Place, rows

_ROLE = "arn:<partition>:iam::<account>:role/made-by-hand"
_GATEWAY = "arn:<partition>:ec2:<region>:<network-hub>:transit-gateway/tgw-1"
_OTHER_GATEWAY = "arn:<partition>:ec2:<region>:<account>:transit-gateway/tgw-2"
_WIDENING = ("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
_NETWORKED: tuple[Place, ...] = ("cell", "sandbox")

CELLS: tuple[Call, ...] = (
    *rows(
        "somebody makes a role without the boundary in a cell's account",
        *_WIDENING,
        who=("administrator", "cloudformation", "break-glass"),
        where=("cell",),
        resource=_ROLE,
        absent=("iam:PermissionsBoundary",),
        works=False,
    ),
    *rows(
        "somebody makes a role with a boundary of his own",
        *_WIDENING,
        who=("administrator", "cloudformation", "break-glass"),
        where=("cell",),
        resource=_ROLE,
        context={"iam:PermissionsBoundary": "arn:<partition>:iam::<account>:policy/everything"},
        works=False,
    ),
    *rows(
        "somebody takes the boundary off",
        "iam:DeleteRolePermissionsBoundary",
        who=("administrator", "cloudformation", "break-glass"),
        where=("cell",),
        resource=_ROLE,
        works=False,
    ),
    *rows(
        "the platform makes a role without the boundary in a cell's account",
        "iam:CreateRole",
        "iam:DeleteRolePermissionsBoundary",
        who=("vending engine", "stack set"),
        where=("cell",),
        resource=_ROLE,
        absent=("iam:PermissionsBoundary",),
        works=True,
        vital=True,
    ),
    *rows(
        "the stacks of the platform make roles, which no cell's boundary fits",
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        who=("cloudformation",),
        where=("network-hub", "shared-services", "ci-cd", "log-archive", "security-tooling"),
        resource="arn:<partition>:iam::<account>:role/platform-1",
        works=True,
        vital=True,
    ),
    *rows(
        "somebody builds a way around the hub",
        "directconnect:CreateConnection",
        "ec2:CreateClientVpnEndpoint",
        "ec2:CreateCarrierGateway",
        "ec2:CreateCustomerGateway",
        "ec2:CreateTransitGateway",
        "ec2:CreateVpnConnection",
        "ec2:CreateVpnGateway",
        "globalaccelerator:CreateAccelerator",
        who=("administrator", "cloudformation"),
        where=_NETWORKED,
        works=False,
    ),
    *rows(
        "a cell attaches to somebody else's transit gateway",
        "ec2:CreateTransitGatewayVpcAttachment",
        who=("administrator", "cloudformation"),
        where=_NETWORKED,
        owner="other",
        resource=_OTHER_GATEWAY,
        works=False,
    ),
    *rows(
        "a cell attaches to the hub's transit gateway",
        "ec2:CreateTransitGatewayVpcAttachment",
        who=("cloudformation",),
        where=_NETWORKED,
        owner="network-hub",
        resource=_GATEWAY,
        works=True,
    ),
    *rows(
        "an attachment is made in the cell's own network",
        "ec2:CreateTransitGatewayVpcAttachment",
        who=("cloudformation",),
        where=_NETWORKED,
        resource="arn:<partition>:ec2:<region>:<account>:vpc/vpc-1",
        works=True,
    ),
    *rows(
        "the hub makes its gateways",
        "ec2:CreateCustomerGateway",
        "ec2:CreateTransitGateway",
        "ec2:CreateVpnConnection",
        who=("cloudformation",),
        where=("network-hub",),
        works=True,
    ),
)
