"""Scaling targets: moto looks for the ECS service among its own, but the other emulator has it."""

from ministack.core.responses import request_scope
from ministack.services import ecs
from moto.applicationautoscaling import models
from moto.ecs.exceptions import ServiceNotFoundException

_LOOK_UP = "_ecs_service_exists_for_target"


def find_services() -> None:
    """Let RegisterScalableTarget find the services of the emulator underneath. Call once."""

    def exists(backend: models.ApplicationAutoscalingBackend, resource_id: str) -> bool:
        with request_scope(backend.account_id, backend.region_name):
            if resource_id.removeprefix("service/") not in ecs._services:
                raise ServiceNotFoundException
        return True

    setattr(models.ApplicationAutoscalingBackend, _LOOK_UP, exists)
