"""Statements that are run in a database inside CloudFormation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import CustomResource, Duration, FileSystem, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.function import python_function, write_logs
from constructs_lib.log_retention import log_retention
from constructs_lib.secret_access import secret_read_statements

_CODE = Path(__file__).parent / "lambdas" / "database_statements"
_NOT_CODE = ["__pycache__", "*.pyc"]
"""What Python leaves beside the handler when a test imports it; it must not change a hash."""


@dataclass(frozen=True, kw_only=True)
class StatementTarget:
    """The cluster that statements run on, and with which rights."""

    cluster: rds.DatabaseCluster
    instances: Sequence[rds.CfnDBInstance]
    secret: secretsmanager.ISecret
    """The master secret."""
    key: kms.IKey
    log_key: kms.IKey | None
    log_retention_days: int


class DatabaseStatements(Construct):
    """Runs the statements of a function through the RDS Data API when the stack is made, and when the function changes.

    A custom resource, because neither CloudFormation nor RDS can do what the statements do. The function is not in the
    VPC: it reaches the cluster through the Data API, and may run statements on this one cluster with its master secret
    only.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: StatementTarget,
        handler: str,
        description: str,
        resource_type: str,
        database_name: str,
        user_name: str,
    ) -> None:
        super().__init__(scope, id)
        self._target = target
        self._description = description
        self.log_group = self._build_log_group()
        self.role = self._build_role()
        self.function = python_function(
            self,
            description=description,
            code=_CODE,
            handler=handler,
            role=self.role,
            log_group=self.log_group,
            timeout=Duration.minutes(6),
        )
        self.resource = self._build_resource(resource_type, database_name, user_name)
        # The Data API answers when the cluster has a writer.
        self.resource.node.add_dependency(*target.instances)

    def _build_log_group(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=self._target.log_key,
            retention=log_retention(self._target.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=self._description,
        )
        for statement in self._statements():
            role.add_to_principal_policy(statement)
        return role

    def _statements(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                sid="RunStatements",
                actions=["rds-data:ExecuteStatement"],
                resources=[self._target.cluster.cluster_arn],
            ),
            *secret_read_statements(self._target.secret, self._target.key),
            write_logs(self.log_group),
        ]

    def _build_resource(self, resource_type: str, database_name: str, user_name: str) -> CustomResource:
        return CustomResource(
            self,
            "Resource",
            service_token=self.function.function_arn,
            resource_type=resource_type,
            service_timeout=Duration.minutes(10),
            properties={
                "ClusterArn": self._target.cluster.cluster_arn,
                "SecretArn": self._target.secret.secret_arn,
                "Database": database_name,
                "UserName": user_name,
                # New code runs again: what is there gets the grants of today.
                "Code": FileSystem.fingerprint(str(_CODE), exclude=_NOT_CODE),
            },
        )
