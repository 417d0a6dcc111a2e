"""Who serves the pages of a product: CloudFront and S3, an outside host, or Amplify Hosting."""

import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, model_validator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import HintedError

APEX = "@"
"""The cell's domain itself, where a record says its name."""

API_LABEL = "api"
"""The front door's name below the cell's domain, where the pages are served by somebody else."""

_TAKEN = frozenset({API_LABEL, "origin", "partner", "bounce"})
"""Names that the cell has records of its own for."""
_TAKEN_TEXTS = frozenset({"_dmarc"})

OutsideHost = Literal["vercel", "cloudflare-pages"]

_TARGETS: Mapping[OutsideHost, re.Pattern[str]] = {
    "vercel": re.compile(r"[a-z0-9-]+\.vercel-dns(-\d+)?\.com"),
    "cloudflare-pages": re.compile(r"[a-z0-9-]+\.pages\.dev"),
}
_EXAMPLES: Mapping[OutsideHost, str] = {"vercel": "cname.vercel-dns.com", "cloudflare-pages": "my-project.pages.dev"}
HOST_AUTHORITIES: Mapping[OutsideHost, tuple[str, ...]] = {
    "vercel": ("letsencrypt.org",),
    "cloudflare-pages": ("letsencrypt.org", "pki.goog; cansignhttpexchanges=yes", "ssl.com"),
}
"""Who signs the certificates of each host, in the words of a CAA record.

https://vercel.com/docs/domains/working-with-ssl,
https://developers.cloudflare.com/ssl/edge-certificates/caa-records/
"""


def _record_name(value: str) -> str:
    if value in _TAKEN:
        raise HintedError(f"the cell has a record of its own for '{value}'", hint="choose another name")
    if value != APEX and not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", value):
        raise HintedError(
            "is not a name below the cell's domain", hint="write it like www, or '@' for the domain itself"
        )
    return value


def _text_name(value: str) -> str:
    if value in _TAKEN_TEXTS or "_domainkey" in value:
        raise HintedError(f"'{value}' belongs to the cell's own mail", hint="choose another name")
    if not re.fullmatch(r"_[a-z0-9-]+(\.[a-z0-9-]+)*", value):
        raise HintedError("is not the name of a verification", hint="it begins with an underscore, such as _vercel")
    return value


def _public_address(value: str) -> str:
    try:
        address = IPv4Address(value)
    except AddressValueError:
        raise HintedError("is not an IPv4 address", hint="write it like 76.76.21.21") from None
    if not address.is_global:
        raise HintedError("is not an address of the internet", hint="take the one that the host's dashboard shows")
    return value


def _origin(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{2,5})?", value):
        raise HintedError(
            "is not an origin", hint="write scheme and host, such as https://shop.example.com: no path and no wildcard"
        )
    return value


RecordName = Annotated[str, Field(max_length=100), AfterValidator(_record_name)]
TextName = Annotated[str, Field(max_length=100), AfterValidator(_text_name)]
Address = Annotated[str, AfterValidator(_public_address)]
Origin = Annotated[str, Field(max_length=200), AfterValidator(_origin)]
Authority = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(; [a-z0-9=]+)*$", max_length=200)]


class SpaFrontend(Spec):
    """A single-page application in a bucket of the cell, served by the front door under the same domain as the API."""

    kind: Literal["spa"] = "spa"


class OutsideRecord(Spec):
    """One name that points at the outside host. It is an origin that may call the API."""

    name: RecordName
    """`www`, or `@` for the cell's domain itself."""
    target: Annotated[str, Field(max_length=200)] | None = None
    """The host's name for the project: a CNAME record, which the domain itself cannot have."""
    addresses: Annotated[tuple[Address, ...], Field(max_length=10)] = ()
    """The host's IPv4 addresses, for the domain itself."""

    @model_validator(mode="after")
    def _points_somewhere(self) -> Self:
        if (self.target is None) == (not self.addresses):
            raise HintedError(f"'{self.name}' needs either a target or addresses", hint="give one of the two")
        if self.name == APEX and self.target is not None:
            raise HintedError(
                "the domain itself cannot be a CNAME record: the zone's own records are there",
                hint="give the host's addresses, or point www at the target",
            )
        return self


class Verification(Spec):
    """A TXT record by which the host sees that the domain is yours."""

    name: TextName
    """Such as `_vercel`."""
    values: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=255)], ...], Field(min_length=1, max_length=10)
    ]


class ExternalFrontend(Spec):
    """Pages that Vercel or Cloudflare Pages serves. The front door serves the API only, at `api.<domain>`.

    The cell has what such a host asks for, and nothing else: DNS records, certificate authorities, CORS.
    See https://vercel.com/docs/domains/working-with-domains/add-a-domain,
    https://developers.cloudflare.com/pages/configuration/custom-domains/
    """

    kind: Literal["external"]
    host: OutsideHost
    records: Annotated[tuple[OutsideRecord, ...], Field(min_length=1, max_length=20)]
    """The names at which the pages are. Each is an origin of the API's CORS."""
    verifications: Annotated[tuple[Verification, ...], Field(max_length=10)] = ()
    origins: Annotated[tuple[Origin, ...], Field(max_length=20)] = ()
    """Further origins that may call the API with the user's cookies, such as one preview deployment."""
    certificate_authorities: Annotated[tuple[Authority, ...], Field(min_length=1, max_length=10)] | None = None
    """Who may sign certificates of the names, besides Amazon. Default: those of the host."""

    @model_validator(mode="after")
    def _names_are_told_once(self) -> Self:
        for kind, names in (
            ("records", [record.name for record in self.records]),
            ("verifications", [verification.name for verification in self.verifications]),
        ):
            if twice := [name for name in names if names.count(name) > 1]:
                raise HintedError(f"{kind} have '{twice[0]}' twice", hint="put what belongs to a name into one entry")
        return self

    @model_validator(mode="after")
    def _targets_are_the_hosts(self) -> Self:
        for record in self.records:
            if record.addresses and self.host == "cloudflare-pages":
                raise HintedError(
                    f"Cloudflare Pages has no addresses for '{record.name}': for a domain itself it wants the zone",
                    hint="point a name such as www at your-project.pages.dev",
                )
            if record.target is not None and not _TARGETS[self.host].fullmatch(record.target):
                raise HintedError(
                    f"target of '{record.name}' is not a name of {self.host}, got '{record.target}'",
                    hint=f"copy it from the host's dashboard, such as {_EXAMPLES[self.host]}",
                )
        return self

    @property
    def authorities(self) -> tuple[str, ...]:
        """Who may sign certificates of the names, besides Amazon."""
        return self.certificate_authorities or HOST_AUTHORITIES[self.host]


VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=100)]
PagePath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9._/-]*\*\*$", max_length=200)]


def _variable_name(values: dict[str, str]) -> dict[str, str]:
    for name in values:
        if name == "API_URL" or name.startswith(("AWS_", "AMPLIFY_", "_")):
            raise HintedError(f"'{name}' is set by the cell or by Amplify", hint="take it out, or choose another name")
    return values


class AmplifyFrontend(Spec):
    """Pages that AWS Amplify Hosting serves at the cell's domain. The front door serves the API, at `api.<domain>`.

    See https://docs.aws.amazon.com/amplify/latest/userguide/welcome.html
    """

    kind: Literal["amplify"]
    rendering: Literal["static", "server"] = "static"
    """`static`: files, which the pipeline deploys. `server`: pages rendered for each request, which Amplify builds from
    a repository that a person connects once: it takes no finished build of such an app."""
    branch: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)] = "main"
    """The branch that is served. Of a `server` app it is the one of the repository."""
    variables: Annotated[dict[VariableName, str], Field(max_length=50), AfterValidator(_variable_name)] = Field(
        default_factory=dict
    )
    """What the build sees, besides `API_URL`. Anybody may read it in the pages: never a secret."""
    versioned_paths: Annotated[tuple[PagePath, ...], Field(max_length=20)] = ("/_next/static/**", "/assets/**")
    """Files whose names change with their content: browsers keep them for a year, and ask again for all others."""


_KINDS = ("spa", "external", "amplify")


def _by_name(value: JsonValue) -> JsonValue:
    """The short form, and an error that says what there is to choose from."""
    if isinstance(value, str):
        value = {"kind": value}
    if isinstance(value, dict) and value.get("kind") not in _KINDS:
        known = ", ".join(_KINDS)
        if "kind" not in value:
            raise HintedError("does not say which kind it is", hint=f"add `kind`, one of {known}")
        raise HintedError(f"kind {value['kind']!r} is not known", hint=f"choose one of {known}")
    return value


Frontend = Annotated[
    Annotated[SpaFrontend | ExternalFrontend | AmplifyFrontend, Field(discriminator="kind")],
    BeforeValidator(
        _by_name, json_schema_input_type=Literal["spa", "amplify"] | SpaFrontend | ExternalFrontend | AmplifyFrontend
    ),
]
"""The choice: its name alone, or `kind` with what it needs."""
