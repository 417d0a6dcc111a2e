"""The images of a product, by the names that the shared services account and the cells agree on."""

from typing import Literal, get_args

Container = Literal["api", "worker", "migrations"]
CONTAINERS: tuple[Container, ...] = get_args(Container)
"""The containers of a product. Each has its own repository."""


def repository_name(product: str, container: Container) -> str:
    """`acme-crm/api`: the ECR repository of a product's container, in the shared services account."""
    return f"{product}/{container}"
