"""The paths of the single-page application: they live in the browser, and no file has their name."""

from __future__ import annotations

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

CODE = """\
function handler(event) {
  var request = event.request;
  var name = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (name.indexOf('.') === -1) {
    request.uri = '/index.html';
  }
  return request;
}
"""
"""A path whose last part has no extension is the application itself; a file that is not there stays missing."""


class SitePaths(Construct):
    """A CloudFront function that answers every path of the application with `index.html`.

    It belongs to the behavior of the site only. An error page of the distribution would do the same, and would turn
    every 404 of the API into a page as well.
    See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-functions.html
    """

    def __init__(self, scope: Construct, id: str, *, name_prefix: str) -> None:
        super().__init__(scope, id)
        self.function = cloudfront.Function(
            self,
            "Resource",
            function_name=f"{name_prefix}-site-paths",
            comment="Paths of the single-page application",
            code=cloudfront.FunctionCode.from_inline(CODE),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )

    @property
    def association(self) -> cloudfront.FunctionAssociation:
        """What a behavior says to have its requests rewritten."""
        return cloudfront.FunctionAssociation(
            function=self.function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
        )
