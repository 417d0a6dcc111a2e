"""What the authorizer of a REST API is told of the key of a request: the emulator underneath leaves it out."""

from ministack.services import apigateway_v1

from local.properties import Json

Event = dict[str, Json]


def tell_authorizers_whose_key_it_is() -> None:
    """Put the key and its id into what a function of the type REQUEST is called with. Call once.

    Both are null for a key that nobody has.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
    """
    invoke = apigateway_v1._invoke_authorizer_lambda

    async def told(authorizer: Event, event: Event, account: str, region: str) -> Json:
        context = event.get("requestContext")
        identity = context.get("identity") if isinstance(context, dict) else None
        if isinstance(identity, dict):
            key = apigateway_v1._resolve_api_key(apigateway_v1._api_key_from_request(event["headers"])) or {}
            identity |= {"apiKey": key.get("value"), "apiKeyId": key.get("id")}
        answer: Json = await invoke(authorizer, event, account, region)
        return answer

    apigateway_v1._invoke_authorizer_lambda = told
