"""The stack of policies: what is declared, retained, attached to nothing, one after the other."""

import json

import pytest

from accounts.policies.declared import declared_policies
from accounts.policies.digest import digest_of, digest_of_text
from accounts.policies.ownership import GUARDRAILS_TAG, OURS, TARGET_TAG
from accounts.policies.registry import GUARDRAILS
from accounts.quotas import quota
from accounts.topology import path_text, topology_of
from tests.accounts.conftest import PRODUCTS

STACK, TYPE = "OrganizationPolicies", "AWS::Organizations::Policy"


@pytest.fixture(scope="module")
def declared(organization, registry):
    return declared_policies(organization, registry, topology_of(organization, PRODUCTS, registry), GUARDRAILS)


@pytest.fixture(scope="module")
def resources(ground):
    return ground.template(STACK).to_json()["Resources"]


def test_the_template_has_every_declared_policy_and_nothing_else(ground, declared):
    made = {one["Properties"]["Name"]: one["Properties"] for one in ground.all(STACK, TYPE)}

    assert made.keys() == {one.name for one in declared}
    for one in declared:
        assert made[one.name]["Content"] == one.policy.content
        assert made[one.name]["Type"] == one.type


def test_the_stack_holds_policies_only(resources):
    assert {one["Type"] for one in resources.values()} == {TYPE}


def test_every_policy_is_retained_and_attached_to_nothing(resources):
    for one in resources.values():
        assert one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain"
        assert "TargetIds" not in one["Properties"]


def test_policies_are_made_one_after_the_other(resources):
    waits = [one.get("DependsOn", []) for one in resources.values()]

    assert sorted(map(len, waits)) == [0] + [1] * (len(resources) - 1)


def test_the_logical_id_changes_with_the_content(resources, declared):
    by_name = {one["Properties"]["Name"]: id for id, one in resources.items()}

    assert all(by_name[one.name].lower().endswith(one.digest[:8]) for one in declared)


def test_the_stack_cannot_be_deleted_by_mistake(ground):
    assert ground.artifact(STACK)["terminationProtection"] is True


def test_a_policy_says_whose_it_is_for_which_unit_and_what_is_in_it(ground, declared):
    made = {one["Properties"]["Name"]: one["Properties"] for one in ground.all(STACK, TYPE)}

    for one in declared:
        tags = {tag["Key"]: tag["Value"] for tag in made[one.name]["Tags"]}
        assert tags[OURS[0]] == OURS[1]
        assert tags[TARGET_TAG] == path_text(one.target)
        assert tags[GUARDRAILS_TAG].split()[0] in one.policy.guardrails
        assert len(tags[GUARDRAILS_TAG]) <= 256
        assert len(made[one.name]["Description"]) <= quota("policy_description")


SAME = [
    ("the order of keys", '{"a":1,"b":"x"}', '{"b":"x","a":1}'),
    ("blanks", '{"a":1}', '{ "a" : 1 }'),
    ("what CloudFormation writes as strings", '{"a":true,"b":1}', '{"a":"true","b":"1"}'),
]


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_what_makes_no_difference_to_aws_makes_none_to_the_digest(one, other):
    assert digest_of_text(one) == digest_of_text(other) == digest_of(json.loads(one))


@pytest.mark.parametrize("other", ['{"a":2}', '{"a":[1]}', "", "no JSON"])
def test_another_content_has_another_digest(other):
    assert digest_of_text('{"a":1}') != digest_of_text(other)
