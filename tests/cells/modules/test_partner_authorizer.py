"""Whose key a request carries, and what it opens: the partner's own feeds and nothing of another partner."""

import json
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells.modules.lambdas.partner_authorizer import index
from cells.modules.partner_api_settings import PartnerApiSpec

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/live/"
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)


class Context:
    function_name = "partners"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn"
    aws_request_id = "1"


@pytest.fixture(scope="module")
def environment():
    with pytest.MonkeyPatch.context() as patch:

        def set_partners(spec):
            patch.setenv("KEY_IDS", json.dumps({partner: f"id-of-{partner}" for partner in spec.partners}))
            patch.setenv("ROUTES", json.dumps(spec.routes_of_a_partner))
            index.partners.cache_clear()
            index.routes.cache_clear()
            return spec

        yield set_partners


def answer(key_id, *, arn=f"{API}POST/api/feed/acme"):
    identity = {"apiKey": "secret-of-the-partner", "apiKeyId": key_id, "sourceIp": "192.0.2.1"}
    event = {"type": "REQUEST", "methodArn": arn, "path": "/api/feed/acme", "requestContext": {"identity": identity}}
    return index.handler(event, Context())


def opens(found, route, *, api=API):
    """Whether the policy allows a request: something allows it, and nothing denies it."""
    method, path = route.split(" ", 1)
    effects = {
        statement["Effect"]
        for statement in found["policyDocument"]["Statement"]
        if any(fnmatchcase(f"{api}{method}{path}", one) for one in statement["Resource"])
    }
    return effects == {"Allow"}


def test_a_key_opens_the_feeds_of_its_partner_and_the_queries(environment):
    environment(PartnerApiSpec(partners=("acme", "globex")))

    found = answer("id-of-acme")

    assert found["principalId"] == "acme"
    for route in ("POST /api/feed/acme", "POST /api/feed/acme/batch", "GET /api/orders/4711", "GET /api/errors/stats"):
        assert opens(found, route), route
    assert not opens(found, "POST /api/feed/globex")
    assert not opens(found, "DELETE /api/orders/4711")


def test_a_key_opens_no_query_where_queries_take_no_key(environment):
    environment(PartnerApiSpec(partners=("acme",), query_auth="iam"))

    found = answer("id-of-acme")

    assert opens(found, "POST /api/feed/acme")
    assert not opens(found, "GET /api/orders")


@pytest.mark.parametrize("key_id", [None, "", "id-of-globex", "acme"])
def test_a_key_that_is_no_partners_opens_nothing(environment, key_id):
    spec = environment(PartnerApiSpec(partners=("acme",)))

    found = answer(key_id)

    routes = [f"{route.method} {route.path}" for route in spec.api(log_retention_days=30).routes]
    assert not any(opens(found, route) for route in routes)


def test_a_key_opens_nothing_of_another_api_or_stage(environment):
    environment(PartnerApiSpec(partners=("acme",)))

    found = answer("id-of-acme")

    for api in (API.replace("a1b2c3", "zzzzzz"), API.replace("live", "test"), API.replace("1111", "4444")):
        assert not opens(found, "POST /api/feed/acme", api=api)


def test_the_policy_is_in_the_partition_of_the_api(environment):
    environment(PartnerApiSpec(partners=("acme",)))
    china = API.replace("arn:aws:", "arn:aws-cn:").replace("eu-west-1", "cn-north-1")

    found = answer("id-of-acme", arn=f"{china}POST/api/feed/acme")

    assert opens(found, "POST /api/feed/acme", api=china)


def test_neither_the_answer_nor_the_log_has_the_key(environment, caplog):
    environment(PartnerApiSpec(partners=("acme",)))

    answers = json.dumps([answer("id-of-acme"), answer("unknown")])

    logged = str([vars(record) for record in caplog.records])
    assert "the key is no partner's" in logged
    assert "secret-of-the-partner" not in answers + logged


@given(names=st.lists(NAMES, min_size=2, max_size=6, unique=True))
def test_whatever_partners_are_called_none_opens_the_feed_of_another(environment, names):
    spec = environment(PartnerApiSpec(partners=tuple(names)))
    posts = [route for route in spec.api(log_retention_days=30).routes if route.method == "POST"]

    for partner in names:
        found = answer(f"id-of-{partner}")
        opened = {route.path for route in posts if opens(found, f"POST {route.path}")}
        assert opened == {f"/api/feed/{partner}", f"/api/feed/{partner}/batch"}
