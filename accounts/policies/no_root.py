"""The root user of a member account does nothing."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

NO_ROOT = Guardrail(
    name="no-root",
    type="SERVICE_CONTROL_POLICY",
    summary="The root user of a member account can do nothing at all.",
    why="Root is nobody in particular and no policy of the account limits it. What only root can do (unlock a bucket "
    "or a queue, remove credentials of root) goes through a session of sts:AssumeRoot from the management account, "
    "which is limited by its task policy and passes here.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-access-management.html",
    breaks="Signing in as root shows an empty console. To change a support plan or an S3 bucket that locks everybody "
    "out, use central root access from the management account.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="NoRootUser",
            actions=("*",),
            when={
                "ArnLike": {"aws:PrincipalArn": "arn:<partition>:iam::*:root"},
                "Null": {"aws:AssumedRoot": "true"},
            },
        ),
    ),
)
