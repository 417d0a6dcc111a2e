"""People and machines come by federation; there are no users and no keys that last."""

from accounts.policies.exemption import CI_CD, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

NO_USERS = Guardrail(
    name="no-users",
    type="SERVICE_CONTROL_POLICY",
    summary="No IAM users, passwords or access keys; identity providers and password policy are the platform's.",
    why="A key that does not expire is the most common way in. People come through IAM Identity Center, pipelines by "
    "OpenID Connect. A second identity provider would be a second, unwatched way in.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    breaks="Programs that want an access key, such as SMTP of SES: use the API with a role. A session of "
    "sts:AssumeRoot may still set a password for root, which is one of its tasks.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="NoUsers",
            actions=(
                "iam:AddUserToGroup",
                "iam:AttachGroupPolicy",
                "iam:AttachUserPolicy",
                "iam:CreateAccessKey",
                "iam:CreateGroup",
                "iam:CreateLoginProfile",
                "iam:CreateServiceSpecificCredential",
                "iam:CreateUser",
                "iam:PutGroupPolicy",
                "iam:PutUserPolicy",
                "iam:ResetServiceSpecificCredential",
                "iam:UpdateAccessKey",
                "iam:UpdateLoginProfile",
                "iam:UploadSSHPublicKey",
                "iam:UploadSigningCertificate",
                "sso:CreateInstance",
            ),
            when={"Null": {"aws:AssumedRoot": "true"}},
        ),
        Statement(
            sid="FederationOfPlatform",
            actions=(
                "iam:AddClientIDToOpenIDConnectProvider",
                "iam:CreateOpenIDConnectProvider",
                "iam:CreateSAMLProvider",
                "iam:DeleteAccountPasswordPolicy",
                "iam:DeleteOpenIDConnectProvider",
                "iam:DeleteSAMLProvider",
                "iam:UpdateAccountPasswordPolicy",
                "iam:UpdateOpenIDConnectProviderThumbprint",
                "iam:UpdateSAMLProvider",
                "rolesanywhere:CreateProfile",
                "rolesanywhere:CreateTrustAnchor",
                "rolesanywhere:UpdateTrustAnchor",
            ),
            exempt=(VENDING, STACK_SETS, CI_CD),
        ),
    ),
)
