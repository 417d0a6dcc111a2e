"""The headers with which every page of a cell tells the browser what to refuse, whoever serves it."""

from collections.abc import Mapping

HTTPS_ONLY_DAYS = 730
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
"""The features of a browser that no page of a cell uses."""


def security_headers(content_security_policy: str) -> Mapping[str, str]:
    """Each header with its value: what `ResponseHeaders` has CloudFront send, for a host that is told in text.

    See https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers
    """
    return {
        "Content-Security-Policy": content_security_policy,
        "Permissions-Policy": PERMISSIONS,
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Strict-Transport-Security": f"max-age={HTTPS_ONLY_DAYS * 86_400}; includeSubDomains; preload",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
