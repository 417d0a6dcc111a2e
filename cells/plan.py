"""The plan of a cell: every value resolved, and where each one came from."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, JsonValue

from cells.settings import Settings
from cells.sizes import Size
from constructs_lib.specs.alerts import AlertsSpec
from constructs_lib.specs.base import Spec
from constructs_lib.specs.frontend import APEX, API_LABEL, ExternalFrontend, Frontend, SpaFrontend
from constructs_lib.specs.identity import SENTINEL_ACCOUNT, AccountId, Identity
from constructs_lib.specs.image import Container
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.network import NetworkSpec

BLUEPRINT_VERSION = 1
"""Counts up when the cell's templates change for everyone. The cell record says which one a cell runs."""

ATTACHMENT_OUTPUT = "TransitGatewayAttachmentId"
"""The output of Foundation with the attachment that the network hub has to know."""

SourceKind = Literal[
    "default", "size", "traffic", "product file", "environment", "context", "registry", "organization", "image lock"
]


class Source(Spec):
    """Where a value came from."""

    kind: SourceKind
    where: str
    """The file and line, the size's name or the option."""

    def __str__(self) -> str:
        """`size prod`, `environment cells/products/acme-crm.yaml:18`."""
        return f"{self.kind} {self.where}".strip()


class ModulePlan(Spec):
    """A module of a cell."""

    name: str
    major: int
    reason: Literal["core", "chosen", "required"]
    """`core` is always on, `chosen` was picked, `required` came with another module."""
    required_by: tuple[str, ...] = ()
    settings: Mapping[str, JsonValue] = Field(default_factory=dict)
    """What its spec resolved to, defaults included."""

    @property
    def reference(self) -> str:
        """`documents@1`."""
        return f"{self.name}@{self.major}"


class CellPlan(Spec):
    """Everything that synth needs to know of a cell. Two plans of one shape differ only in identity values."""

    identity: Identity
    account: AccountId
    size: Size
    owner: str
    domain: str
    landing: Landing
    modules: tuple[ModulePlan, ...]
    issuer: str | None = None
    """Who signs the tokens of people that sign in at shared services; None while the registry does not know it."""
    network: NetworkSpec
    network_arithmetic: tuple[str, ...] = ()
    """How traffic chose the network; empty when its size did."""
    settings: Settings
    alerts: AlertsSpec = AlertsSpec()
    """Where alarms go."""
    frontend: Frontend = SpaFrontend()
    """Who serves the pages."""
    images: dict[Container, str]
    """The digest that each container runs."""
    sources: dict[str, Source]
    """Where each value came from, by its dotted name."""
    notes: tuple[str, ...] = ()
    """What a person should know before going on."""

    @property
    def pending(self) -> bool:
        """Whether the account is not vended yet. Such a cell can be synthesized but not deployed."""
        return self.account == SENTINEL_ACCOUNT

    @property
    def modules_from_context(self) -> bool:
        """Whether the modules came from the command line and not from the product file."""
        return self.sources["modules"].kind == "context"

    @property
    def origin_domain(self) -> str:
        """The load balancer's name, which its certificate covers and CloudFront's VPC origin calls."""
        return f"origin.{self.domain}"

    @property
    def api_domain(self) -> str:
        """The front door's name: the cell's domain where it serves the pages too, else `api.<domain>`."""
        return self.domain if isinstance(self.frontend, SpaFrontend) else f"{API_LABEL}.{self.domain}"

    @property
    def page_origins(self) -> tuple[str, ...]:
        """The origins of the pages, which call the API and upload to buckets of assets."""
        if not isinstance(self.frontend, ExternalFrontend):
            return (f"https://{self.domain}",)
        names = [record.name for record in self.frontend.records]
        hosts = [self.domain if name == APEX else f"{name}.{self.domain}" for name in names]
        return tuple(dict.fromkeys([*(f"https://{host}" for host in hosts), *self.frontend.origins]))

    @property
    def cors_origins(self) -> tuple[str, ...]:
        """The origins that call the API from another domain: none where the front door serves the pages itself."""
        return () if isinstance(self.frontend, SpaFrontend) else self.page_origins

    def values(self) -> dict[str, str]:
        """Every value by its dotted name, as `cells show` prints it."""
        settings = self.settings.model_dump(mode="json")
        flat = {
            "account": self.account,
            "region": self.identity.region,
            "size": self.size,
            "owner": self.owner,
            "domain": self.domain,
            "modules": ", ".join(module.reference for module in self.modules),
            "network.cidr": self.network.cidr,
        }
        if self.issuer:
            flat["issuer"] = self.issuer
        flat |= shown_frontend(self.frontend)
        flat |= {f"alerts.{kind}": text for kind, text in shown_alerts(self.alerts).items()}
        flat |= {f"images.{name}": digest for name, digest in self.images.items()}
        for section, fields in settings.items():
            flat |= {f"{section}.{name}": _shown(value) for name, value in fields.items()}
        for module in self.modules:
            flat |= {f"{module.name}.{name}": _shown(value) for name, value in module.settings.items()}
        return flat


def shown_frontend(frontend: Frontend) -> dict[str, str]:
    """Who serves the pages, and how."""
    if isinstance(frontend, SpaFrontend):
        return {"frontend": frontend.kind}
    if isinstance(frontend, ExternalFrontend):
        names = ", ".join(record.name for record in frontend.records)
        return {"frontend": f"{frontend.kind}: {frontend.host} ({names})"}
    return {"frontend": f"{frontend.kind}: {frontend.rendering}, branch {frontend.branch}"}


def shown_alerts(alerts: AlertsSpec) -> dict[str, str]:
    """Where alarms go, in words: `ops@example.com (cell-data)`, a Slack channel, PagerDuty."""

    def told(name: str, prefixes: tuple[str, ...]) -> str:
        return f"{name} ({', '.join(prefixes)})" if prefixes else name

    slack, pagerduty = alerts.slack, alerts.pagerduty
    return {
        "email": ", ".join(told(one.address, one.alarms) for one in alerts.email) or "none",
        "slack": f"{slack.workspace}/{slack.channel}" if slack else "none",
        "pagerduty": told("alerts/pagerduty-url", pagerduty.alarms) if pagerduty else "none",
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)
