"""The declaration of a product: what `cells new` would write, and the writing of it.

The file comes first and the registry after it, cell by cell, each as a whole. So an interrupted run leaves a product
whose missing cells the next run records.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from accounts.addresses import allocate
from accounts.ledger import record_cell
from cells.cli.context import split_modules
from cells.cli.workspace import Workspace
from cells.modules.registry import choose_modules
from cells.product_file import ProductFile, load_product
from cells.sizes import DEFAULT_SIZES, Size
from cells.spec import ProductSpec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment, Identity
from constructs_lib.specs.registry import CellEntry, Registry


@dataclass(frozen=True)
class PlannedCell:
    """A cell as it is recorded, or as it would be."""

    identity: Identity
    size: Size
    cidr: str
    domain: str
    state: str
    recorded: bool


@dataclass(frozen=True)
class Declaration:
    """What a product's declaration would change."""

    workspace: Workspace
    product: str
    text: str | None
    """The file to write; none when it is there."""
    cells: tuple[PlannedCell, ...]

    @property
    def path(self) -> Path:
        """The product's file."""
        return self.workspace.products_path / f"{self.product}.yaml"

    @property
    def short_path(self) -> str:
        """The product's file, from the project on."""
        return str(self.path.relative_to(self.workspace.root))

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.text is not None or not all(cell.recorded for cell in self.cells)

    def apply(self) -> None:
        """Do it. What is there already stays as it is."""
        if self.text is not None:
            _write(self.path, self.text)
        for cell in self.cells:
            record_cell(
                self.workspace.registry_path,
                self.workspace.organization,
                cell.identity,
                size=cell.size,
                domain=cell.domain,
            )


def declare(
    workspace: Workspace,
    product: str,
    *,
    modules: str | None,
    summary: str | None,
    owner: str | None,
    subdomain: str | None,
    region: str | None,
) -> Declaration:
    """Plan the declaration of a product. Writes nothing.

    Raises InputError for a bad name, an unknown module, a region that is not governed, a domain that another cell
    has, a pool without room, and options that say something else than the file that is there.
    """
    existing = _existing(workspace, product)
    picked = split_modules(modules)
    spec = existing.spec if existing else _spec(product, picked or (), summary, owner, subdomain, region)
    if existing:
        _refuse_differences(existing, picked, summary, owner, subdomain, region)
    choose_modules(spec.modules)
    return Declaration(
        workspace=workspace,
        product=product,
        text=None if existing else product_text(spec),
        cells=tuple(_planned(workspace, spec)),
    )


def product_text(spec: ProductSpec) -> str:
    """A product file that is nice to read and to go on with."""
    lines = [
        "# yaml-language-server: $schema=../../docs/schemas/product.json",
        f"name: {spec.name}",
        f"summary: {_quoted(spec.summary)}",
        f"owner: {_quoted(spec.owner)}",
        *([f"subdomain: {spec.subdomain}"] if spec.subdomain else []),
        *([f"region: {spec.region}"] if spec.region else []),
        "",
        "# Core modules and dependencies come by themselves; `cells modules` lists all.",
        *(["modules:", *(f"  - {reference}" for reference in spec.modules)] if spec.modules else ["modules: []"]),
        "",
        "# The size of an environment decides its numbers. Override one by its name:",
        "#   settings:",
        "#     database.max_acu: 64",
        "# `cells show` prints every name, its value and where the value comes from.",
        "environments:",
        *(f"  {name}: {{}}" for name in spec.environments),
    ]
    return "\n".join(lines) + "\n"


def _existing(workspace: Workspace, product: str) -> ProductFile | None:
    path = workspace.products_path / f"{product}.yaml"
    return load_product(product, workspace.products_path) if path.is_file() else None


def _spec(
    product: str,
    modules: Sequence[str],
    summary: str | None,
    owner: str | None,
    subdomain: str | None,
    region: str | None,
) -> ProductSpec:
    data = {
        "name": product,
        "summary": summary or f"The product {product}",
        "owner": owner or f"{product}-team",
        "modules": tuple(modules),
        "subdomain": subdomain,
        "region": region,
    }
    try:
        return ProductSpec.model_validate(data)
    except ValidationError as error:
        detail = error.errors()[0]
        name = str(detail["loc"][0]) if detail["loc"] else "modules"
        message = detail["msg"].removeprefix("Value error, ")
        raise InputError(
            f"{name} '{data.get(name)}' {message[:1].lower()}{message[1:]}", hint=_HINTS.get(name, "")
        ) from None


_HINTS = {
    "name": "it names stacks and resources for ever, so choose something like acme-crm",
    "modules": "`cells modules` lists them",
    "region": "write it like eu-west-1",
    "subdomain": "write it like crm",
}


def _refuse_differences(
    existing: ProductFile,
    modules: tuple[str, ...] | None,
    summary: str | None,
    owner: str | None,
    subdomain: str | None,
    region: str | None,
) -> None:
    """The file is the truth once it is there; an option that says something else would be lost."""
    spec = existing.spec
    said = {
        "modules": tuple(sorted(modules)) if modules else modules,
        "summary": summary,
        "owner": owner,
        "subdomain": subdomain,
        "region": region,
    }
    declared = {
        "modules": tuple(sorted(spec.modules)),
        "summary": spec.summary,
        "owner": spec.owner,
        "subdomain": spec.subdomain,
        "region": spec.region,
    }
    for name, value in said.items():
        if value is not None and value != declared[name]:
            raise InputError(
                f"product '{spec.name}' exists, with other {name} ({existing.where(name)})",
                hint="change its file instead",
            )


def _planned(workspace: Workspace, spec: ProductSpec) -> list[PlannedCell]:
    """Each cell with the range that it has or will get: planned one after the other, as they will be recorded."""
    registry = workspace.registry
    planned: list[PlannedCell] = []
    for environment, declared in spec.environments.items():
        region = declared.region or spec.region or workspace.landing.home_region
        _refuse_ungoverned(workspace, region)
        identity = Identity(product=spec.name, environment=environment, region=region)
        size = declared.size or DEFAULT_SIZES[environment]
        entry = registry.find(identity)
        recorded = entry is not None
        if entry is None:
            entry = _entry(workspace, registry, identity, size, _domain(workspace, spec, environment))
            registry = registry.model_copy(update={"cells": (*registry.cells, entry)})
        planned.append(PlannedCell(identity, size, entry.cidr, entry.domain, entry.state, recorded))
    return planned


def _entry(workspace: Workspace, registry: Registry, identity: Identity, size: Size, domain: str) -> CellEntry:
    other = next((cell for cell in registry.cells if cell.domain == domain), None)
    if other is not None:
        raise InputError(
            f"the domain '{domain}' of {identity.key} belongs to {other.identity.key}",
            hint="choose another one with --subdomain",
        )
    return CellEntry(
        product=identity.product,
        environment=identity.environment,
        region=identity.region,
        cidr=allocate(workspace.organization, registry, identity, size),
        domain=domain,
    )


def _domain(workspace: Workspace, spec: ProductSpec, environment: Environment) -> str:
    return workspace.landing.cell_domain(spec.subdomain or spec.name, environment)


def _refuse_ungoverned(workspace: Workspace, region: str) -> None:
    governed = workspace.landing.governed_regions
    if region not in governed:
        raise InputError(
            f"region '{region}' is not governed",
            hint=f"governed regions are {', '.join(governed)} (accounts/organization.yaml)",
        )


def _quoted(text: str) -> str:
    """A scalar of YAML: plain where that is safe, else in double quotes."""
    plain = re.fullmatch(r"[A-Za-z][\w .,()/@+-]*", text) and text == text.strip()
    return text if plain and text.lower() not in ("true", "false", "null") else json.dumps(text, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and never over one that came meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        os.link(unfinished, path)
    except FileExistsError:
        raise InputError(f"{path.name} was written meanwhile", hint="run the command again") from None
    finally:
        unfinished.unlink(missing_ok=True)
