"""What a refinement of an emulated resource is."""

from abc import ABC, abstractmethod
from typing import ClassVar

from local.handlers.handler import Place
from local.properties import Json, Properties


class Refinement(ABC):
    """Adds to a resource that the emulator has made or changed, and may refuse to delete it."""

    types: ClassVar[tuple[str, ...]]

    @abstractmethod
    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Complete the resource after each create and update; return attributes that win over the emulator's."""

    def release(self, place: Place, physical_id: str, properties: Properties) -> None:  # noqa: B027 (may be left out)
        """Clean up before the emulator deletes the resource; a `ValueError` stops the deletion."""
