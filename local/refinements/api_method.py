"""Methods of REST APIs."""

from local.handlers.handler import Place
from local.properties import Json, Properties
from local.refinements.refinement import Refinement


class ApiMethod(Refinement):
    """The request validator of a method, which the emulator underneath leaves out."""

    types = ("AWS::ApiGateway::Method",)

    def refine(self, place: Place, physical_id: str, properties: Properties) -> dict[str, Json]:
        """Name the validator, so that requests are checked."""
        validator = properties.text("RequestValidatorId")
        if validator:
            change: Json = [{"op": "replace", "path": "/requestValidatorId", "value": validator}]
            request: dict[str, Json] = {
                "restApiId": properties.text("RestApiId"),
                "resourceId": properties.text("ResourceId"),
                "httpMethod": properties.text("HttpMethod"),
                "patchOperations": change,
            }
            place.aws.call("apigateway", "UpdateMethod", request)
        return {}
