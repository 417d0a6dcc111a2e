"""What a product file declares: `cells/products/<name>.yaml`."""

from typing import Annotated

from pydantic import Field, field_validator

from cells.settings import Overrides
from cells.sizes import Size
from constructs_lib.specs.alerts import AlertsSpec
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import HintedError
from constructs_lib.specs.frontend import Frontend, SpaFrontend
from constructs_lib.specs.identity import Environment, ProductName, Region
from constructs_lib.specs.traffic import TrafficSpec

ModuleReference = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(@[1-9]\d*)?$", max_length=40)]
"""A module's name, with its major where it is not the first: `tasks`, `documents@2`."""


class Decommission(Spec):
    """The first of the two keys that destroy a protected cell. Reviewed like any change, because it is one."""

    reason: Annotated[str, Field(min_length=10)]
    """Why the data may go."""
    owner: Annotated[str, Field(min_length=3)]
    """Who answers for it."""


class EnvironmentSpec(Spec):
    """One environment of a product. What is not said comes from the product, and then from the size."""

    size: Size | None = None
    """The profile of numbers. Default: `prototype` for sandbox, else the environment's own name."""
    region: Region | None = None
    """Default: the product's region, and then the organization's home region."""
    modules: tuple[ModuleReference, ...] | None = None
    """The modules of this environment instead of the product's, such as a newer major in dev first."""
    settings: Overrides = Field(default_factory=dict)
    """Settings of this environment only. They replace those of the product, name by name."""
    traffic: TrafficSpec | None = None
    """What this environment sends out, instead of the product's `traffic`."""
    alerts: AlertsSpec | None = None
    """Where the alarms of this environment go, instead of the product's `alerts`."""
    frontend: Frontend | None = None
    """Who serves the pages of this environment, instead of the product's `frontend`."""
    decommission: Decommission | None = None
    """Takes the protection off a cell that is to be destroyed. Without it `cells destroy` keeps all data."""

    @field_validator("modules")
    @classmethod
    def _modules_are_named_once(cls, modules: tuple[str, ...] | None) -> tuple[str, ...] | None:
        _refuse_twice(modules or ())
        return modules


class ProductSpec(Spec):
    """A product: which modules it is made of, who owns it, and in which environments it runs."""

    name: ProductName
    """3 to 20 lower-case letters, digits and hyphens. It names stacks and resources and cannot be changed later."""
    summary: Annotated[str, Field(min_length=1, max_length=200)]
    """What the product is, in one line."""
    owner: Annotated[str, Field(min_length=3, max_length=100)]
    """The team or address that answers for it. The `owner` tag of every resource."""
    modules: tuple[ModuleReference, ...] = ()
    """The optional modules that it picks. Core modules and dependencies come by themselves."""
    subdomain: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$")] | None = None
    """Its label under the organization's base domain. Default: the name."""
    region: Region | None = None
    """Default: the organization's home region."""
    settings: Overrides = Field(default_factory=dict)
    """Settings of all environments. They replace those of the size, name by name."""
    traffic: TrafficSpec | None = None
    """What it sends out of its subnets. Given, NAT and endpoints are chosen by cost. Default: those of the size."""
    alerts: AlertsSpec = AlertsSpec()
    """Where alarms go: e-mail, Slack, PagerDuty. Default: nowhere but the dashboard."""
    frontend: Frontend = SpaFrontend()
    """Who serves its pages: `spa` (CloudFront and S3), `amplify`, or `external` (Vercel, Cloudflare Pages)."""
    environments: dict[Environment, EnvironmentSpec] = Field(default_factory=lambda: _standard_environments())
    """The environments it runs in. Default: dev, staging and prod."""

    @field_validator("modules")
    @classmethod
    def _modules_are_named_once(cls, modules: tuple[str, ...]) -> tuple[str, ...]:
        _refuse_twice(modules)
        return modules

    def modules_of(self, environment: Environment) -> tuple[str, ...]:
        """The modules that an environment picks: its own, or else the product's."""
        own = self.environments[environment].modules if environment in self.environments else None
        return self.modules if own is None else own


def _refuse_twice(references: tuple[str, ...]) -> None:
    names = [reference.partition("@")[0] for reference in references]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise HintedError(f"names '{twice[0]}' twice: a cell runs one major of a module", hint="choose one of the two")


def _standard_environments() -> dict[Environment, EnvironmentSpec]:
    return {"dev": EnvironmentSpec(), "staging": EnvironmentSpec(), "prod": EnvironmentSpec()}
