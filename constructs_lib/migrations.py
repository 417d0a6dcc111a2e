"""The migrations of a cell's database, run inside CloudFormation before the services take new code."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Aws, CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.container import CONTAINER_NAME, LOG_STREAM_PREFIX, ContainerSetup, Task
from constructs_lib.exception import excuse
from constructs_lib.function import python_function, write_logs
from constructs_lib.log_retention import log_retention
from constructs_lib.network import Network
from constructs_lib.specs.service import MigrationsSpec

_CODE = Path(__file__).parent / "lambdas" / "migrations"
_HTTPS = 443


class Migrations(Construct):
    """Runs the migrations as a Fargate task whenever their image or task definition changes.

    A custom resource, because `cdk deploy` cannot run a task between two resources. Services depend on `resource`, so
    that new code never meets an old database; when the task fails, the update fails before they are touched. The
    parameter `lock_name` keeps two tasks from running at once. A rollback runs nothing. See
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: MigrationsSpec,
        container: ContainerSetup,
        cluster: ecs.ICluster,
        network: Network,
        log_key: kms.IKey,
        family: str,
        lock_name: str,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._cluster = cluster
        self._lock_name = lock_name
        self.task = self._build_task(container, log_key, family)
        self.security_group = self._build_security_group(network)
        self.log_group = self._build_log_group(log_key)
        self.role = self._build_role()
        self.function = self._build_function()
        self.resource = self._build_resource(container.digest, network)

    @property
    def task_role(self) -> iam.Role:
        """What the migrations may do; grants go here."""
        return self.task.role

    @property
    def connections(self) -> ec2.Connections:
        """Whom the migrations may reach. Nobody reaches them."""
        return self.security_group.connections

    def _build_task(self, container: ContainerSetup, log_key: kms.IKey, family: str) -> Task:
        return Task(
            self,
            "Task",
            container=container,
            cpu=self._spec.cpu,
            memory_mib=self._spec.memory_mib,
            family=family,
            log_key=log_key,
            log_retention_days=self._spec.log_retention_days,
        )

    def _build_security_group(self, network: Network) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=network.vpc,
            description="The migrations task: HTTPS out, and what the migrations open themselves",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS), "HTTPS to AWS")
        return group

    def _build_log_group(self, key: kms.IKey) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=key,
            retention=log_retention(self._spec.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _build_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Runs the migrations task and waits for it",
        )
        for statement in (*self._task_statements(), *self._other_statements()):
            role.add_to_principal_policy(statement)
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:{region}:{account}:task/{reference}/*]",
            reason="A task has no ARN before it runs; the cluster in the ARN and in the condition is this one",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
        return role

    def _task_statements(self) -> list[iam.PolicyStatement]:
        in_cluster = {"ArnEquals": {"ecs:cluster": self._cluster.cluster_arn}}
        tasks = Stack.of(self).format_arn(
            service="ecs", resource="task", resource_name=f"{self._cluster.cluster_name}/*"
        )
        return [
            iam.PolicyStatement(
                sid="RunTask",
                actions=["ecs:RunTask"],
                resources=[self.task.definition.task_definition_arn],
                conditions=in_cluster,
            ),
            iam.PolicyStatement(
                sid="FollowTask",
                actions=["ecs:DescribeTasks", "ecs:StopTask"],
                resources=[tasks],
                conditions=in_cluster,
            ),
            iam.PolicyStatement(
                sid="TagTask",
                actions=["ecs:TagResource"],
                resources=[tasks],
                conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            iam.PolicyStatement(
                sid="PassRoles",
                actions=["iam:PassRole"],
                resources=[self.task.role.role_arn, self.task.execution_role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        ]

    def _other_statements(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                sid="Lock",
                actions=["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"],
                resources=[
                    Stack.of(self).format_arn(
                        service="ssm", resource="parameter", resource_name=self._lock_name.removeprefix("/")
                    )
                ],
            ),
            iam.PolicyStatement(sid="SeeRollback", actions=["cloudformation:DescribeStacks"], resources=[Aws.STACK_ID]),
            write_logs(self.log_group),
        ]

    def _build_function(self) -> lambda_.Function:
        return python_function(
            self,
            description="Runs the migrations task and waits for it",
            code=_CODE,
            role=self.role,
            log_group=self.log_group,
            timeout=Duration.minutes(15),
        )

    def _build_resource(self, digest: str, network: Network) -> CustomResource:
        resource = CustomResource(
            self,
            "Resource",
            service_token=self.function.function_arn,
            resource_type="Custom::Migrations",
            service_timeout=Duration.minutes(self._spec.timeout_minutes + 5),
            properties={
                "Digest": digest,
                "TaskDefinition": self.task.definition.task_definition_arn,
                "Cluster": self._cluster.cluster_arn,
                "Container": CONTAINER_NAME,
                "Subnets": network.vpc.select_subnets(
                    subnet_group_name=network.app_subnets.subnet_group_name
                ).subnet_ids,
                "SecurityGroups": [self.security_group.security_group_id],
                "LockName": self._lock_name,
                "TimeoutMinutes": str(self._spec.timeout_minutes),
                "LogGroup": self.task.log_group.log_group_name,
                "LogStreamPrefix": LOG_STREAM_PREFIX,
            },
        )
        # What is granted and opened later hangs below these, and the task needs all of it.
        resource.node.add_dependency(self.task.role, self.task.execution_role, self.security_group)
        excuse(
            resource,
            rule="W3005",
            reason="The dependency on the security group is for its rules, which hang below it and are made later",
            owner="platform",
            expires="2027-11-30",
        )
        return resource
