"""The project's files, read once: organization, registry, products and image locks. Starts no Node."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.landing import landing_of
from accounts.spec import OrganizationSpec
from cells.cell_declaration import Context
from cells.images.lock import load_lock
from cells.plan import CellPlan
from cells.product_file import ProductFile, load_product, product_names, undeclared_product
from cells.resolution import Ground, resolve
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import Registry

if TYPE_CHECKING:
    from accounts.platform import Platform


class CellChoice:
    """Which cell the command line or the CDK context asks for, and what it says on top of the files."""

    def __init__(self, environment: Environment, context: Context) -> None:
        self.environment: Environment = environment
        self.context = context


class Workspace:
    """A checkout of the project. Everything is read on first use; a mistake is an InputError with file and line."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def registry_path(self) -> Path:
        """`accounts/registry.json`."""
        return self.root / "accounts" / "registry.json"

    @property
    def products_path(self) -> Path:
        """`cells/products`."""
        return self.root / "cells" / "products"

    @property
    def locks_path(self) -> Path:
        """`cells/images/locks`."""
        return self.root / "cells" / "images" / "locks"

    @property
    def schemas_path(self) -> Path:
        """`cells/images/schemas`."""
        return self.root / "cells" / "images" / "schemas"

    @cached_property
    def organization(self) -> OrganizationSpec:
        """What `accounts/organization.yaml` declares."""
        return load_spec(self.root / "accounts" / "organization.yaml", OrganizationSpec)

    @cached_property
    def registry(self) -> Registry:
        """What `accounts/registry.json` records."""
        return load_spec(self.registry_path, Registry)

    @cached_property
    def landing(self) -> Landing:
        """What the organization offers to cells."""
        return landing_of(self.organization, self.registry)

    @cached_property
    def platform(self) -> "Platform":
        """What the stacks of the organization are built from."""
        from accounts.platform import Platform

        return Platform(self.organization, self.registry, self.environments)

    @cached_property
    def environments(self) -> Mapping[str, Sequence[str]]:
        """The environments of every product that has a file."""
        return {name: tuple(self.declared(name).spec.environments) for name in self.product_names()}

    def product_names(self) -> tuple[str, ...]:
        """The products that have a file."""
        return product_names(self.products_path)

    def declared(self, name: str) -> ProductFile:
        """A product that has a file. Raises InputError when it has none, and names the closest."""
        return load_product(name, self.products_path)

    def product(self, name: str, context: Context) -> ProductFile:
        """A product's file. Without one the registry must know its cells, and the command line name its modules."""
        known = any(cell.product == name for cell in self.registry.cells)
        if (self.products_path / f"{name}.yaml").is_file() or not known:
            return load_product(name, self.products_path)
        if context.modules is None:
            raise InputError(
                f"product '{name}' has no file, so its modules must be given",
                hint="add --modules tasks,contacts (or --context modules=…), or write a product file",
            )
        return undeclared_product(name, context.modules)

    def plan(self, name: str, choice: CellChoice) -> CellPlan:
        """The plan of one cell."""
        return resolve(
            self.product(name, choice.context),
            choice.environment,
            ground=Ground(self.landing, self.registry),
            images=load_lock(name, self.locks_path),
            context=choice.context,
        )
