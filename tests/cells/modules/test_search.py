"""The module search, with and without a domain."""

from collections.abc import Callable
from pathlib import Path

from assembly.load import CloudAssembly

DOMAIN = "AWS::OpenSearchService::Domain"


def domains(folder: Path) -> list[str]:
    stack = CloudAssembly.load(folder).stack("ProductCell-Data")
    return [id for id in stack.resources if stack.resource_type(id) == DOMAIN]


def test_the_database_searches_unless_a_product_wants_a_domain(product_cell: Callable[[str, str], Path]) -> None:
    assert domains(product_cell("acme-crm", "prod")) == []
    assert len(domains(product_cell("shop3d", "prod"))) == 1


def test_containers_know_where_to_search_and_as_whom(product_cell: Callable[[str, str], Path]) -> None:
    service = CloudAssembly.load(product_cell("shop3d", "prod")).stack("ProductCell-Service")
    environments = [
        {one["Name"] for one in container["Environment"]}
        for id, resource in service.resources.items()
        if service.resource_type(id) == "AWS::ECS::TaskDefinition"
        for container in resource["Properties"]["ContainerDefinitions"]
    ]

    assert environments
    assert all({"SEARCH_ENDPOINT", "SEARCH_ROLE_ARN"} <= names for names in environments)


def test_both_services_reach_the_domain(product_cell: Callable[[str, str], Path]) -> None:
    service = CloudAssembly.load(product_cell("shop3d", "prod")).stack("ProductCell-Service")
    doors = [
        resource
        for resource in service.resources.values()
        if resource["Type"] == "AWS::EC2::SecurityGroupIngress"
        and resource["Properties"]["Description"] == "The service reaches the search domain"
    ]

    assert len(doors) == 2
    assert {door["Properties"]["FromPort"] for door in doors} == {443}
