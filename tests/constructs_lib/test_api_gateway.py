"""The gateway's own parts: its keys and where they are copied, its names, and what the checks say of it."""

import pytest
from aws_cdk.assertions import Template

from constructs_lib.api_gateway import ApiGateway
from constructs_lib.specs.gateway import GatewaySpec
from tests.constructs_lib.sample_data import RETAIN
from tests.constructs_lib.sample_service import SampleService


def template(edge_region: str, *, key: int = 1) -> Template:
    sample = SampleService()
    ApiGateway(
        sample.stack,
        "Gateway",
        spec=GatewaySpec(enabled=True, key=key),
        network=sample.network,
        load_balancer=sample.load_balancer(),
        origin_domain="origin.crm.example.com",
        name_prefix=sample.identity.prefix,
        edge_region=edge_region,
        secret_key=sample.key,
        protection=RETAIN,
        log_key=sample.key,
        log_retention_days=90,
    )
    return Template.from_stack(sample.stack)


@pytest.fixture(scope="module")
def far() -> Template:
    return template("us-east-1", key=7)


def secrets(found: Template) -> list[dict]:
    return list(found.find_resources("AWS::SecretsManager::Secret").values())


def test_each_key_that_is_taken_is_a_secret_with_a_copy_in_cloudfront_s_region(far):
    assert [one["Properties"]["ReplicaRegions"] for one in secrets(far)] == [[{"Region": "us-east-1"}]] * 2
    assert {one["Properties"]["Description"][-8:] for one in secrets(far)} == {"number 6", "number 7"}


def test_a_cell_in_cloudfront_s_region_needs_no_copy():
    (secret,) = secrets(template("eu-west-1"))

    assert "ReplicaRegions" not in secret["Properties"]


def test_secrets_have_no_name_of_ours_that_a_kept_one_would_hold(far):
    assert not [one for one in secrets(far) if "Name" in one["Properties"]]
    assert {one["DeletionPolicy"] for one in secrets(far)} == {"RetainExceptOnCreate"}


def test_the_link_is_named_after_the_cell(far):
    (link,) = far.find_resources("AWS::ApiGatewayV2::VpcLink").values()

    assert link["Properties"]["Name"] == "acme-crm-prod-api"
