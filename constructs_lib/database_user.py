"""The database user that the application signs in with."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import CustomResource, Duration, FileSystem, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.function import python_function, write_logs
from constructs_lib.log_retention import log_retention
from constructs_lib.secret_access import secret_read_statements

_CODE = Path(__file__).parent / "lambdas" / "database_user"
_NOT_CODE = ["__pycache__", "*.pyc"]
"""What Python leaves beside the handler when a test imports it; it must not change a hash."""


class DatabaseUser(Construct):
    """Creates a user for IAM authentication inside CloudFormation, through the RDS Data API.

    A custom resource, because neither CloudFormation nor RDS can create a user. The function is not in the VPC: it
    reaches the cluster through the Data API, and may run statements on this one cluster with its master secret only.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster: rds.DatabaseCluster,
        instances: Sequence[rds.CfnDBInstance],
        secret: secretsmanager.ISecret,
        key: kms.IKey,
        log_key: kms.IKey | None,
        database_name: str,
        user_name: str,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id)
        self._cluster = cluster
        self._secret = secret
        self._key = key
        self.log_group = self._build_log_group(log_key, log_retention_days)
        self.role = self._build_role()
        self.function = self._build_function()
        self.resource = self._build_resource(database_name, user_name)
        # The Data API answers when the cluster has a writer.
        self.resource.node.add_dependency(*instances)

    def _build_log_group(self, key: kms.IKey | None, retention_days: int) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=key,
            retention=log_retention(retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Creates the application's database user",
        )
        for statement in self._statements():
            role.add_to_principal_policy(statement)
        return role

    def _statements(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                sid="RunStatements",
                actions=["rds-data:ExecuteStatement"],
                resources=[self._cluster.cluster_arn],
            ),
            *secret_read_statements(self._secret, self._key),
            write_logs(self.log_group),
        ]

    def _build_function(self) -> lambda_.Function:
        return python_function(
            self,
            description="Creates the application's database user",
            code=_CODE,
            role=self.role,
            log_group=self.log_group,
            timeout=Duration.minutes(6),
        )

    def _build_resource(self, database_name: str, user_name: str) -> CustomResource:
        return CustomResource(
            self,
            "Resource",
            service_token=self.function.function_arn,
            resource_type="Custom::DatabaseUser",
            service_timeout=Duration.minutes(10),
            properties={
                "ClusterArn": self._cluster.cluster_arn,
                "SecretArn": self._secret.secret_arn,
                "Database": database_name,
                "UserName": user_name,
                # New code runs again: the user that is there gets the grants of today.
                "Code": FileSystem.fingerprint(str(_CODE), exclude=_NOT_CODE),
            },
        )
