"""Which cells have a module, and which major each runs."""

from collections.abc import Callable
from dataclasses import dataclass

from cells.cli.workspace import Workspace
from cells.modules.registry import choose_modules, find_module, known_modules
from constructs_lib.specs.errors import CellsError


@dataclass(frozen=True)
class User:
    """A cell that has a module."""

    product: str
    environment: str
    runs: str
    """`documents@1`."""
    reason: str
    """`core`, `chosen` or `required`."""

    @property
    def cell(self) -> str:
        """`acme-crm/prod`."""
        return f"{self.product}/{self.environment}"


def users_of(workspace: Workspace, reference: str, *, broken: Callable[[CellsError], None]) -> list[User]:
    """The cells that have a module in any major, or in the one that the reference names.

    A product whose file cannot be read is left out and told to `broken`. Raises InputError for an unknown module.
    """
    name, _, major = reference.partition("@")
    wanted = {find_module(reference).major} if major else _majors(reference)
    found: list[User] = []
    for product in workspace.product_names():
        try:
            spec = workspace.declared(product).spec
            for environment in spec.environments:
                found += [
                    User(product, environment, plan.reference, plan.reason)
                    for plan in choose_modules(spec.modules_of(environment))
                    if plan.name == name and plan.major in wanted
                ]
        except CellsError as error:
            broken(error)
    return found


def _majors(name: str) -> set[int]:
    majors = {module.major for module in known_modules() if module.name == name}
    return majors or {find_module(name).major}
