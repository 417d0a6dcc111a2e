"""Routes and schemas: what does not fit is refused before anything is built."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, SchemaError
from pydantic import TypeAdapter, ValidationError

from constructs_lib.specs.json_schema import JsonSchema
from constructs_lib.specs.rest_api import RestApiSpec, RouteSpec

SCHEMAS = TypeAdapter(JsonSchema)


@pytest.mark.parametrize(
    "schema,message",
    [
        ({"type": "objekt"}, "at type, 'objekt' is not valid"),
        ({"type": "object", "properties": {"a": {"type": 5}}}, "at properties/a/type, 5 is not valid"),
        ({"type": "object", "required": "id"}, "at required, 'id' is not of type 'array'"),
        ({"properties": {}}, "has no 'type' at its top"),
        (
            {"type": "object", "properties": {"a": {"$ref": "https://example.com/a"}}},
            "refers to 'https://example.com/a'",
        ),
    ],
)
def test_what_is_no_schema_is_refused_with_its_place(schema, message):
    with pytest.raises(ValidationError) as caught:
        SCHEMAS.validate_python(schema)

    assert message in str(caught.value)


@given(st.dictionaries(st.sampled_from(["minLength", "maximum", "enum", "pattern", "items"]), st.integers(-2, 2)))
def test_a_schema_passes_exactly_when_the_metaschema_takes_it(keywords):
    schema = {"type": "object", **keywords}
    try:
        Draft4Validator.check_schema(schema)
        valid = True
    except SchemaError:
        valid = False

    if valid:
        assert SCHEMAS.validate_python(schema) == schema
    else:
        with pytest.raises(ValidationError, match="is no JSON Schema"):
            SCHEMAS.validate_python(schema)


@pytest.mark.parametrize(
    "route,message",
    [
        ({"method": "GET", "path": "/a", "body": "Order"}, "GET /a has no body to check"),
        ({"method": "POST", "path": "/a", "cache_seconds": 5}, "POST /a cannot be cached"),
        ({"method": "GET", "path": "a"}, "String should match pattern"),
    ],
)
def test_a_route_that_cannot_be_is_refused(route, message):
    with pytest.raises(ValidationError, match=message):
        RouteSpec.model_validate(route)


def test_a_route_is_there_once_and_its_schema_is_there():
    route = RouteSpec(method="POST", path="/a", body="Order")

    with pytest.raises(ValidationError, match="POST /a is there twice"):
        RestApiSpec(routes=(route, route), schemas={"Order": {"type": "object"}})
    with pytest.raises(ValidationError, match="names the schema 'Order'; there is Invoice"):
        RestApiSpec(routes=(route,), schemas={"Invoice": {"type": "object"}})


@pytest.mark.parametrize("path", ["/api/{rest+}", "/{all+}"])
def test_a_path_may_end_with_everything_below_it(path):
    (name,) = RouteSpec(method="ANY", path=path).parameters

    assert f"{{{name}+}}" in path


def test_everything_below_stands_at_the_end_only():
    with pytest.raises(ValidationError, match="String should match pattern"):
        RouteSpec(method="ANY", path="/api/{rest+}/more")
