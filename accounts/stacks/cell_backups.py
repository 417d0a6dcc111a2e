"""What the backup plans of the organization need in the account of a cell: a role, and a vault in each region."""

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from accounts.recovery import DAILY_DAYS, MONTHLY_DAYS, VaultLock
from accounts.stacks.account_kind import CellAccount, CellRegion
from constructs_lib.exception import excuse
from constructs_lib.specs.landing import BACKUP_ROLE_NAME, BACKUP_VAULT_NAME

_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)
_STACK_SETS = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/stacksets-exec-*"
"""What deploys the baseline."""

_END_OF_VAULT = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
)
_END_OF_POINTS = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
)
_END_OF_KEY = ("kms:DisableKey", "kms:DisableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")


class CellBackupRole(Construct):
    """`CellBackupRole`, which AWS Backup backs up and restores with. In accounts of cells only.

    See https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html.
    """

    def __init__(self, scope: Construct, id: str, *, cells: CellAccount) -> None:
        super().__init__(scope, id)
        self.role = iam.Role(
            self,
            "Resource",
            role_name=BACKUP_ROLE_NAME,
            description="What AWS Backup works as",
            assumed_by=iam.ServicePrincipal(
                "backup.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES],
        )
        cells.only(self.role)
        for name in _POLICIES:
            excuse(
                self.role,
                rule=f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]",
                reason="AWS keeps it in step with the resources that AWS Backup takes",
                owner="platform",
                expires="2027-11-30",
            )


class CellBackupVault(Construct):
    """The locked vault `cell-recovery` and its key. Where cells may be only; both are kept when the stack goes.

    Nobody of the account, root included, deletes a recovery point, the vault or the key: the vault's and the key's own
    policies refuse it, and the guardrail `recovery-points` does. AWS Backup itself deletes what is past its time.
    See https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html.
    """

    def __init__(self, scope: Construct, id: str, *, cells: CellRegion, lock: VaultLock) -> None:
        super().__init__(scope, id)
        self.key = self._build_key()
        self.vault = self._build_vault(lock)
        cells.only(self.key)
        cells.only(self.vault)

    def _build_key(self) -> kms.Key:
        return kms.Key(
            self,
            "Key",
            description="Recovery points of the stores of cells",
            enable_key_rotation=True,
            policy=self._key_policy(),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    def _key_policy(self) -> iam.PolicyDocument:
        # Written out: the default policy names the account of the stack, and this template is the same for all.
        account = iam.ArnPrincipal(f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root")
        role = f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{BACKUP_ROLE_NAME}"
        return iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    sid="PoliciesOfTheAccountDecide", principals=[account], actions=["kms:*"], resources=["*"]
                ),
                iam.PolicyStatement(
                    sid="BackUpAndRestore",
                    # By a condition: a key policy refuses a role that is not there yet, and it is of another stack.
                    principals=[account],
                    actions=["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
                    resources=["*"],
                    conditions={"ArnEquals": {"aws:PrincipalArn": role}},
                ),
                _only_stack_sets("NobodyEndsTheKey", _END_OF_KEY),
            ]
        )

    def _build_vault(self, lock: VaultLock) -> backup.BackupVault:
        changeable = lock.changeable_days
        return backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=BACKUP_VAULT_NAME,
            encryption_key=self.key,
            lock_configuration=backup.LockConfiguration(
                min_retention=Duration.days(DAILY_DAYS),
                max_retention=Duration.days(MONTHLY_DAYS),
                changeable_for=None if changeable is None else Duration.days(changeable),
            ),
            access_policy=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="NobodyEndsARecoveryPoint",
                        effect=iam.Effect.DENY,
                        principals=[iam.AnyPrincipal()],
                        actions=list(_END_OF_POINTS),
                        resources=["*"],
                    ),
                    _only_stack_sets("NobodyEndsTheVault", _END_OF_VAULT),
                ]
            ),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )


def _only_stack_sets(sid: str, actions: tuple[str, ...]) -> iam.PolicyStatement:
    """Refuse actions to everybody but what deploys the baseline."""
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=list(actions),
        resources=["*"],
        conditions={"ArnNotLike": {"aws:PrincipalArn": _STACK_SETS}},
    )
