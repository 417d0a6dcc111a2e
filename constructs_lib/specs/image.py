"""The images of a product, by the names that the shared services account and the cells agree on."""

from typing import Literal, get_args

Container = Literal["api", "worker", "migrations", "permissions"]
KNOWN_CONTAINERS: tuple[Container, ...] = get_args(Container)
"""Every container that a cell may run. Each has its own repository."""
CONTAINERS: tuple[Container, ...] = ("api", "worker", "migrations")
"""The containers of every product. A module may bring one more."""


def repository_name(product: str, container: Container) -> str:
    """`acme-crm/api`: the ECR repository of a product's container, in the shared services account."""
    return f"{product}/{container}"
