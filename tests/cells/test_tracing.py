"""Tracing in a whole cell: the containers that send spans, and those that do not."""

from collections.abc import Callable, Iterator
from pathlib import Path

from assembly.load import CloudAssembly


def containers(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Each task of a cell, with the environment of its container."""
    stack = CloudAssembly.load(folder).stack("ProductCell-Service")
    for id, resource in stack.resources.items():
        if stack.resource_type(id) == "AWS::ECS::TaskDefinition":
            (container,) = resource["Properties"]["ContainerDefinitions"]
            yield id, {one["Name"]: one["Value"] for one in container["Environment"]}


def test_api_and_worker_have_names_of_their_own_in_the_trace_map(product_cell: Callable[[str, str], Path]) -> None:
    names = {environment.get("OTEL_SERVICE_NAME") for _, environment in containers(product_cell("webapp", "prod"))}

    assert names == {"webapp-prod-api", "webapp-prod-worker", None}


def test_a_cell_that_does_not_ask_for_it_is_not_traced(product_cell: Callable[[str, str], Path]) -> None:
    folder = product_cell("acme-crm", "prod")

    assert not [name for _, environment in containers(folder) for name in environment if name.startswith("OTEL_")]
    assert "AWS::XRay::" not in "".join(path.read_text() for path in folder.glob("*.template.json"))
