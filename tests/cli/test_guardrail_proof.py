"""The proof of the guardrails: it holds, and it would not if a guardrail, a statement or an exemption were gone."""

from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

import pytest

from accounts.ledger import load_registry
from accounts.policies.calls.call import Actor, Call, Place
from accounts.policies.calls.settings import SETTINGS
from accounts.policies.calls.table import CALLS
from accounts.policies.exemption import EXEMPTIONS, SECURITY_SETTINGS, VENDING, Exemption
from accounts.policies.guardrail import ROOT, Guardrail, Statement
from accounts.policies.registry import GUARDRAILS
from accounts.policies.substitution import expanded
from accounts.spec import OrganizationSpec
from accounts.topology import topology_of
from accounts.units import ExtraAccount, ExtraUnit
from cells.cli.guardrail_ground import ProofGround
from cells.cli.guardrail_proof import Proof, prove
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.registry import AccountEntry
from tests.cli.conftest import ROOT as CHECKOUT

ORGANIZATION = load_spec(CHECKOUT / "accounts" / "organization.yaml", OrganizationSpec)
REGISTRY = load_registry(CHECKOUT / "accounts" / "registry.json")
PRODUCTS = {"acme-crm": ("dev", "staging", "prod")}
AUTHORIZING = [one for one in GUARDRAILS if one.authorizes]
STATEMENTS = [
    pytest.param(guardrail, statement, id=f"{guardrail.name}-{statement.sid}")
    for guardrail in AUTHORIZING
    for statement in guardrail.statements
]
EXEMPTED = [
    pytest.param(guardrail, statement, exemption, id=f"{statement.sid}-{exemption.role.rpartition('/')[2]}")
    for guardrail in AUTHORIZING
    for statement in guardrail.statements
    for exemption in statement.exempt
]


def ground_of(guardrails=GUARDRAILS, organization=ORGANIZATION, registry=REGISTRY, products=PRODUCTS) -> ProofGround:
    return ProofGround(organization, topology_of(organization, products, registry), registry, guardrails)


@cache
def proof() -> Proof:
    return prove(ground_of(), GUARDRAILS, CALLS, SETTINGS)


def without(guardrail: Guardrail, statement: Statement) -> tuple[Guardrail, ...]:
    left = tuple(one for one in guardrail.statements if one is not statement)
    changed = (replace(guardrail, statements=left),) if left else ()
    return tuple(other for one in GUARDRAILS for other in (changed if one is guardrail else (one,)))


def changed(guardrail: Guardrail, statement: Statement, to: Statement) -> tuple[Guardrail, ...]:
    statements = tuple(to if one is statement else one for one in guardrail.statements)
    return tuple(replace(one, statements=statements) if one is guardrail else one for one in GUARDRAILS)


def problems(found: Proof) -> list[str]:
    return [f"{one.call.who} in {one.account}: {one.decision.reason}" for one in (*found.failures, *found.lockouts)]


def test_the_guardrails_of_the_example_hold() -> None:
    assert not problems(proof())
    assert not proof().unset
    assert not proof().unproved
    assert proof().holds


def test_every_call_that_fails_does_so_because_of_a_guardrail() -> None:
    assert {one.guardrail for one in proof().outcomes if not one.call.works} == {one.name for one in AUTHORIZING}


# Other organizations than the example


def test_they_hold_before_any_account_is_vended() -> None:
    pending = REGISTRY.model_copy(
        update={"accounts": {name: AccountEntry() for name in REGISTRY.accounts}, "cells": ()}
    )

    found = prove(ground_of(registry=pending), GUARDRAILS, CALLS, SETTINGS)

    assert not problems(found)
    assert found.holds


def test_they_hold_without_any_product() -> None:
    found = prove(ground_of(products={}), GUARDRAILS, CALLS, SETTINGS)

    assert not problems(found)
    assert any(one.account == "an account in Workloads/a-product" for one in found.outcomes)


def test_they_hold_where_cells_live_in_cloudfront_s_region() -> None:
    both = ORGANIZATION.model_copy(update={"address_pools": {"eu-west-1": "10.0.0.0/10", "us-east-1": "10.64.0.0/10"}})

    found = prove(ground_of(organization=both), GUARDRAILS, CALLS, SETTINGS)

    assert not problems(found)
    assert not [one for one in found.outcomes if one.call.edge_only]


def test_they_hold_for_a_long_name_many_regions_sandboxes_and_other_units() -> None:
    large = ORGANIZATION.model_copy(
        update={
            "name": "a-name-of-20-letters",
            "governed_regions": ("eu-west-1", "us-east-1", "eu-central-1", "ap-southeast-2", "us-west-2"),
            "sandboxes": ("alice", "bob"),
            "units": (ExtraUnit(name="Data", accounts=(ExtraAccount(name="lake"),)),),
        }
    )

    found = prove(ground_of(organization=large), GUARDRAILS, CALLS, SETTINGS)

    assert not problems(found)
    assert {"alice", "lake"} <= {one.account for one in found.outcomes}


# Mutations: what is taken out is missed


@pytest.mark.parametrize("guardrail", AUTHORIZING, ids=lambda one: one.name)
def test_a_guardrail_that_is_taken_out_is_missed(guardrail: Guardrail) -> None:
    left = tuple(one for one in GUARDRAILS if one is not guardrail)
    calls = _denied_by(lambda one: one.guardrail == guardrail.name)

    assert prove(ground_of(left), left, calls).failures


@pytest.mark.parametrize("guardrail", [one for one in GUARDRAILS if not one.authorizes], ids=lambda one: one.name)
def test_a_setting_that_is_taken_out_is_missed(guardrail: Guardrail) -> None:
    left = tuple(one for one in GUARDRAILS if one is not guardrail)

    assert prove(ground_of(left), left, (), SETTINGS).unset


@pytest.mark.parametrize("guardrail, statement", STATEMENTS)
def test_a_statement_that_is_taken_out_is_missed(guardrail: Guardrail, statement: Statement) -> None:
    left = without(guardrail, statement)
    calls = _denied_by(lambda one: _sid(one) == statement.sid)

    assert prove(ground_of(left), left, calls).failures


@pytest.mark.parametrize("guardrail, statement, exemption", EXEMPTED)
def test_an_exemption_that_is_taken_out_is_missed(
    guardrail: Guardrail, statement: Statement, exemption: Exemption
) -> None:
    fewer = replace(statement, exempt=tuple(one for one in statement.exempt if one is not exemption))
    left = changed(guardrail, statement, fewer)

    found = prove(ground_of(left), left, [call for call in CALLS if call.works and _is_about(statement, call)])

    assert found.failures or found.lockouts


@pytest.mark.parametrize("guardrail, statement", STATEMENTS)
def test_a_condition_that_never_holds_is_missed(guardrail: Guardrail, statement: Statement) -> None:
    never = replace(statement, when={**statement.when, "StringEquals": {"aws:PrincipalOrgID": "o-nobody0000"}})
    left = changed(guardrail, statement, never)
    calls = _denied_by(lambda one: _sid(one) == statement.sid)

    assert prove(ground_of(left), left, calls).failures


@pytest.mark.parametrize("guardrail, statement", STATEMENTS)
def test_every_action_that_is_denied_is_denied_in_some_call(guardrail: Guardrail, statement: Statement) -> None:
    called = {call.action for call in _denied_by(lambda one: _sid(one) == statement.sid)}

    assert not [action for action in statement.actions if not any(fnmatchcase(one, action) for one in called)]


ALLOWED = [
    pytest.param(statement, action, id=f"{statement.sid}-{action}")
    for guardrail in AUTHORIZING
    for statement in guardrail.statements
    for action in statement.all_but
]


@pytest.mark.parametrize("statement, action", ALLOWED)
def test_every_action_that_is_left_is_needed_by_some_call(statement: Statement, action: str) -> None:
    regions = {"GovernedRegions": ("elsewhere",), "EdgeRegion": ("edge", "home")}[statement.sid]
    needed = [call for call in CALLS if call.works and call.region in regions and fnmatchcase(call.action, action)]

    assert needed


def _denied_by(chosen) -> list[Call]:
    """By identity: a call has a dictionary in it."""
    found = {id(one.call): one.call for one in proof().outcomes if one.guardrail and chosen(one)}
    return list(found.values())


def _sid(outcome) -> str:
    return outcome.decision.matched[0].statement.sid


def _is_about(statement: Statement, call: Call) -> bool:
    named = statement.actions or statement.all_but
    about = any(fnmatchcase(call.action, pattern) for pattern in named)
    return about if statement.actions else not about


# Exemptions are closed


_ANYWHERE: tuple[Place, ...] = (
    "cell",
    "sandbox",
    "other",
    "log-archive",
    "security-tooling",
    "shared-services",
    "ci-cd",
)


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=lambda one: one.role.rpartition("/")[2])
def test_no_administrator_can_make_or_take_over_a_role_that_is_exempt(exemption: Exemption) -> None:
    name = exemption.role.rpartition("/")[2].replace("*", "anything")
    # The stack of security tooling makes this one, and in another account the name exempts nobody.
    of_its_stack = exemption is SECURITY_SETTINGS
    makers: tuple[Actor, ...] = () if of_its_stack else ("cloudformation",)
    places: tuple[Place, ...] = ("security-tooling",) if of_its_stack else _ANYWHERE
    calls = [
        Call(
            sentence="an administrator takes an exemption",
            who=who,
            where=place,
            action=action,
            resource=f"arn:<partition>:iam::<account>:role/{name}",
            works=False,
        )
        for who in ("administrator", "break-glass", *makers)
        for place in places
        for action in ("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy")
    ]

    found = prove(ground_of(), GUARDRAILS, calls)

    assert not problems(found)


# What is said


def locking_out(*actions: str) -> tuple[Guardrail, ...]:
    wide = Guardrail(
        name="too-wide",
        type="SERVICE_CONTROL_POLICY",
        summary="s",
        why="w",
        reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        breaks="b",
        attached=(ROOT,),
        statements=(Statement(sid="TooWide", actions=actions),),
    )
    return (*GUARDRAILS, wide)


@pytest.mark.parametrize(
    "action, who",
    [
        ("sts:AssumeRole", {"deployment role", "pipeline"}),
        ("cloudformation:SetTypeConfiguration", {"break-glass", "stack set"}),
        ("iam:CreateRole", {"cloudformation", "stack set", "vending engine"}),
        ("cloudformation:ExecuteChangeSet", {"bootstrap role"}),
    ],
)
def test_a_lockout_is_an_error_of_its_own(action: str, who: set[str]) -> None:
    wide = locking_out(action)

    found = prove(ground_of(wide), wide, CALLS)

    assert who <= {one.call.who for one in found.lockouts}
    assert all("TooWide" in one.decision.reason for one in found.lockouts)
    assert not found.holds


def test_a_call_that_fails_for_another_reason_than_a_guardrail_is_no_proof() -> None:
    denied_anyway = Call(
        sentence="root becomes a role",
        who="root",
        where="cell",
        action="sts:AssumeRole",
        resource="arn:<partition>:iam::<account>:role/<deployment-role>",
        works=False,
    )

    (outcome,) = prove(ground_of(), (), [denied_anyway]).outcomes

    assert outcome.decision.denied
    assert not outcome.passed


def test_a_call_that_only_fails_with_certain_keys_is_no_proof() -> None:
    """Whoever must be stopped chooses the keys of his request himself."""
    encrypted_or_not = Call(
        sentence="somebody makes a volume",
        who="administrator",
        where="cell",
        action="ec2:CreateVolume",
        resource="arn:<partition>:ec2:<region>:<account>:volume/*",
        works=False,
    )

    (outcome,) = prove(ground_of(), (), [encrypted_or_not]).outcomes

    assert outcome.decision.effect == "unknown"
    assert not outcome.passed


def test_no_guardrail_binds_the_management_account_s_own_calls() -> None:
    leaves = Call(sentence="it leaves", who="root", where="management", action="s3:ListAllMyBuckets", works=True)

    (outcome,) = prove(ground_of(), (), [leaves]).outcomes

    assert outcome.passed


def test_a_guardrail_that_denies_no_call_is_named() -> None:
    found = prove(ground_of(), GUARDRAILS, [call for call in CALLS if call.action != "ec2:DeleteFlowLogs"])

    assert found.unproved == ("flow-logs",)
    assert not found.holds


def test_a_changed_setting_is_said_with_both_values() -> None:
    (tags,) = [one for one in GUARDRAILS if one.name == "s3-block"]
    open_block = replace(tags, content={"s3_attributes": {"public_access_block_configuration": {"@@assign": "none"}}})
    some = tuple(open_block if one is tags else one for one in GUARDRAILS)

    found = prove(ground_of(some), some, (), SETTINGS)

    assert "no bucket is public in acme-crm-dev: 'none' instead of 'all'" in found.unset


def test_an_scp_attached_to_a_sibling_does_not_bind() -> None:
    """Attached where it does not bind, a guardrail looks as if it were there."""
    (bounded,) = [one for one in GUARDRAILS if one.name == "bounded-roles"]
    elsewhere = replace(bounded, attached=(("Sandbox",),))
    some = tuple(elsewhere if one is bounded else one for one in GUARDRAILS)

    found = prove(ground_of(some), some, CALLS)

    assert any(one.call.where == "cell" for one in found.failures)


def test_the_sample_role_of_an_exemption_is_exempt() -> None:
    """Otherwise the test above would ask for a role that no exemption means."""
    (filled,) = expanded([VENDING.role], ground_of().facts.values(), "x")

    assert filled == "arn:aws:iam::*:role/OrganizationAccountAccessRole"
