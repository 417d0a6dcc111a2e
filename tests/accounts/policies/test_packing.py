"""Packing loses nothing, doubles nothing, stays within the quotas and does not depend on order."""

import json
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.policies.facts import PolicyFacts
from accounts.policies.guardrail import ROOT, Guardrail, Statement
from accounts.policies.packing import Limits, limits_of, policies_of
from accounts.policies.registry import GUARDRAILS
from accounts.policies.substitution import minified, statements_of
from accounts.topology import WORKLOADS
from constructs_lib.specs.errors import InputError

PAGE = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"
FACTS = PolicyFacts(
    organization="example",
    home_region="eu-west-1",
    governed_regions=("eu-west-1", "us-east-1"),
    cell_regions=("eu-west-1",),
    log_archive_account="333333333333",
    security_tooling_account="222222222222",
    network_hub_account="444444444444",
    ci_cd_account="666666666666",
)


def guardrail(name, *statements, attached=(ROOT,), type="SERVICE_CONTROL_POLICY", content=None):
    return Guardrail(
        name=name,
        type=type,
        summary="s",
        why="w",
        reference=PAGE,
        breaks="b",
        attached=attached,
        statements=statements,
        content=content or {},
    )


def padded(sid, characters):
    """A statement of exactly so many characters."""
    bare = len(minified(statements_of(guardrail("x", Statement(sid=sid, actions=("s3:A",))), FACTS)[0]))
    return Statement(sid=sid, actions=("s3:A" + "a" * (characters - bare),))


def statements(policy):
    return policy.content["Statement"]


_GUARDRAILS = st.lists(
    st.lists(st.integers(min_value=70, max_value=2500), min_size=1, max_size=5), min_size=1, max_size=7
).map(
    lambda sizes: [
        guardrail(f"g{row}", *(padded(f"S{row}x{column}", size) for column, size in enumerate(some)))
        for row, some in enumerate(sizes)
    ]
)
_PLENTY = {"scps_per_target": 100}


@given(_GUARDRAILS)
def test_nothing_is_lost_and_nothing_stands_twice(some):
    wanted = Counter(minified(one) for each in some for one in statements_of(each, FACTS))

    found = Counter(minified(one) for policy in policies_of(some, FACTS, _PLENTY) for one in statements(policy))

    assert found == wanted


@given(_GUARDRAILS)
def test_every_policy_is_within_the_limit_and_says_its_size(some):
    for policy in policies_of(some, FACTS, _PLENTY):
        assert len(policy.text) <= 5120
        assert json.loads(policy.text) == policy.content


@given(_GUARDRAILS, st.randoms(use_true_random=False))
def test_the_order_of_declaration_changes_nothing(some, order: random.Random):
    shuffled = [*some]
    order.shuffle(shuffled)

    assert policies_of(shuffled, FACTS, _PLENTY) == policies_of(some, FACTS, _PLENTY)


@given(_GUARDRAILS)
def test_no_two_policies_would_fit_into_one(some):
    """So that there are fewer than twice as many as the best packing has."""
    sizes = [len(policy.text) for policy in policies_of(some, FACTS, _PLENTY)]
    empty = len('{"Version":"2012-10-17","Statement":[]}')

    for index, size in enumerate(sizes):
        assert all(size + other - empty + 1 > 5120 for other in sizes[index + 1 :])


@given(_GUARDRAILS)
def test_each_policy_names_the_guardrails_that_it_holds(some):
    owner = {statement.sid: each.name for each in some for statement in each.statements}

    for policy in policies_of(some, FACTS, _PLENTY):
        assert policy.guardrails == tuple(sorted({owner[one["Sid"]] for one in statements(policy)}))


def test_a_policy_may_be_exactly_as_long_as_the_limit():
    empty = len('{"Version":"2012-10-17","Statement":[]}')

    (policy,) = policies_of([guardrail("full", padded("Full", 5120 - empty))], FACTS)

    assert len(policy.text) == 5120


def test_a_statement_that_is_one_character_too_long_is_named():
    empty = len('{"Version":"2012-10-17","Statement":[]}')

    with pytest.raises(InputError) as error:
        policies_of([guardrail("huge", padded("Huge", 5121 - empty))], FACTS)

    assert str(error.value) == (
        "the SCPs of Root: the statement Huge of 'huge' alone makes a policy of 5,121 characters, "
        "1 more than the 5,120 that AWS takes"
    )


def test_an_overflow_says_which_unit_by_how_much_and_which_is_the_largest():
    some = [guardrail(f"g{n}", padded(f"S{n}", 3000 + n), attached=(WORKLOADS,)) for n in range(6)]

    with pytest.raises(InputError) as error:
        policies_of(some, FACTS)

    assert str(error.value) == (
        "the SCPs of Workloads need 6 policies of 5,120 characters, AWS takes 4 more beside its own: "
        "6,079 characters are over; the largest guardrail is 'g5' with 3,005"
    )
    assert error.value.hint == "shorten it, or attach guardrails to the units below"


def test_a_confirmed_live_quota_makes_room():
    some = [guardrail(f"g{n}", padded(f"S{n}", 3000 + n), attached=(WORKLOADS,)) for n in range(6)]

    found = policies_of(some, FACTS, {"scp_characters": 10240, "scps_per_target": 10})

    assert [len(statements(policy)) for policy in found] == [3, 3]


def test_aws_own_policy_takes_one_place():
    assert limits_of("SERVICE_CONTROL_POLICY") == Limits(5120, 4)
    assert limits_of("RESOURCE_CONTROL_POLICY") == Limits(5120, 4)
    assert limits_of("TAG_POLICY") == Limits(10000, 10)


def test_two_statements_with_one_sid_are_refused():
    some = [guardrail("a", padded("Same", 100)), guardrail("b", padded("Same", 200))]

    with pytest.raises(InputError, match="the Sid Same stands twice among the SCPs of Root, in a and b"):
        policies_of(some, FACTS)


def test_targets_do_not_share_policies():
    some = [guardrail("both", padded("Both", 100), attached=(ROOT, WORKLOADS))]

    assert [policy.name for policy in policies_of(some, FACTS)] == ["example-scp-root-1", "example-scp-workloads-1"]


def test_a_policy_of_another_type_that_is_too_long_is_named():
    content = {"tags": {"x": "y" * 10_000}}

    with pytest.raises(InputError, match=r"the policy 'long' of type TAG_POLICY has 10,0\d\d characters"):
        policies_of([guardrail("long", type="TAG_POLICY", content=content)], FACTS)


def test_too_many_policies_of_another_type_are_refused():
    some = [guardrail(f"t{n}", type="TAG_POLICY", content={"tags": {}}) for n in range(11)]

    with pytest.raises(InputError, match="Root has 11 policies of type TAG_POLICY, AWS takes 10"):
        policies_of(some, FACTS)


def test_the_project_s_own_guardrails_fit_with_the_longest_names_and_many_regions():
    regions = ("eu-west-1", "us-east-1", "eu-central-1", "eu-north-1", "eu-west-2", "eu-west-3", "ap-southeast-1")
    facts = FACTS.model_copy(
        update={
            "organization": "a-name-of-20-letters",
            "organization_id": "o-" + "a" * 32,
            "governed_regions": regions,
            "cell_regions": regions[:1],
        }
    )

    for policy in policies_of(GUARDRAILS, facts):
        assert len(policy.text) <= limits_of(policy.type).characters
