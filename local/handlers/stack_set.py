"""A stack set in a template: made when all its stacks are."""

from local.handlers.handler import Handler, Place, Resource
from local.properties import Properties
from local.stack_sets.stack_sets import Refused, StackSets


class StackSetResource(Handler):
    """Deploys a template into every account of the targeted units."""

    types = ("AWS::CloudFormation::StackSet",)

    def __init__(self, stack_sets: StackSets) -> None:
        self._stack_sets = stack_sets

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the stack set, and its stacks."""
        try:
            made = self._stack_sets.create(place.aws, properties, place.elsewhere)
        except Refused as error:
            raise ValueError(f"{error.code}: {error}") from error
        return Resource(made.id, {"StackSetId": made.id})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change the stack set, and bring all its stacks along."""
        try:
            self._stack_sets.update(physical_id, new)
        except Refused as error:
            raise ValueError(f"{error.code}: {error}") from error
        return Resource(physical_id, {"StackSetId": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the stacks and the stack set."""
        self._stack_sets.delete(physical_id)
