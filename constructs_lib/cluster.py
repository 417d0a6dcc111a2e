"""The ECS cluster of a cell."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.log_retention import log_retention


class Cluster(Construct):
    """A Fargate cluster with Container Insights down to the task. Stateless; CloudFormation names it.

    Services choose between the capacity providers FARGATE and FARGATE_SPOT themselves. With
    `execute_command_log_days` the sessions of ECS Exec are encrypted with `key` and their commands are logged.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network_vpc: ec2.IVpc,
        key: kms.IKey,
        execute_command_log_days: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network_vpc,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
            execute_command_configuration=self._execute_command(execute_command_log_days),
        )
        self._offer_capacity()

    def _offer_capacity(self) -> None:
        """Name the capacity providers on the cluster itself.

        The L2 construct adds a resource for them that services do not wait for, and that cannot go before they do:
        https://github.com/aws/aws-cdk/issues/19275
        """
        resource = self.cluster.node.default_child
        if isinstance(resource, ecs.CfnCluster):
            resource.capacity_providers = ["FARGATE", "FARGATE_SPOT"]

    def _execute_command(self, log_days: int | None) -> ecs.ExecuteCommandConfiguration | None:
        if log_days is None:
            return None
        log_group = logs.LogGroup(
            self,
            "ExecuteCommandLog",
            encryption_key=self._key,
            retention=log_retention(log_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        return ecs.ExecuteCommandConfiguration(
            # By its ARN, because a service writes statements into the policy of a key that it can reach.
            kms_key=kms.Key.from_key_arn(self, "SessionKey", self._key.key_arn),
            logging=ecs.ExecuteCommandLogging.OVERRIDE,
            log_configuration=ecs.ExecuteCommandLogConfiguration(
                cloud_watch_log_group=log_group, cloud_watch_encryption_enabled=True
            ),
        )
