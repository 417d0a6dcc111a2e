"""Resolution: from what is declared to a plan in which every value is there and knows where it came from."""

from cells.cell_declaration import CellDeclaration, Context
from cells.chosen_modules import ChosenModules
from cells.images.lock import ImageLock
from cells.module_settings import Override
from cells.modules.registry import build_modules
from cells.network_choice import NetworkChoice, choose_network
from cells.plan import CellPlan, ModulePlan, Source
from cells.product_file import ProductFile
from cells.setting_resolution import SettingResolution
from cells.settings import Settings
from cells.sizes import DEFAULT_SIZES, SIZES, Size
from constructs_lib.specs.alerts import AlertsSpec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.frontend import Frontend, SpaFrontend
from constructs_lib.specs.identity import SENTINEL_ACCOUNT, Environment, Identity, segment_of
from constructs_lib.specs.image import CONTAINERS
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.network import AttachmentSpec, NetworkSpec, plan_subnets
from constructs_lib.specs.region import zones_of
from constructs_lib.specs.registry import CellEntry, Registry


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
        self._said = CellDeclaration(product, environment, context)
        self._ground = ground
        self._images = images

    def plan(self) -> CellPlan:
        identity = Identity(
            product=self._said.product.spec.name, environment=self._said.environment, region=self._region()
        )
        entry = self._entry(identity)
        size = self._size()
        overrides = self._overrides()
        modules = ChosenModules(self._said).resolve(
            [one for one in overrides if one.section not in Settings.model_fields]
        )
        chosen = self._choose_network(size, identity.region)
        settings = SettingResolution(self._said).resolve(
            size, [one for one in overrides if one.section in Settings.model_fields], chosen
        )
        return CellPlan(
            identity=identity,
            account=self._account(entry),
            size=size,
            owner=self._from_product("owner", self._said.product.spec.owner),
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
            sources=self._said.sources,
            notes=tuple(self._said.notes),
        )

    def _region(self) -> str:
        landing, spec = self._ground.landing, self._said.product.spec
        if self._said.context.region:
            region, source = self._said.context.region, Source(kind="context", where="region")
        elif self._said.own.region:
            region, source = self._said.own.region, self._said.at("environment", *self._said.path, "region")
        elif spec.region:
            region, source = spec.region, self._said.at("product file", "region")
        else:
            region, source = landing.home_region, Source(kind="organization", where="home_region")
        if region not in landing.governed_regions:
            raise InputError(
                f"{source.where}: region '{region}' is not governed",
                hint=f"governed regions are {', '.join(landing.governed_regions)} (accounts/organization.yaml)",
            )
        self._said.sources["region"] = source
        return region

    def _entry(self, identity: Identity) -> CellEntry:
        entry = self._ground.registry.find(identity)
        if entry is None:
            raise InputError(
                f"cell {identity.key} is not in accounts/registry.json",
                hint=f"`cells new {identity.product}` records its accounts and address ranges",
            )
        self._said.sources["domain"] = Source(kind="registry", where="accounts/registry.json")
        return entry

    def _account(self, entry: CellEntry) -> str:
        self._said.sources["account"] = Source(kind="registry", where=entry.state)
        if entry.state == "active" and entry.account:
            return entry.account
        self._said.notes.append(f"{entry.identity.key} has no account yet: it can be synthesized, not deployed")
        return SENTINEL_ACCOUNT

    def _size(self) -> Size:
        if self._said.context.size:
            size, source = self._said.context.size, Source(kind="context", where="size")
        elif self._said.own.size:
            size, source = self._said.own.size, self._said.at("environment", *self._said.path, "size")
        else:
            size, source = DEFAULT_SIZES[self._said.environment], Source(kind="default", where="the environment's name")
        self._said.sources["size"] = source
        return size

    def _overrides(self) -> list[Override]:
        """Every setting that someone replaced, in the order in which the later wins."""
        path = self._said.path
        return [
            *(
                Override(name, value, self._said.at("product file", "settings", name))
                for name, value in self._said.product.spec.settings.items()
            ),
            *(
                Override(name, value, self._said.at("environment", *path, "settings", name))
                for name, value in self._said.own.settings.items()
            ),
            *(
                Override(name, value, Source(kind="context", where="--set"))
                for name, value in self._said.context.settings.items()
            ),
        ]

    def _choose_network(self, size: Size, region: str) -> NetworkChoice | None:
        """The network that the product's traffic chooses; None when the product does not say what its traffic is."""
        traffic = self._said.own.traffic or self._said.product.spec.traffic
        return choose_network(traffic, nat=SIZES[size].network.nat, region=region) if traffic else None

    def _alerts(self) -> AlertsSpec:
        own = self._said.own.alerts
        path = (*self._said.path, "alerts")
        source = self._said.at("product file", "alerts") if own is None else self._said.at("environment", *path)
        alerts = self._said.product.spec.alerts if own is None else own
        if alerts == AlertsSpec() and own is None:
            source = Source(kind="default", where="nowhere but the dashboard")
        self._said.sources |= {f"alerts.{kind}": source for kind in AlertsSpec.model_fields}
        return alerts

    def _frontend(self) -> Frontend:
        own = self._said.own.frontend
        frontend = self._said.product.spec.frontend if own is None else own
        source = self._said.at("product file", "frontend")
        if own is not None:
            source = self._said.at("environment", *self._said.path, "frontend")
        elif frontend == SpaFrontend():
            source = Source(kind="default", where="CloudFront and S3")
        self._said.sources["frontend"] = source
        return frontend

    def _issuer(self) -> str | None:
        self._said.sources["issuer"] = Source(kind="registry", where="accounts/registry.json")
        return (self._ground.registry.organization.issuers or {}).get(segment_of(self._said.environment))

    def _network(self, entry: CellEntry, settings: Settings) -> NetworkSpec:
        self._said.sources["network.cidr"] = Source(kind="registry", where="accounts/registry.json")
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
                f"{self._said.sources['network.attachment'].where}: network.attachment is on, but "
                f"accounts/registry.json knows no transit gateway of {entry.region}",
                hint="`cells org apply` records it when NetworkHub is deployed; or take the setting out",
            )
        if not self._ground.landing.outside_ranges:
            self._said.notes.append("the cell is attached to the transit gateway, but no line from outside is declared")
        return AttachmentSpec(transit_gateway=gateway, ranges=self._ground.landing.outside_ranges)

    def _image_digests(self, modules: tuple[ModulePlan, ...]) -> dict[str, str]:
        digests: dict[str, str] = {}
        containers = (*CONTAINERS, *(name for module in build_modules(modules) for name in module.containers()))
        seeded = self._images.seeded(self._said.environment, containers)
        for reference in self._images.references(self._said.environment, containers):
            digests[reference.container] = reference.digest
            where = "placeholder" if reference.container in seeded else f"cells/images/locks/{reference.product}.json"
            self._said.sources[f"images.{reference.container}"] = Source(kind="image lock", where=where)
        return digests

    def _from_product(self, name: str, value: str) -> str:
        self._said.sources[name] = self._said.at("product file", name)
        return value
