"""A container of a cell and the Fargate task that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.log_retention import log_retention

CONTAINER_NAME = "app"
"""The name of the one container of every task."""

LOG_STREAM_PREFIX = "task"
"""Log streams are called `task/app/<task id>`."""

_STOP_TIMEOUT = Duration.seconds(60)
_AGENT_DIRECTORIES = {"ExecLibrary": "/var/lib/amazon", "ExecLogs": "/var/log/amazon"}


@dataclass(frozen=True, kw_only=True)
class ContainerSetup:
    """What runs in a task. It has no secrets: their ARNs are in `environment`, and the program reads them at run time.

    A secret that ECS injects at the start of a task is stale after its first rotation.
    """

    repository: ecr.IRepository
    digest: str
    """The digest of the image, as `sha256:` and 64 hexadecimal digits. Tags move; a digest does not."""
    environment: Mapping[str, str]
    command: tuple[str, ...]
    """The arguments of the image's entry point; empty for those of the image."""
    port: int
    """Where an API serves HTTPS. A worker or a migration serves nothing."""
    user: str
    """The user and group, as `65532:65532`."""
    health_path: str
    """The path of the load balancer's health check."""
    health_command: tuple[str, ...] | None
    """The health check inside the container. None: it has none, as a task that ends by itself."""


class Task(Construct):
    """A Fargate task definition on Graviton with one container, its two roles and its log group.

    The container runs as a user without rights on a file system that cannot be written to. `/tmp` is in memory and
    holds a quarter of it. See
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        container: ContainerSetup,
        cpu: int,
        memory_mib: int,
        family: str,
        log_key: kms.IKey,
        log_retention_days: int,
        serves: bool = False,
        execute_command: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self.log_group = self._build_log_group(log_key, log_retention_days)
        self.role = self._build_role("Role", "What the containers of a task may do")
        self.execution_role = self._build_role("ExecutionRole", "Pulls the image and writes the logs of a task")
        self.definition = self._build_definition(cpu, memory_mib, family)
        self.container = self._build_container(container, memory_mib, serves)
        if execute_command:
            self._allow_execute_command()
        self._excuse()

    def _build_log_group(self, key: kms.IKey, retention_days: int) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=key,
            retention=log_retention(retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _build_role(self, id: str, description: str) -> iam.Role:
        stack = Stack.of(self)
        return iam.Role(
            self,
            id,
            description=description,
            assumed_by=iam.ServicePrincipal(
                "ecs-tasks.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": stack.format_arn(service="ecs", resource="*")},
                },
            ),
        )

    def _build_definition(self, cpu: int, memory_mib: int, family: str) -> ecs.FargateTaskDefinition:
        return ecs.FargateTaskDefinition(
            self,
            "Definition",
            family=family,
            cpu=cpu,
            memory_limit_mib=memory_mib,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
            task_role=self.role,
            execution_role=self.execution_role,
        )

    def _build_container(self, setup: ContainerSetup, memory_mib: int, serves: bool) -> ecs.ContainerDefinition:
        return self.definition.add_container(
            "App",
            container_name=CONTAINER_NAME,
            image=ecs.ContainerImage.from_ecr_repository(setup.repository, setup.digest),
            command=list(setup.command) or None,
            environment=dict(setup.environment),
            essential=True,
            user=setup.user,
            privileged=False,
            readonly_root_filesystem=True,
            linux_parameters=self._linux_parameters(memory_mib),
            logging=self._logging(),
            health_check=_health_check(setup.health_command),
            port_mappings=[ecs.PortMapping(container_port=setup.port)] if serves else None,
            stop_timeout=_STOP_TIMEOUT,
        )

    def _linux_parameters(self, memory_mib: int) -> ecs.LinuxParameters:
        parameters = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        parameters.drop_capabilities(ecs.Capability.ALL)
        # Not a volume: that would belong to root on Fargate. https://github.com/aws/containers-roadmap/issues/736
        parameters.add_tmpfs(
            ecs.Tmpfs(
                container_path="/tmp",
                size=memory_mib // 4,
                mount_options=[ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV],
            )
        )
        return parameters

    def _logging(self) -> ecs.LogDriver:
        # Non-blocking: a program must not stand still because logs are slow.
        return ecs.LogDriver.aws_logs(
            stream_prefix=LOG_STREAM_PREFIX,
            log_group=self.log_group,
            mode=ecs.AwsLogDriverMode.NON_BLOCKING,
            max_buffer_size=Size.mebibytes(25),
        )

    def _allow_execute_command(self) -> None:
        """Give the agent of ECS Exec, which runs as root, the two directories that it writes to.

        AWS calls ECS Exec on a read-only file system unsupported; with these volumes it works:
        https://github.com/aws/containers-roadmap/issues/1359
        """
        for name, path in _AGENT_DIRECTORIES.items():
            self.definition.add_volume(name=name)
            self.container.add_mount_points(ecs.MountPoint(container_path=path, source_volume=name, read_only=False))

    def _excuse(self) -> None:
        excuse(
            self.execution_role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="ecr:GetAuthorizationToken knows no resource; pulling is granted on the one repository",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
        excuse(
            self.definition,
            rule="AwsSolutions-ECS2",
            reason="The environment holds names and ARNs only; secrets are read at run time",
            owner="platform",
            expires="2027-11-30",
        )


def _health_check(command: tuple[str, ...] | None) -> ecs.HealthCheck | None:
    if command is None:
        return None
    return ecs.HealthCheck(
        command=list(command),
        interval=Duration.seconds(15),
        timeout=Duration.seconds(5),
        retries=3,
        start_period=Duration.seconds(60),
    )
