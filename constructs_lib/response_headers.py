"""The headers with which every answer of a cell tells the browser what to refuse."""

from __future__ import annotations

from collections.abc import Sequence

import jsii
from aws_cdk import Duration, IStableStringProducer, Lazy
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from constructs_lib.specs.content_security import with_sources
from constructs_lib.specs.security_headers import HTTPS_ONLY_DAYS, PERMISSIONS

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Requested-With",
    "traceparent",
    "tracestate",
)
"""What pages of another origin may send. By name: with credentials, a `*` is a header of that name and no wildcard."""
ANSWER_HEADERS = ("ETag", "Location", "Retry-After")
"""What they may read, besides what every page may."""
PREFLIGHT = Duration.hours(2)
"""How long a browser remembers a preflight: no browser that is common does longer."""


class ResponseHeaders(Construct):
    """Security headers on every response: HTTPS for two years, no framing, no sniffing, no foreign content.

    They override what the origin says, so that no service can weaken them. With `cors_origins`, pages of exactly these
    origins may call, with the user's cookies; a service cannot add another.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-response-headers.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        content_security_policy: str,
        name_prefix: str,
        cors_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self._content = _ContentSecurity(content_security_policy)
        self.policy = cloudfront.ResponseHeadersPolicy(
            self,
            "Resource",
            response_headers_policy_name=f"{name_prefix}-security",
            comment="Security headers of a product cell",
            security_headers_behavior=_security_headers(Lazy.string(self._content)),
            cors_behavior=_cors(cors_origins) if cors_origins else None,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header="Permissions-Policy", value=PERMISSIONS, override=True)
                ]
            ),
            remove_headers=["Server", "X-Powered-By"],
        )

    def let_pages_call(self, origin: str) -> None:
        """Let scripts of the site call another origin, such as the bucket that they upload to."""
        self._content.called.append(origin)

    def let_pages_show(self, origin: str) -> None:
        """Let pages of the site show pictures of another origin, such as the bucket of what users uploaded."""
        self._content.shown.append(origin)


@jsii.implements(IStableStringProducer)
class _ContentSecurity:
    """The header's value at synth, when everybody has said what pages call and show."""

    def __init__(self, policy: str) -> None:
        self._policy = policy
        self.called: list[str] = []
        self.shown: list[str] = []

    def produce(self) -> str:
        """The policy of the product with what was added."""
        return with_sources(with_sources(self._policy, "connect-src", self.called), "img-src", self.shown)


def _security_headers(content_security_policy: str) -> cloudfront.ResponseSecurityHeadersBehavior:
    return cloudfront.ResponseSecurityHeadersBehavior(
        strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
            access_control_max_age=Duration.days(HTTPS_ONLY_DAYS), include_subdomains=True, preload=True, override=True
        ),
        content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
            content_security_policy=content_security_policy, override=True
        ),
        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
        frame_options=cloudfront.ResponseHeadersFrameOptions(
            frame_option=cloudfront.HeadersFrameOption.DENY, override=True
        ),
        referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
            referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
        ),
    )


def _cors(origins: Sequence[str]) -> cloudfront.ResponseHeadersCorsBehavior:
    return cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_credentials=True,
        access_control_allow_headers=list(REQUEST_HEADERS),
        access_control_allow_methods=list(METHODS),
        access_control_allow_origins=list(origins),
        access_control_expose_headers=list(ANSWER_HEADERS),
        access_control_max_age=PREFLIGHT,
        origin_override=True,
    )
