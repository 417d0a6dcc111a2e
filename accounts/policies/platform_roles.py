"""Only the platform makes or changes the platform's roles."""

from accounts.policies.exemption import CI_CD, NETWORK_HUB, SECURITY_TOOLING, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

_WRITES = (
    "iam:Attach*",
    "iam:Create*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:Put*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
)

_NAMES = (
    "<vending-role>",
    "stacksets-exec-*",
    "StackSet-*",
    "cdk-<bootstrap>-*",
    "<deployment-role>",
    "<break-glass-role>",
    "<auditor-role>",
    "<backup-role>",
)

PLATFORM_ROLES = Guardrail(
    name="platform-roles",
    type="SERVICE_CONTROL_POLICY",
    summary="Only the vending engine and the organization's stack sets make or change a role of the platform.",
    why="Every exemption of a guardrail is a role by name. Whoever can make such a role, change whom it trusts or what "
    "it may do, is exempt too; so this guardrail is what the others stand on.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html",
    breaks="`cdk bootstrap` by hand: the vending engine does it. A role whose name begins like one of the platform's: "
    "choose another. An account that is invited needs its `<vending-role>` before it joins.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="PlatformRoles",
            actions=_WRITES,
            resources=tuple(f"arn:<partition>:iam::*:role/{name}" for name in _NAMES),
            exempt=(VENDING, STACK_SETS),
        ),
        Statement(
            sid="RolesOfPlatformStacks",
            actions=_WRITES,
            resources=(
                "arn:<partition>:iam::<ci-cd>:role/<pipeline-role>",
                "arn:<partition>:iam::<network-hub>:role/cell-dns-*",
                "arn:<partition>:iam::<security-tooling>:role/<security-settings-role>",
                "arn:<partition>:iam::<security-tooling>:role/<break-glass-operator>",
            ),
            exempt=(VENDING, CI_CD, NETWORK_HUB, SECURITY_TOOLING),
        ),
    ),
)
