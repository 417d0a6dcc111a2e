"""The front door of a cell: CloudFront and AWS WAF."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.specs.base import Spec

RuleMode = Literal["block", "count", "off"]
"""`block` acts, `count` only measures (to try a rule on live traffic), `off` leaves the rule out."""


class EdgeSpec(Spec):
    """What CloudFront and the web ACL do with a request. Each WAF rule is switched on its own."""

    common_rules: RuleMode
    """AWSManagedRulesCommonRuleSet (OWASP top ten, cross-site scripting among them)."""
    known_bad_inputs: RuleMode
    """AWSManagedRulesKnownBadInputsRuleSet."""
    sql_injection: RuleMode
    """AWSManagedRulesSQLiRuleSet."""
    cross_site_scripting: RuleMode
    """An own rule over query, body, headers and URI, besides the managed one."""
    ip_reputation: RuleMode
    """AWSManagedRulesAmazonIpReputationList."""
    bot_control: RuleMode
    """AWSManagedRulesBotControlRuleSet. Billed per request."""
    rate_limit: RuleMode
    """Blocks an address with more than `requests_per_five_minutes`."""
    requests_per_five_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)]
    geo_blocking: RuleMode
    """Blocks requests from `blocked_countries`."""
    blocked_countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...]
    """ISO 3166 country codes."""
    price_class: Literal["100", "200", "all"]
    """CloudFront's edge locations: North America and Europe, most, or all."""
    content_security_policy: str
    """The Content-Security-Policy header of every response."""
    log_retention_days: Annotated[int, Field(ge=1)]
    """Retention of web ACL and CloudFront logs."""

    shield_advanced: bool = False
    """Protects the distribution with AWS Shield Advanced, which the account has to be subscribed to.

    The subscription binds for a year, costs thousands of dollars a month for the whole organization, and is made by a
    person. Shield Standard needs nothing: it is always on, for every distribution.
    """

    @model_validator(mode="after")
    def _geo_blocking_needs_countries(self) -> Self:
        if self.geo_blocking != "off" and not self.blocked_countries:
            raise ValueError(
                f"geo_blocking '{self.geo_blocking}' needs blocked_countries: name them, or switch geo_blocking off"
            )
        return self
