"""Cost allocation tags: the management account activates what is on a stack of one of its accounts."""

import json

import pytest
from botocore.exceptions import ClientError

from local.accounts import ensure_accounts
from tests.local.conftest import Local

OWNER, MEMBER, STRANGER = "555555555561", "555555555562", "555555555563"


@pytest.fixture(scope="module")
def costs(local: Local):
    """Cost Explorer of an organization in which a member has a tagged stack, and a stranger one of his own."""
    endpoint = local.server.endpoint
    ensure_accounts(endpoint, OWNER, [("owner", OWNER, "o@example.com"), ("member", MEMBER, "m@example.com")])
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    for account, key in ((MEMBER, "product"), (STRANGER, "mine")):
        local.session(account).client("cloudformation", endpoint_url=endpoint).create_stack(
            StackName="tagged", TemplateBody=template, Tags=[{"Key": key, "Value": "x"}]
        )
    return local.session(OWNER, "us-east-1").client("ce", endpoint_url=endpoint)


def status(costs) -> dict[str, str]:
    return {one["TagKey"]: one["Status"] for one in costs.list_cost_allocation_tags()["CostAllocationTags"]}


def switch(costs, key: str, status: str) -> list[dict[str, str]]:
    answer = costs.update_cost_allocation_tags_status(CostAllocationTagsStatus=[{"TagKey": key, "Status": status}])
    return list(answer["Errors"])


def test_a_tag_on_a_stack_of_a_member_is_known_and_is_switched_on_and_off(costs):
    seen = status(costs)
    errors = switch(costs, "product", "Active")
    active = status(costs)
    switch(costs, "product", "Inactive")

    assert (seen, errors, active) == ({"product": "Inactive"}, [], {"product": "Active"})
    assert status(costs) == {"product": "Inactive"}


def test_a_tag_that_is_on_nothing_of_the_organization_is_not_found(costs):
    assert switch(costs, "mine", "Active") == [
        {"TagKey": "mine", "Code": "TagKeysNotFoundException", "Message": "Tag keys not found: mine"}
    ]


def test_a_member_cannot_ask(local, costs):
    client = local.session(MEMBER, "us-east-1").client("ce", endpoint_url=local.server.endpoint)

    with pytest.raises(ClientError, match="Linked account doesn't have access"):
        client.list_cost_allocation_tags()
