"""The front door of an API whose pages another origin serves: who may call, and which paths there are."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from constructs_lib.response_headers import ANSWER_HEADERS, METHODS, PREFLIGHT, REQUEST_HEADERS

CLOSED = """\
function handler(event) {
  return { statusCode: 404, statusDescription: 'Not Found' };
}
"""
"""There is nothing behind a path that is not the API's: no site, and no path of the services that others guard."""

_CALLERS = """\
var ORIGINS = %(origins)s;
function handler(event) {
  var request = event.request;
  var origin = request.headers.origin;
  if (!origin) {
    return request;
  }
  if (ORIGINS.indexOf(origin.value) === -1) {
    return { statusCode: 403, statusDescription: 'Forbidden' };
  }
  if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) {
    return request;
  }
  return {
    statusCode: 204,
    statusDescription: 'No Content',
    headers: {
      'access-control-allow-origin': { value: origin.value },
      'access-control-allow-credentials': { value: 'true' },
      'access-control-allow-methods': { value: '%(methods)s' },
      'access-control-allow-headers': { value: '%(headers)s' },
      'access-control-expose-headers': { value: '%(answers)s' },
      'access-control-max-age': { value: '%(seconds)d' },
      'vary': { value: 'Origin' }
    }
  };
}
"""


def callers_code(origins: Sequence[str]) -> str:
    """The function that answers preflights and refuses pages of other origins.

    A browser names the origin of the page in every request that another site could forge, WebSockets among them, for
    which it does not ask first. Programs name none and are let through: they have no user's cookies.
    """
    return _CALLERS % {
        "origins": json.dumps(list(origins)),
        "methods": ", ".join(METHODS),
        "headers": ", ".join(REQUEST_HEADERS),
        "answers": ", ".join(ANSWER_HEADERS),
        "seconds": PREFLIGHT.to_seconds(),
    }


class ApiPaths(Construct):
    """Two CloudFront functions: one in front of the API's paths, one in front of everything else.

    A preflight is answered at the edge, after the web ACL: it carries no credentials, so the services could only repeat
    what is known here. Every other path is 404.
    See https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS,
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-functions.html
    """

    def __init__(self, scope: Construct, id: str, *, origins: Sequence[str], name_prefix: str) -> None:
        super().__init__(scope, id)
        self.callers = self._function(
            "Callers",
            f"{name_prefix}-api-callers",
            "Pages of other origins call, or are refused",
            callers_code(origins),
        )
        self.closed = self._function("Closed", f"{name_prefix}-api-closed", "Nothing but the API is here", CLOSED)

    def _function(self, id: str, name: str, comment: str, code: str) -> cloudfront.FunctionAssociation:
        function = cloudfront.Function(
            self,
            id,
            function_name=name,
            comment=comment,
            code=cloudfront.FunctionCode.from_inline(code),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        return cloudfront.FunctionAssociation(function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)
