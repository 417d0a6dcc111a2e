"""ECS services."""

import ipaddress
from collections import deque

from ministack.services import alb, ec2, ecs

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement

_FAILED = "ECS Deployment Circuit Breaker was triggered."
_FIRST_HOST = 20
_OPTIONS = {
    "EnableExecuteCommand": "enableExecuteCommand",
    "HealthCheckGracePeriodSeconds": "healthCheckGracePeriodSeconds",
    "PropagateTags": "propagateTags",
    "AvailabilityZoneRebalancing": "availabilityZoneRebalancing",
}


class Service(Refinement):
    """A service is steady at once: its running tasks are healthy targets of its load balancer."""

    types = ("AWS::ECS::Service",)

    def __init__(self) -> None:
        self._failures: deque[str] = deque()

    def fail_next(self, body: Properties) -> Json:
        """Let the next deployment of a service fail with `reason`, as its circuit breaker would."""
        self._failures.append(body.text("reason", _FAILED))
        return {"pending": len(self._failures)}

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Keep the options that the emulator drops, and register the tasks."""
        if self._failures:
            raise ValueError(f"Error occurred during operation '{self._failures.popleft()}'")
        record = ecs._services.get(physical_id.split(":service/", 1)[-1])
        if record is None:
            return {}
        for name, field in _OPTIONS.items():
            if name in properties:
                record[field] = properties[name]
        for balancer in properties.children("LoadBalancers"):
            alb._targets[balancer.text("TargetGroupArn")] = [
                {"Id": address, "Port": balancer.number("ContainerPort")}
                for address in _addresses(properties, int(record["runningCount"]))
            ]
        return {}

    def release(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Take the tasks out of the load balancer."""
        for balancer in properties.children("LoadBalancers"):
            alb._targets.pop(balancer.text("TargetGroupArn"), None)


def _addresses(properties: Properties, count: int) -> list[str]:
    """Return an address for each task, going round the subnets."""
    network = properties.child("NetworkConfiguration").child("AwsvpcConfiguration")
    blocks = [
        ipaddress.ip_network(subnet["CidrBlock"])
        for subnet in (ec2._subnets.get(name) for name in network.texts("Subnets"))
        if subnet
    ]
    if not blocks:
        return []
    return [str(blocks[number % len(blocks)][_FIRST_HOST + number // len(blocks)]) for number in range(count)]
