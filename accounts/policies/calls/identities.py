"""Root, users, and the organization itself."""

from accounts.policies.calls.call import MEMBERS, WORKING, Call, Place, rows

_CELLS: tuple[Place, ...] = ("cell", "sandbox")

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
        "iam:AttachGroupPolicy",
        "iam:PutGroupPolicy",
        "iam:ResetServiceSpecificCredential",
        "iam:UploadSigningCertificate",
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
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:DeleteOpenIDConnectProvider",
        "iam:DeleteSAMLProvider",
        "iam:UpdateOpenIDConnectProviderThumbprint",
        "rolesanywhere:CreateProfile",
        "rolesanywhere:UpdateTrustAnchor",
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
        "the vending engine brings the identity provider of break-glass",
        "iam:CreateSAMLProvider",
        "iam:GetSAMLProvider",
        "iam:UpdateSAMLProvider",
        who=("vending engine",),
        where=("security-tooling",),
        works=True,
    ),
    *rows(
        "the baseline brings an identity provider",
        "iam:CreateSAMLProvider",
        who=("stack set",),
        where=WORKING,
        works=True,
    ),
)

IDENTITIES: tuple[Call, ...] = (*ROOT_USER, *MEMBERSHIP, *USERS)
