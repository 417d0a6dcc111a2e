"""Says whose key a request carries, and opens only what this partner may ask.

API Gateway looks the key up and gives its id, so no key is known or compared here. After this it asks the usage plan
whether the key counts at all. The answer is cached by key, so it names all routes of the partner and not only this one.
"""

import json
import os
from functools import cache
from typing import TypedDict, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerRequestEvent,
    APIGatewayAuthorizerResponse,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

NOBODY = "nobody"


class Statement(TypedDict):
    """Part of a policy."""

    Action: str
    Effect: str
    Resource: list[str]


class Policy(TypedDict):
    """What the caller may ask."""

    Version: str
    Statement: list[Statement]


class Answer(TypedDict):
    """Who the caller is, and the policy."""

    principalId: str
    policyDocument: Policy


logger = Logger(service="partner-authorizer")


@logger.inject_lambda_context
def handler(event: dict[str, object], context: LambdaContext) -> Answer:
    """Allow the routes of the partner whose key it is. A key of nobody is denied everything."""
    request = APIGatewayAuthorizerRequestEvent(event)
    key_id = request.request_context.identity.api_key_id
    partner = partners().get(key_id) if key_id else None
    if partner is None:
        logger.warning("the key is no partner's", extra={"key_id": key_id, "path": request.path})
        answer = answer_for(request, NOBODY)
        answer.deny_all_routes()
    else:
        answer = answer_for(request, partner)
        for route in routes():
            method, path = route.format(partner=partner).split(" ", 1)
            answer.allow_route(method, path)
    return cast("Answer", answer.asdict())


def answer_for(request: APIGatewayAuthorizerRequestEvent, principal: str) -> APIGatewayAuthorizerResponse:
    """An empty answer for the API and the stage of the request."""
    called = request.parsed_arn
    return APIGatewayAuthorizerResponse(
        principal_id=principal,
        region=called.region,
        aws_account_id=called.aws_account_id,
        api_id=called.api_id,
        stage=called.stage,
        partition=called.partition,
    )


@cache
def partners() -> dict[str, str]:
    """The partners by the id of their key."""
    key_ids: dict[str, str] = json.loads(os.environ["KEY_IDS"])
    return {key_id: partner for partner, key_id in key_ids.items()}


@cache
def routes() -> list[str]:
    """What each partner may ask: `POST /api/feed/{partner}`."""
    known: list[str] = json.loads(os.environ["ROUTES"])
    return known
