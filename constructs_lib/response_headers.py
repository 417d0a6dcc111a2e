"""The headers with which every answer of a cell tells the browser what to refuse."""

from __future__ import annotations

import jsii
from aws_cdk import Duration, IStableStringProducer, Lazy
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from constructs_lib.specs.content_security import with_sources

_TWO_YEARS = Duration.days(730)
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class ResponseHeaders(Construct):
    """Security headers on every response: HTTPS for two years, no framing, no sniffing, no foreign content.

    They override what the origin says, so that no service can weaken them.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-response-headers.html
    """

    def __init__(self, scope: Construct, id: str, *, content_security_policy: str, name_prefix: str) -> None:
        super().__init__(scope, id)
        self._content = _ContentSecurity(content_security_policy)
        self.policy = cloudfront.ResponseHeadersPolicy(
            self,
            "Resource",
            response_headers_policy_name=f"{name_prefix}-security",
            comment="Security headers of a product cell",
            security_headers_behavior=_security_headers(Lazy.string(self._content)),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header="Permissions-Policy", value=_PERMISSIONS, override=True)
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
            access_control_max_age=_TWO_YEARS, include_subdomains=True, preload=True, override=True
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
