"""A search domain."""

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.specs.base import Spec

SEARCH_ROLE_PATH = "/cells/search/"
"""The path of the roles that administer a search domain. The permission boundary lets roles of a cell assume them."""

InstanceType = Literal["t3.small.search", "m7g.medium.search", "m7g.large.search", "r7g.large.search"]


def default_nodes(*, multi_az: bool) -> int:
    """The data nodes of a domain that nobody sized: one in each of three zones where the cell spans them, else one."""
    return 3 if multi_az else 1


class SearchDomainSpec(Spec):
    """The numbers of an OpenSearch domain."""

    nodes: Annotated[int, Field(ge=1, le=30)]
    """Data nodes: 1 in one zone, an even number over two, a multiple of 3 over three."""
    instance_type: InstanceType
    volume_gib: Annotated[int, Field(ge=10, le=1000)]
    """The gp3 volume of each node."""
    log_retention_days: int = 90

    @property
    def zones(self) -> int:
        """Over how many zones the nodes are spread."""
        return 3 if self.nodes % 3 == 0 else 2 if self.nodes % 2 == 0 else 1
