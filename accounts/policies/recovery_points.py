"""What AWS Backup has copied stays until its time is over."""

from accounts.policies.exemption import STACK_SETS
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import WORKLOADS

RECOVERY_POINTS = Guardrail(
    name="recovery-points",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody, root included, deletes a recovery point of a cell, shortens how long it is kept, or opens, "
    "unlocks or deletes the vault of the platform.",
    why="Who breaks into the account of a cell and destroys its stores looks for the copies next. The vault's own "
    "policy and lock say the same: this holds also where they were changed.",
    reference="https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
    breaks="Deleting a copy early, as the law on personal data may ask: move the account to a unit without this "
    "guardrail, or wait. A copy of a night is gone after 35 days, one of a month after a year.",
    attached=(WORKLOADS,),
    statements=(
        Statement(
            sid="KeepRecoveryPoints",
            actions=(
                "backup:DeleteRecoveryPoint",
                "backup:DisassociateRecoveryPoint*",
                "backup:UpdateRecoveryPointLifecycle",
            ),
        ),
        Statement(
            sid="KeepVault",
            actions=(
                "backup:DeleteBackupVault*",
                "backup:PutBackupVaultAccessPolicy",
                "backup:PutBackupVaultLockConfiguration",
            ),
            resources=("arn:<partition>:backup:*:*:backup-vault:<backup-vault>",),
            exempt=(STACK_SETS,),
        ),
    ),
)
