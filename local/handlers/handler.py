"""What a native CloudFormation resource handler is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from local.aws import Aws
from local.properties import Json, Properties


@dataclass(frozen=True)
class Place:
    """Where a resource is declared, and the services of its account and region."""

    aws: Aws
    stack: str
    logical_id: str
    name: str
    """A name in CloudFormation's style, stable for this resource of this stack."""
    elsewhere: Callable[[str, str], Aws]
    """The services of another account and region."""


@dataclass(frozen=True)
class Resource:
    """A resource that exists: what `Ref` answers, and what `Fn::GetAtt` answers."""

    physical_id: str
    attributes: dict[str, Json] = field(default_factory=dict)


class Handler(ABC):
    """Creates, changes and deletes the resources of some types with calls to the embedded AWS.

    A change of a create-only property never reaches `update`: the stack engine creates anew and deletes the old one.
    """

    types: ClassVar[tuple[str, ...]]

    @abstractmethod
    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the resource."""

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the resource in place. By default it is created anew, which replaces it."""
        return self.create(place, new)

    @abstractmethod
    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the resource. One that is gone already is no error."""
