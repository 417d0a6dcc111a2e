"""The Content-Security-Policy header: what a page may load and call."""

from collections.abc import Sequence
from typing import Literal

SourceDirective = Literal["connect-src", "img-src"]
"""What origins are added to: what scripts may call, and which pictures a page may show."""


def with_sources(policy: str, directive: SourceDirective, origins: Sequence[str]) -> str:
    """The policy, with `origins` among the sources of a directive.

    Where it does not have the directive, browsers go by its `default-src`, so the new one starts from that.
    See https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
    """
    if not origins:
        return policy
    directives = [one.strip() for one in policy.split(";") if one.strip()]
    sources = {name: rest for name, _, rest in (one.partition(" ") for one in directives)}
    allowed = sources.get(directive, sources.get("default-src", "'self'"))
    known = [source for source in allowed.split() if source != "'none'"]
    wider = " ".join([directive, *known, *origins])
    if directive not in sources:
        return "; ".join([*directives, wider])
    return "; ".join(wider if one.partition(" ")[0] == directive else one for one in directives)
