"""The platform's roles, on which every exemption rests."""

from accounts.policies.calls.call import MEMBERS, PLATFORM, Call, rows

_IAM = "arn:<partition>:iam::<account>:"
_PLATFORM_ROLES = (
    "<vending-role>",
    "<deployment-role>",
    "<break-glass-role>",
    "<auditor-role>",
    "<backup-role>",
    "<baseline-stacks>Global-Guard1",
    "<baseline-stacks>Regional-Guard1",
    "stacksets-exec-1",
    "cdk-<bootstrap>-cfn-exec-role-<account>-<home-region>",
    "cdk-<bootstrap>-deploy-role-<account>-<home-region>",
)
_WIDENING = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
)

PLATFORM_ROLES: tuple[Call, ...] = (
    *(
        call
        for name in _PLATFORM_ROLES
        for call in rows(
            f"somebody makes or changes the role {name}",
            *_WIDENING,
            who=("administrator", "break-glass", "cloudformation"),
            where=("cell",),
            resource=f"{_IAM}role/{name}",
            works=False,
        )
    ),
    *(
        call
        for name in _PLATFORM_ROLES
        for call in rows(
            f"an administrator makes the role {name} or changes whom it trusts",
            "iam:CreateRole",
            "iam:UpdateAssumeRolePolicy",
            who=("administrator",),
            where=(*PLATFORM, "sandbox", "other"),
            resource=f"{_IAM}role/{name}",
            works=False,
        )
    ),
    *rows(
        "an administrator changes whom the pipeline trusts",
        "iam:PutRolePolicy",
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DetachRolePolicy",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        who=("administrator", "break-glass"),
        where=("ci-cd",),
        resource=f"{_IAM}role/<pipeline-role>",
        works=False,
    ),
    *rows(
        "an administrator gives himself another cell's record",
        "iam:UpdateAssumeRolePolicy",
        who=("administrator",),
        where=("network-hub",),
        resource=f"{_IAM}role/cell-dns-acme-crm-prod-eu-west-1",
        works=False,
    ),
    *rows(
        "an administrator makes himself the operator of break-glass",
        "iam:CreateRole",
        "iam:UpdateAssumeRolePolicy",
        who=("administrator", "break-glass", "auditor"),
        where=("security-tooling",),
        resource=f"{_IAM}role/<break-glass-operator>",
        works=False,
    ),
    *rows(
        "a deployment changes whom break-glass trusts",
        "iam:CreateRole",
        "iam:UpdateAssumeRolePolicy",
        who=("cloudformation", "vending engine"),
        where=("security-tooling",),
        resource=f"{_IAM}role/<break-glass-operator>",
        works=True,
        vital=True,
    ),
    *rows(
        "the vending engine mends the pipeline's role",
        "iam:UpdateAssumeRolePolicy",
        who=("vending engine",),
        where=("ci-cd",),
        resource=f"{_IAM}role/<pipeline-role>",
        works=True,
        vital=True,
    ),
    *rows(
        "a deployment changes the pipeline's role",
        "iam:PutRolePolicy",
        who=("cloudformation",),
        where=("ci-cd",),
        resource=f"{_IAM}role/<pipeline-role>",
        works=True,
        vital=True,
    ),
    *rows(
        "a deployment makes the role that delegates a cell's zone",
        "iam:CreateRole",
        who=("cloudformation",),
        where=("network-hub",),
        resource=f"{_IAM}role/cell-dns-acme-crm-prod-eu-west-1",
        works=True,
        vital=True,
    ),
    *rows(
        "an administrator becomes what sets the organization's trail",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        who=("administrator",),
        where=("security-tooling",),
        resource=f"{_IAM}role/<security-settings-role>",
        works=False,
    ),
    *rows(
        "a deployment makes the role that sets the organization's trail",
        "iam:CreateRole",
        who=("cloudformation",),
        where=("security-tooling",),
        resource=f"{_IAM}role/<security-settings-role>",
        works=True,
        vital=True,
    ),
    *rows(
        "an impostor, whose role has the vending engine's name in another path, changes the platform",
        "iam:CreateRole",
        "iam:UpdateAssumeRolePolicy",
        who=("impostor",),
        where=MEMBERS,
        resource=f"{_IAM}role/<deployment-role>",
        works=False,
    ),
)
