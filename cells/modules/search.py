"""Search: full text over the entities of all modules."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from cells.charge import Charge
from cells.modules.module import Module
from constructs_lib.specs.base import Spec
from constructs_lib.specs.search import InstanceType, default_nodes

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from cells.settings import Settings
    from constructs_lib.search_domain import SearchDomain


class SearchSpec(Spec):
    """What a product searches with."""

    engine: Literal["postgresql", "opensearch"] = "postgresql"
    """`postgresql` has no infrastructure of its own; `opensearch` is a domain, which costs while nobody searches."""
    nodes: Annotated[int, Field(ge=1, le=30)] | None = None
    """Data nodes of the domain. None: three where the cache spans zones (`cache.multi_az`), one elsewhere."""
    instance_type: InstanceType = "t3.small.search"
    volume_gib: Annotated[int, Field(ge=10, le=1000)] = 20
    """The volume of each node."""


class SearchModule(Module):
    """Full-text search: tsvector columns and GIN indexes in the cell's database, or an OpenSearch domain.

    The index can always be built again from the database, which stays the truth. With `opensearch` the containers
    assume the role `SEARCH_ROLE_ARN` and sign their requests to `SEARCH_ENDPOINT` with it.
    """

    name = "search"
    core = True
    summary = "Full-text search in PostgreSQL, or in OpenSearch"
    reference = "https://www.postgresql.org/docs/current/textsearch.html"
    spec = SearchSpec

    _domain: SearchDomain | None = None

    def charges(self, settings: Settings) -> tuple[Charge, ...]:
        """The nodes of the domain and their volumes."""
        own = self.settings_as(SearchSpec)
        if own.engine != "opensearch":
            return ()
        nodes = Decimal(own.nodes or default_nodes(multi_az=settings.cache.multi_az))
        gigabytes = nodes * own.volume_gib
        return (
            Charge(name="search nodes", count=nodes, price=own.instance_type),
            Charge(name="search volumes", count=gigabytes, price="search_gp3_gb_month", monthly=True),
        )

    def data(self, layer: DataLayer) -> None:
        """The domain, if the product wants one."""
        settings = self.settings_as(SearchSpec)
        if settings.engine == "opensearch":
            self._domain = layer.add_search_domain(
                self,
                "Domain",
                nodes=settings.nodes,
                instance_type=settings.instance_type,
                volume_gib=settings.volume_gib,
            )

    def service(self, layer: ServiceLayer) -> None:
        """Both containers search and write the index, as the domain's role."""
        if self._domain is None:
            return
        layer.set_environment("SEARCH_ENDPOINT", self._domain.endpoint)
        layer.set_environment("SEARCH_ROLE_ARN", self._domain.role.role_arn)
        layer.grant_containers(self._domain.grant_use)
        layer.open_door(self._domain, "The service reaches the search domain")
