"""A test, each month, that the copies of AWS Backup can be restored."""

import json

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_backup as backup
from constructs import Construct

from constructs_lib.database import Database
from constructs_lib.exception import excuse
from constructs_lib.specs.landing import BACKUP_ROLE_NAME, BACKUP_TAG, BACKUP_VAULT_NAME
from constructs_lib.specs.protection import Backups

_NAME = "cell_restore_test"
_SCHEDULE = "cron(0 8 2 * ? *)"
"""On the second of the month, when the copies of the first are there."""
_START_WITHIN_HOURS = 8
_NEWEST_OF_DAYS = 7
_KEPT_HOURS = 1


class RestoreTest(Construct):
    """Restores the newest copy of the database, and of each table that is backed up, and deletes it an hour later.

    The database comes back as a cluster without an instance, in the subnets and with the security group of the real
    one: nothing runs, nobody can connect, and what is billed is its storage for that time. AWS Backup deletes it, and
    tells of a restore that fails (`BackupWatch`). What is in the rows nobody looks at. Buckets are left out: each of
    their objects would be copied and billed.

    See https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html.
    """

    def __init__(self, scope: Construct, id: str, *, database: Database, backups: Backups) -> None:
        super().__init__(scope, id)
        self._role = self._arn_of("iam", "role", BACKUP_ROLE_NAME, ArnFormat.SLASH_RESOURCE_NAME, region="")
        self._plan = self._build_plan()
        self._test_database(database)
        self._test_tables(backups)

    # L1 all along: the CDK has no L2 of restore testing.

    def _build_plan(self) -> backup.CfnRestoreTestingPlan:
        vault = self._arn_of("backup", "backup-vault", BACKUP_VAULT_NAME, ArnFormat.COLON_RESOURCE_NAME)
        return backup.CfnRestoreTestingPlan(
            self,
            "Plan",
            # Not the cell's: such a name takes no hyphens. An account has one cell in a region.
            restore_testing_plan_name=_NAME,
            schedule_expression=_SCHEDULE,
            start_window_hours=_START_WITHIN_HOURS,
            recovery_point_selection=backup.CfnRestoreTestingPlan.RestoreTestingRecoveryPointSelectionProperty(
                algorithm="LATEST_WITHIN_WINDOW",
                include_vaults=[vault],
                recovery_point_types=["SNAPSHOT"],
                selection_window_days=_NEWEST_OF_DAYS,
            ),
        )

    def _test_database(self, database: Database) -> None:
        selection = backup.CfnRestoreTestingSelection(
            self,
            "Database",
            restore_testing_plan_name=self._plan.ref,
            restore_testing_selection_name="database",
            protected_resource_type="Aurora",
            protected_resource_arns=[database.cluster.cluster_arn],
            iam_role_arn=self._role,
            # Without these it is restored into the default network, which accounts of the organization do not have.
            restore_metadata_overrides={
                "dbSubnetGroupName": database.subnet_group_name,
                "vpcSecurityGroupIds": json.dumps([database.security_group.security_group_id]),
            },
            validation_window_hours=_KEPT_HOURS,
        )
        _excuse_role(selection)

    def _test_tables(self, backups: Backups) -> None:
        selection = backup.CfnRestoreTestingSelection
        tagged = selection.KeyValueProperty(key=f"aws:ResourceTag/{BACKUP_TAG}", value=backups)
        tables = selection(
            self,
            "Tables",
            restore_testing_plan_name=self._plan.ref,
            restore_testing_selection_name="tables",
            protected_resource_type="DynamoDB",
            protected_resource_arns=["*"],
            protected_resource_conditions=selection.ProtectedResourceConditionsProperty(string_equals=[tagged]),
            iam_role_arn=self._role,
            validation_window_hours=_KEPT_HOURS,
        )
        _excuse_role(tables)

    def _arn_of(self, service: str, resource: str, name: str, format: ArnFormat, *, region: str | None = None) -> str:
        return Stack.of(self).format_arn(
            service=service, region=region, resource=resource, resource_name=name, arn_format=format
        )


def _excuse_role(selection: backup.CfnRestoreTestingSelection) -> None:
    excuse(
        selection,
        rule="W9002",
        reason="the role belongs to the account baseline, which makes it under this name in every account of a cell",
        owner="platform",
        expires="2027-11-30",
    )
