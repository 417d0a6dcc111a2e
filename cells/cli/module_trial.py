"""Builds a cell around one module that is nowhere installed, for the module's own tests."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from assembly.document import JsonObject
from assembly.load import CloudAssembly
from cells.cell_declaration import Context
from cells.cli.cdk import use_node_for_synth
from cells.cli.flags import cdk_flags
from cells.images.lock import ImageLock
from cells.module_settings import Override, settings_of
from cells.modules.module import Module
from cells.modules.registry import build_modules
from cells.plan import CellPlan, ModulePlan, Source
from cells.product_file import ProductFile
from cells.resolution import Ground, resolve
from cells.sizes import Size
from cells.spec import EnvironmentSpec, ProductSpec
from constructs_lib.specs.identity import SENTINEL_ACCOUNT
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import CellEntry, Registry

_CHECKOUT = Path(__file__).parents[2]
_REGION = "eu-west-1"


def try_module(
    module: type[Module], *, size: Size = "dev", settings: Mapping[str, JsonValue] | None = None
) -> dict[str, JsonObject]:
    """The templates of a cell that has the core modules, this one and what it requires, by construct id.

    `settings` are the module's own, by their plain names. Raises what a product that picks the module would see:
    InputError for a setting that it does not have, CellsError when it raises while it builds.
    """
    plan = _plan(module, size)
    own, _ = settings_of(
        module,
        ModulePlan(name=module.name, major=module.major, reason="chosen"),
        [
            Override(f"{module.name}.{name}", value, Source(kind="context", where="settings"))
            for name, value in (settings or {}).items()
        ],
    )
    instances = (*build_modules(plan.modules), module(module.spec.model_validate(own.settings)))
    return _templates(plan.model_copy(update={"modules": (*plan.modules, own)}), instances)


def _plan(module: type[Module], size: Size) -> CellPlan:
    spec = ProductSpec(
        name="trial-cell",
        summary="A cell to try a module in",
        owner="platform",
        modules=module.requires,
        environments={"dev": EnvironmentSpec(size=size)},
    )
    landing = Landing(
        organization="example",
        base_domain="example.com",
        home_region=_REGION,
        governed_regions=(_REGION,),
        log_archive_account=SENTINEL_ACCOUNT,
        network_hub_account=SENTINEL_ACCOUNT,
        shared_services_account=SENTINEL_ACCOUNT,
    )
    entry = CellEntry(
        product=spec.name, environment="dev", region=_REGION, cidr="10.0.0.0/20", domain="trial-dev.example.com"
    )
    return resolve(
        ProductFile(spec, None),
        "dev",
        ground=Ground(landing, Registry(cells=(entry,))),
        images=ImageLock(product=spec.name),
        context=Context(),
    )


def _templates(plan: CellPlan, modules: tuple[Module, ...]) -> dict[str, JsonObject]:
    use_node_for_synth()
    from cells.cell import build_cell
    from constructs_lib.plain_app import plain_app

    with tempfile.TemporaryDirectory() as folder:
        app = plain_app(folder, context=cdk_flags(_CHECKOUT))
        build_cell(app, plan, modules)
        app.synth()
        return {stack.id: stack.template for stack in CloudAssembly.load(Path(folder)).stacks}
