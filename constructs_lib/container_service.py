"""What API, worker and permission service have in common: a task, and the ECS service that runs it."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.container import ContainerSetup, Task
from constructs_lib.scaled_service import ScaledService
from constructs_lib.specs.service import ServiceSpec


class ContainerService(Construct):
    """Runs one container of a cell, as many times as its load wants.

    A subclass builds `scaled_service` itself, after what the ECS service has to wait for: listeners and alarms.
    """

    scaled_service: ScaledService

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: ServiceSpec,
        container: ContainerSetup,
        log_key: kms.IKey,
        family: str,
        serves: bool,
    ) -> None:
        super().__init__(scope, id)
        self.task = Task(
            self,
            "Task",
            container=container,
            cpu=spec.cpu,
            memory_mib=spec.memory_mib,
            family=family,
            log_key=log_key,
            log_retention_days=spec.log_retention_days,
            serves=serves,
            execute_command=spec.execute_command,
        )

    @property
    def service(self) -> ecs.FargateService:
        """The ECS service."""
        return self.scaled_service.service

    @property
    def task_role(self) -> iam.Role:
        """What the containers may do; grants go here."""
        return self.task.role
