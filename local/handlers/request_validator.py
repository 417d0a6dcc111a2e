"""Request validators of REST APIs: the emulator underneath makes up their ids, and then nothing is validated."""

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class RequestValidator(Handler):
    """What of a request is checked before an integration is called."""

    types = ("AWS::ApiGateway::RequestValidator",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the validator of its API."""
        request: dict[str, Json] = {
            "restApiId": properties.text("RestApiId"),
            "name": properties.text("Name") or place.name,
            "validateRequestBody": properties.flag("ValidateRequestBody"),
            "validateRequestParameters": properties.flag("ValidateRequestParameters"),
        }
        id = place.aws.call("apigateway", "CreateRequestValidator", request).text("id")
        return Resource(id, {"RequestValidatorId": id})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Resource:
        """Change what is checked."""
        changes: list[Json] = [
            {"op": "replace", "path": path, "value": str(new.flag(name)).lower()}
            for path, name in (
                ("/validateRequestBody", "ValidateRequestBody"),
                ("/validateRequestParameters", "ValidateRequestParameters"),
            )
        ]
        target: dict[str, Json] = {"restApiId": new.text("RestApiId"), "requestValidatorId": physical_id}
        place.aws.call("apigateway", "UpdateRequestValidator", {**target, "patchOperations": changes})
        return Resource(physical_id, {"RequestValidatorId": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Delete the validator. The methods that name it went before."""
        target: dict[str, Json] = {"restApiId": properties.text("RestApiId"), "requestValidatorId": physical_id}
        place.aws.call("apigateway", "DeleteRequestValidator", target)
