"""Who is told what happens while it happens."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ResourceEvent:
    """Something happened to a resource of a stack."""

    stack: str
    logical_id: str
    type: str
    status: str
    """CloudFormation's word, such as `CREATE_IN_PROGRESS`."""
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether it is a failure, and not the end of something that failed elsewhere."""
        cancelled = "cancelled" in self.reason.lower()
        return self.status.endswith("_FAILED") and not cancelled


class Reporter(Protocol):
    """Shows progress to a person, or keeps quiet for a machine."""

    def step(self, text: str) -> None:
        """Something starts."""

    def done(self, text: str) -> None:
        """Something ended well."""

    def note(self, text: str) -> None:
        """Something that a person should know."""

    def command(self, line: str) -> None:
        """A program starts; this is its line."""

    def event(self, event: ResourceEvent) -> None:
        """A resource changed."""


class Silence:
    """Reports nothing."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def done(self, text: str) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def command(self, line: str) -> None:
        """Say nothing."""

    def event(self, event: ResourceEvent) -> None:
        """Say nothing."""
