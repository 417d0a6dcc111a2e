"""Resolution: from what is declared to a plan in which every value is there and knows where it came from."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from cells.images.lock import ImageLock
from cells.module_settings import Override, with_settings
from cells.modules.registry import build_modules, choose_modules, is_module, known_modules
from cells.network_choice import NetworkChoice, choose_network
from cells.plan import CellPlan, ModulePlan, Source
from cells.product_file import ProductFile
from cells.settings import Settings, setting_fields
from cells.sizes import DEFAULT_SIZES, SIZES, Size
from cells.spec import EnvironmentSpec
from constructs_lib.specs.alerts import AlertsSpec
from constructs_lib.specs.document import Location
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.frontend import Frontend, SpaFrontend
from constructs_lib.specs.identity import SENTINEL_ACCOUNT, Environment, Identity, segment_of
from constructs_lib.specs.image import CONTAINERS
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.network import AttachmentSpec, NetworkSettings, NetworkSpec, plan_subnets
from constructs_lib.specs.region import zones_of
from constructs_lib.specs.registry import CellEntry, Registry

_RELEASED: Mapping[str, str | bool] = {
    "removal": "destroy",
    "deletion_protection": False,
    "termination_protection": False,
}
"""What a decommissioned cell says of its protection."""


class Context(BaseModel):
    """What the command line says on top of the files. It wins over them, and the plan says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: tuple[str, ...] | None = None
    region: str | None = None
    size: Size | None = None
    settings: Annotated[Mapping[str, JsonValue], "by dotted name"] = {}


class Ground:
    """What a cell stands on: the organization's facts and the registry."""

    def __init__(self, landing: Landing, registry: Registry) -> None:
        self.landing = landing
        self.registry = registry


def resolve(
    product: ProductFile, environment: Environment, *, ground: Ground, images: ImageLock, context: Context | None = None
) -> CellPlan:
    """Resolve the plan of one cell.

    The later wins: size, product file, environment, context. Raises InputError for an environment that the product
    does not have, a region that is not governed, a cell that the registry does not have, or a value out of its range.
    """
    return _Resolver(product, environment, ground, images, context or Context()).plan()


class _Resolver:
    """One resolution. Each method resolves one part and notes its sources."""

    def __init__(
        self, product: ProductFile, environment: Environment, ground: Ground, images: ImageLock, context: Context
    ) -> None:
        self._product = product
        self._environment: Environment = environment
        self._ground = ground
        self._images = images
        self._context = context
        self._declared = self._declared_environment()
        self._sources: dict[str, Source] = {}
        self._notes: list[str] = []

    def plan(self) -> CellPlan:
        identity = Identity(product=self._product.spec.name, environment=self._environment, region=self._region())
        entry = self._entry(identity)
        size = self._size()
        overrides = self._overrides()
        modules = self._modules(overrides)
        chosen = self._choose_network(size, identity.region)
        settings = self._settings(size, [one for one in overrides if one.section in Settings.model_fields], chosen)
        return CellPlan(
            identity=identity,
            account=self._account(entry),
            size=size,
            owner=self._from_product("owner", self._product.spec.owner),
            domain=entry.domain,
            landing=self._ground.landing,
            modules=modules,
            settings=settings,
            alerts=self._alerts(),
            frontend=self._frontend(),
            issuer=self._issuer(),
            network=self._network(entry, settings),
            network_arithmetic=chosen.arithmetic if chosen else (),
            images=self._image_digests(modules),
            sources=self._sources,
            notes=tuple(self._notes),
        )

    def _declared_environment(self) -> EnvironmentSpec:
        environments = self._product.spec.environments
        if self._environment not in environments:
            raise InputError(
                f"product '{self._product.spec.name}' has no environment '{self._environment}'",
                hint=f"it has {', '.join(environments)}; add it to {self._product.where('environments')}",
            )
        return environments[self._environment]

    def _region(self) -> str:
        landing, spec = self._ground.landing, self._product.spec
        if self._context.region:
            region, source = self._context.region, Source(kind="context", where="region")
        elif self._declared.region:
            region, source = self._declared.region, self._at("environment", *self._environment_path, "region")
        elif spec.region:
            region, source = spec.region, self._at("product file", "region")
        else:
            region, source = landing.home_region, Source(kind="organization", where="home_region")
        if region not in landing.governed_regions:
            raise InputError(
                f"{source.where}: region '{region}' is not governed",
                hint=f"governed regions are {', '.join(landing.governed_regions)} (accounts/organization.yaml)",
            )
        self._sources["region"] = source
        return region

    def _entry(self, identity: Identity) -> CellEntry:
        entry = self._ground.registry.find(identity)
        if entry is None:
            raise InputError(
                f"cell {identity.key} is not in accounts/registry.json",
                hint=f"`cells new {identity.product}` records its accounts and address ranges",
            )
        self._sources["domain"] = Source(kind="registry", where="accounts/registry.json")
        return entry

    def _account(self, entry: CellEntry) -> str:
        self._sources["account"] = Source(kind="registry", where=entry.state)
        if entry.state == "active" and entry.account:
            return entry.account
        self._notes.append(f"{entry.identity.key} has no account yet: it can be synthesized, not deployed")
        return SENTINEL_ACCOUNT

    def _size(self) -> Size:
        if self._context.size:
            size, source = self._context.size, Source(kind="context", where="size")
        elif self._declared.size:
            size, source = self._declared.size, self._at("environment", *self._environment_path, "size")
        else:
            size, source = DEFAULT_SIZES[self._environment], Source(kind="default", where="the environment's name")
        self._sources["size"] = source
        return size

    def _modules(self, overrides: list[Override]) -> tuple[ModulePlan, ...]:
        plans: list[ModulePlan] = []
        rest = [one for one in overrides if one.section not in Settings.model_fields]
        for chosen in self._chosen_modules():
            plan, sources = with_settings(chosen, [one for one in rest if one.section == chosen.name])
            plans.append(plan)
            self._sources |= sources
        self._refuse_settings_without_module([one for one in rest if one.section not in {plan.name for plan in plans}])
        return tuple(plans)

    def _refuse_settings_without_module(self, overrides: list[Override]) -> None:
        for override in overrides:
            said = f"{override.source.where}: '{override.name}' sets a module that this cell does not have"
            if self._context.modules is None or override.source.kind == "context":
                raise InputError(
                    said, hint=f"add '{override.section}' to the modules of the product, or take the setting out"
                )
            self._notes.append(f"{said}, so it has no effect")

    def _chosen_modules(self) -> tuple[ModulePlan, ...]:
        if self._context.modules is None:
            return self._declared_modules()
        modules = choose_modules(self._context.modules)
        self._sources["modules"] = Source(kind="context", where="modules")
        if modules != choose_modules(self._product.spec.modules_of(self._environment)) and self._product.document:
            self._notes.append("modules are those of the command line; they replace the product file's")
        return modules

    def _declared_modules(self) -> tuple[ModulePlan, ...]:
        """The modules of the files. An error names the line of the module that it is about."""
        own = self._declared.modules is not None
        path = (*self._environment_path, "modules") if own else ("modules",)
        self._sources["modules"] = self._at("environment" if own else "product file", *path)
        references = self._product.spec.modules_of(self._environment)
        known_modules()  # what is wrong with an installed package is not an error of this file
        try:
            return choose_modules(references)
        except InputError as error:
            wrong = (number for number, reference in enumerate(references) if not is_module(reference))
            where = self._product.where(*path, *islice(wrong, 1))
            raise InputError(f"{where}: {error.message}", hint=error.hint) from None

    def _overrides(self) -> list[Override]:
        """Every setting that someone replaced, in the order in which the later wins."""
        path = self._environment_path
        return [
            *(
                Override(name, value, self._at("product file", "settings", name))
                for name, value in self._product.spec.settings.items()
            ),
            *(
                Override(name, value, self._at("environment", *path, "settings", name))
                for name, value in self._declared.settings.items()
            ),
            *(
                Override(name, value, Source(kind="context", where="--set"))
                for name, value in self._context.settings.items()
            ),
        ]

    def _choose_network(self, size: Size, region: str) -> NetworkChoice | None:
        """The network that the product's traffic chooses; None when the product does not say what its traffic is."""
        traffic = self._declared.traffic or self._product.spec.traffic
        return choose_network(traffic, nat=SIZES[size].network.nat, region=region) if traffic else None

    def _settings(self, size: Size, overrides: list[Override], chosen: NetworkChoice | None) -> Settings:
        values: dict[str, dict[str, JsonValue]] = SIZES[size].model_dump(mode="json")
        for name in setting_fields():
            self._sources[name] = Source(kind="size", where=size)
        if chosen:
            path: Location = (*self._environment_path, "traffic") if self._declared.traffic else ("traffic",)
            values["network"] |= {"nat": chosen.nat, "interface_endpoints": list(chosen.interface_endpoints)}
            self._sources |= {f"network.{name}": self._at("traffic", *path) for name in NetworkSettings.model_fields}
        for override in overrides:
            self._override(values, override)
        settings = self._validated(values)
        self._check_production(settings)
        return self._released(settings)

    def _override(self, values: dict[str, dict[str, JsonValue]], override: Override) -> None:
        if override.field not in values[override.section]:
            raise InputError(
                f"{override.source.where}: '{override.name}' is not a known setting", hint="`cells show` lists them"
            )
        values[override.section][override.field] = override.value
        self._sources[override.name] = override.source

    def _validated(self, values: dict[str, dict[str, JsonValue]]) -> Settings:
        try:
            return Settings.model_validate(values)
        except ValidationError as error:
            detail = error.errors()[0]
            name = ".".join(str(step) for step in detail["loc"][:2])
            message = detail["msg"].removeprefix("Value error, ")
            source = self._blamed(name)
            got = "" if "got " in message or isinstance(detail["input"], dict) else f", got {detail['input']!r}"
            raise InputError(
                f"{source.where}: {name}: {message[:1].lower()}{message[1:]}{got}",
                hint=f"the value comes from {source}; `cells show` prints every setting",
            ) from None

    def _blamed(self, name: str) -> Source:
        """The override to blame: of the setting, or (for a rule over a section) the last one in that section."""
        if name in self._sources and self._sources[name].kind != "size":
            return self._sources[name]
        section = name.partition(".")[0]
        overrides = [
            source
            for setting, source in self._sources.items()
            if setting.startswith(f"{section}.") and source.kind != "size"
        ]
        return overrides[-1] if overrides else Source(kind="size", where="profile")

    def _check_production(self, settings: Settings) -> None:
        """Production rules that no size, file or option can switch off."""
        if self._environment != "prod":
            return
        rules = {
            "protection.removal": (settings.protection.removal == "retain", "retain"),
            "protection.deletion_protection": (settings.protection.deletion_protection, "true"),
            "protection.termination_protection": (settings.protection.termination_protection, "true"),
            "database.min_acu": (settings.database.min_acu > 0, "0.5 or more"),
            "api.execute_command": (not settings.api.execute_command, "false"),
            "worker.execute_command": (not settings.worker.execute_command, "false"),
            "api.spot": (not settings.api.spot, "false"),
            "worker.spot": (not settings.worker.spot, "false"),
        }
        for name, (holds, wanted) in rules.items():
            if not holds:
                raise InputError(
                    f"{self._product.where(*self._environment_path)}: {name} must be {wanted} in prod "
                    f"(from {self._sources[name]})",
                    hint=f"set `{name}` in the settings of prod",
                )

    def _released(self, settings: Settings) -> Settings:
        """Without protection, when the product file decommissions the cell: the first key of two."""
        if self._declared.decommission is None:
            return settings
        source = self._at("environment", *self._environment_path, "decommission")
        self._sources |= {f"protection.{name}": source for name in _RELEASED}
        self._notes.append(f"{source.where}: this cell is to be destroyed, so its data is not protected any more")
        # Copies go on to the end: they are what is there when the cell was destroyed by mistake.
        released = settings.protection.model_copy(update=_RELEASED)
        return settings.model_copy(update={"protection": released})

    def _alerts(self) -> AlertsSpec:
        own = self._declared.alerts
        path = (*self._environment_path, "alerts")
        source = self._at("product file", "alerts") if own is None else self._at("environment", *path)
        alerts = self._product.spec.alerts if own is None else own
        if alerts == AlertsSpec() and own is None:
            source = Source(kind="default", where="nowhere but the dashboard")
        self._sources |= {f"alerts.{kind}": source for kind in AlertsSpec.model_fields}
        return alerts

    def _frontend(self) -> Frontend:
        own = self._declared.frontend
        frontend = self._product.spec.frontend if own is None else own
        source = self._at("product file", "frontend")
        if own is not None:
            source = self._at("environment", *self._environment_path, "frontend")
        elif frontend == SpaFrontend():
            source = Source(kind="default", where="CloudFront and S3")
        self._sources["frontend"] = source
        return frontend

    def _issuer(self) -> str | None:
        self._sources["issuer"] = Source(kind="registry", where="accounts/registry.json")
        return (self._ground.registry.organization.issuers or {}).get(segment_of(self._environment))

    def _network(self, entry: CellEntry, settings: Settings) -> NetworkSpec:
        self._sources["network.cidr"] = Source(kind="registry", where="accounts/registry.json")
        try:
            zones = plan_subnets(entry.cidr, zones_of(entry.region))
        except ValueError as error:
            raise InputError(f"accounts/registry.json: {entry.identity.key}: {error}") from None
        return NetworkSpec(
            cidr=entry.cidr, zones=zones, settings=settings.network, attachment=self._attachment(entry, settings)
        )

    def _attachment(self, entry: CellEntry, settings: Settings) -> AttachmentSpec | None:
        if not settings.network.attachment:
            return None
        gateway = (self._ground.registry.organization.transit_gateways or {}).get(entry.region)
        if gateway is None:
            raise InputError(
                f"{self._sources['network.attachment'].where}: network.attachment is on, but "
                f"accounts/registry.json knows no transit gateway of {entry.region}",
                hint="`cells org apply` records it when NetworkHub is deployed; or take the setting out",
            )
        if not self._ground.landing.outside_ranges:
            self._notes.append("the cell is attached to the transit gateway, but no line from outside is declared")
        return AttachmentSpec(transit_gateway=gateway, ranges=self._ground.landing.outside_ranges)

    def _image_digests(self, modules: tuple[ModulePlan, ...]) -> dict[str, str]:
        digests: dict[str, str] = {}
        containers = (*CONTAINERS, *(name for module in build_modules(modules) for name in module.containers()))
        seeded = self._images.seeded(self._environment, containers)
        for reference in self._images.references(self._environment, containers):
            digests[reference.container] = reference.digest
            where = "placeholder" if reference.container in seeded else f"cells/images/locks/{reference.product}.json"
            self._sources[f"images.{reference.container}"] = Source(kind="image lock", where=where)
        return digests

    def _from_product(self, name: str, value: str) -> str:
        self._sources[name] = self._at("product file", name)
        return value

    @property
    def _environment_path(self) -> Location:
        return ("environments", self._environment)

    def _at(self, kind: str, *location: str | int) -> Source:
        return Source.model_validate({"kind": kind, "where": self._product.where(*location)})
