"""Root, users, the organization itself, and the roles and controls of the platform."""

from accounts.policies.calls.call import MEMBERS, PLATFORM, WORKING, Call, Place, rows

_IAM = "arn:<partition>:iam::<account>:"
_CELLS: tuple[Place, ...] = ("cell", "sandbox")
_PLATFORM_ROLES = (
    "<vending-role>",
    "<deployment-role>",
    "<break-glass-role>",
    "<auditor-role>",
    "<baseline-roles>-Guard1",
    "StackSet-baseline-1",
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

ROOT_USER: tuple[Call, ...] = (
    *rows(
        "root uses the account",
        "ec2:DescribeInstances",
        "iam:CreateAccessKey",
        "s3:ListAllMyBuckets",
        "support:CreateCase",
        who=("root",),
        where=MEMBERS,
        works=False,
    ),
    *rows(
        "central root access unlocks a bucket or a queue",
        "s3:DeleteBucketPolicy",
        "sqs:SetQueueAttributes",
        who=("assumed root",),
        where=("cell", "sandbox", "shared-services", "other"),
        works=True,
    ),
    *rows(
        "central root access audits and removes credentials of root, or sets a password",
        "iam:CreateLoginProfile",
        "iam:DeleteAccessKey",
        "iam:GetAccountSummary",
        who=("assumed root",),
        where=WORKING,
        works=True,
    ),
    *rows(
        "root of the management account, which no SCP binds, works",
        "organizations:LeaveOrganization",
        who=("root", "administrator"),
        where=("management",),
        works=True,
    ),
)

MEMBERSHIP: tuple[Call, ...] = (
    *rows(
        "an account leaves, closes itself or opens a region",
        "account:CloseAccount",
        "account:DisableRegion",
        "account:EnableRegion",
        "organizations:LeaveOrganization",
        who=("administrator", "cloudformation", "break-glass", "vending engine"),
        where=MEMBERS,
        works=False,
    ),
    *rows(
        "somebody changes whom AWS calls about an account",
        "account:DeleteAlternateContact",
        "account:PutAccountName",
        "account:PutAlternateContact",
        "account:PutContactInformation",
        "account:StartPrimaryEmailUpdate",
        "account:AcceptPrimaryEmailUpdate",
        who=("administrator",),
        where=MEMBERS,
        works=False,
    ),
)

USERS: tuple[Call, ...] = (
    *rows(
        "somebody makes a user or a key that lasts",
        "iam:AddUserToGroup",
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateGroup",
        "iam:CreateLoginProfile",
        "iam:CreateServiceSpecificCredential",
        "iam:CreateUser",
        "iam:PutUserPolicy",
        "iam:UpdateAccessKey",
        "iam:UpdateLoginProfile",
        "iam:UploadSSHPublicKey",
        "sso:CreateInstance",
        who=("administrator", "vending engine"),
        where=("cell", "sandbox", "log-archive", "other"),
        absent=("aws:AssumedRoot",),
        works=False,
    ),
    *rows(
        "an administrator adds an identity provider or weakens the password policy",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateSAMLProvider",
        "iam:DeleteAccountPasswordPolicy",
        "iam:UpdateAccountPasswordPolicy",
        "iam:UpdateSAMLProvider",
        "rolesanywhere:CreateTrustAnchor",
        who=("administrator", "break-glass"),
        where=WORKING,
        works=False,
    ),
    *rows(
        "a deployment brings GitHub's provider to the CI/CD account",
        "iam:CreateOpenIDConnectProvider",
        who=("cloudformation", "vending engine"),
        where=("ci-cd",),
        works=True,
    ),
    *rows(
        "a deployment brings an identity provider to a cell",
        "iam:CreateOpenIDConnectProvider",
        who=("cloudformation",),
        where=_CELLS,
        works=False,
    ),
    *rows(
        "the baseline brings an identity provider",
        "iam:CreateSAMLProvider",
        who=("stack set",),
        where=WORKING,
        works=True,
    ),
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
        "an impostor, whose role has the vending engine's name in another path, changes the platform",
        "iam:CreateRole",
        "iam:UpdateAssumeRolePolicy",
        who=("impostor",),
        where=MEMBERS,
        resource=f"{_IAM}role/<deployment-role>",
        works=False,
    ),
)

IDENTITIES: tuple[Call, ...] = (*ROOT_USER, *MEMBERSHIP, *USERS, *PLATFORM_ROLES)
