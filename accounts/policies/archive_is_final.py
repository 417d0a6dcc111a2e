"""The log archive's objects are safe from the management account too."""

from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SECURITY

ARCHIVE_IS_FINAL = Guardrail(
    name="archive-is-final",
    type="RESOURCE_CONTROL_POLICY",
    summary="Nobody at all, administrators of the management account included, deletes a log of the log archive.",
    why="No SCP binds the management account; an RCP binds the bucket, whoever comes. Deleting is left to the life "
    "cycle rules, which S3 itself follows.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    breaks="Emptying a bucket of the log archive, ever, without detaching this first.",
    attached=(SECURITY,),
    statements=(
        Statement(
            sid="ArchiveIsFinal",
            actions=(
                "s3:BypassGovernanceRetention",
                "s3:DeleteBucket",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
            ),
            when={"StringEquals": {"aws:ResourceAccount": "<log-archive>"}},
        ),
    ),
)
