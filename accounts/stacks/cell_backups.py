"""What the backup plan of the organization needs in the account of a cell: a role, and a vault in each region."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.names import BACKUP_ROLE_NAME, BACKUP_VAULT_NAME
from accounts.stacks.account_kind import CellAccount
from constructs_lib.exception import excuse

_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")


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
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(f"service-role/{name}") for name in _POLICIES
            ],
        )
        cells.only(self.role)
        for name in _POLICIES:
            excuse(
                self.role,
                rule=f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{name}]",
                reason="AWS keeps it in step with the resources that AWS Backup takes",
                owner="platform",
                expires="2027-11-30",
            )


class CellBackupVault(Construct):
    """The vault `cell-backups`. In accounts of cells only; kept when the stack goes, with what is in it."""

    def __init__(self, scope: Construct, id: str, *, cells: CellAccount) -> None:
        super().__init__(scope, id)
        self.vault = backup.BackupVault(
            self,
            "Resource",
            backup_vault_name=BACKUP_VAULT_NAME,
            block_recovery_point_deletion=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        cells.only(self.vault)
