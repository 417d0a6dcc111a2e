"""What a module is: a capability that a product picks, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

from cells.images.contract import HEALTH_PATH
from constructs_lib.specs.base import Spec
from constructs_lib.specs.image import Container
from constructs_lib.specs.secret import SecretSpec

if TYPE_CHECKING:  # constructs start Node; a module is read by commands that do not need it
    from cells.charge import Charge
    from cells.layers.data import DataLayer
    from cells.layers.edge import EdgeLayer
    from cells.layers.service import ServiceLayer
    from cells.settings import Settings
    from constructs_lib.specs.service import ServiceSpec

SpecT = TypeVar("SpecT", bound=Spec)


class NoSettings(Spec):
    """The spec of a module that a product can only pick."""


class Module:
    """A capability of a product. Subclasses say what it needs; the layers build it.

    One instance lives for one cell, so that `data` can keep what `service` uses.
    """

    name: ClassVar[str]
    major: ClassVar[int] = 1
    core: ClassVar[bool] = False
    requires: ClassVar[tuple[str, ...]] = ()
    """Other modules by name. `files` is content with any major of it, `files@2` is not."""
    summary: ClassVar[str]
    reference: ClassVar[str]
    """The AWS or project page that explains what it stands on."""
    secrets: ClassVar[tuple[SecretSpec, ...]] = ()
    spec: ClassVar[type[Spec]] = NoSettings
    """What a product may set, each with a default: its `revision_retention_days` is `documents.revision_retention_days`
    in the settings of a product file."""
    moving: ClassVar[tuple[str, ...]] = ()
    """What a product does, in this order, before it moves here from the major before."""

    def __init__(self, settings: Spec | None = None) -> None:
        self._settings = settings if settings is not None else self.spec()

    @classmethod
    def health_path(cls) -> str:
        """Where the API says whether what the module needs answers, such as `/health/tasks`.

        For people and canaries. The load balancer asks `/health` only: one module that is not well stops no task.
        """
        return f"{HEALTH_PATH}/{cls.name}"

    def settings_as(self, spec: type[SpecT]) -> SpecT:
        """What the product set, as the module's own spec. Raises TypeError for another spec than the module's."""
        if not isinstance(self._settings, spec):
            raise TypeError(f"the settings of {self.name} are {type(self._settings).__name__}, not {spec.__name__}")
        return self._settings

    def containers(self) -> tuple[Container, ...]:
        """The containers that a cell runs because of this module's settings. Default: none, API and worker do it."""
        return ()

    def tasks(self, settings: Settings) -> Mapping[str, ServiceSpec]:
        """What runs beside API and worker in a cell of these settings, by what it is called. Default: nothing."""
        return {}

    def charges(self, settings: Settings) -> tuple[Charge, ...]:
        """What AWS asks for in a cell of these settings, beside tasks, while nobody uses it. Default: nothing."""
        return ()

    def data(self, layer: DataLayer) -> None:
        """Add what holds data. Default: nothing of its own, the module keeps its rows in the cell's database."""

    def service(self, layer: ServiceLayer) -> None:
        """Add what can be rebuilt, and tell the containers what they need. Default: nothing."""

    def edge(self, layer: EdgeLayer) -> None:
        """Add to the front door. Default: nothing."""
