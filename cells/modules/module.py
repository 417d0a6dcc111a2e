"""What a module is: a capability that a product picks, in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from constructs_lib.specs.secret import SecretSpec

if TYPE_CHECKING:  # constructs start Node; a module is read by commands that do not need it
    from cells.layers.data import DataLayer
    from cells.layers.edge import EdgeLayer
    from cells.layers.service import ServiceLayer


class Module:
    """A capability of a product. Subclasses say what it needs; the layers build it.

    One instance lives for one cell, so that `data` can keep what `service` uses.
    """

    name: ClassVar[str]
    major: ClassVar[int] = 1
    core: ClassVar[bool] = False
    requires: ClassVar[tuple[str, ...]] = ()
    summary: ClassVar[str]
    reference: ClassVar[str]
    """The AWS or project page that explains what it stands on."""
    secrets: ClassVar[tuple[SecretSpec, ...]] = ()

    def data(self, layer: DataLayer) -> None:
        """Add what holds data. Default: nothing of its own, the module keeps its rows in the cell's database."""

    def service(self, layer: ServiceLayer) -> None:
        """Add what can be rebuilt, and tell the containers what they need. Default: nothing."""

    def edge(self, layer: EdgeLayer) -> None:
        """Add to the front door. Default: nothing."""
