"""The Content-Security-Policy header: what a page may load and call."""

from collections.abc import Sequence


def with_connections(policy: str, origins: Sequence[str]) -> str:
    """The policy, with `origins` among what scripts may call.

    Where it has no `connect-src`, browsers go by its `default-src`, so the new directive starts from that one.
    See https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/connect-src
    """
    if not origins:
        return policy
    directives = [directive.strip() for directive in policy.split(";") if directive.strip()]
    sources = {name: rest for name, _, rest in (directive.partition(" ") for directive in directives)}
    allowed = sources.get("connect-src", sources.get("default-src", "'self'"))
    known = [source for source in allowed.split() if source != "'none'"]
    connect = " ".join(["connect-src", *known, *origins])
    if "connect-src" not in sources:
        return "; ".join([*directives, connect])
    return "; ".join(connect if directive.partition(" ")[0] == "connect-src" else directive for directive in directives)
