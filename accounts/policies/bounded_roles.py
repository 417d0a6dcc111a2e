"""Every role that a cell makes is bounded."""

from accounts.policies.exemption import STACK_SETS, VENDING
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import WORKLOADS

BOUNDED_ROLES = Guardrail(
    name="bounded-roles",
    type="SERVICE_CONTROL_POLICY",
    summary="In the accounts of cells nobody makes or widens a role without the permission boundary, or takes it off.",
    why="Whoever can make roles can make one that may do more than himself. With the boundary on every role, the most "
    "that any of them can do is known, whatever its policies say.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    breaks="Roles made by hand or by a tool that knows no boundary. Cells get it from the blueprint.",
    attached=(WORKLOADS,),
    statements=(
        Statement(
            sid="BoundedRoles",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ),
            when={"StringNotLike": {"iam:PermissionsBoundary": "arn:<partition>:iam::*:policy/<boundary>"}},
            exempt=(VENDING, STACK_SETS),
        ),
        Statement(sid="KeepBoundary", actions=("iam:DeleteRolePermissionsBoundary",), exempt=(VENDING, STACK_SETS)),
    ),
)
