"""plan_policies is pure: tables of what is declared, what is there, and how policies come to their units."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.policies.declared import DeclaredPolicy
from accounts.policies.packing import OrganizationPolicy
from accounts.topology import STAGING_OF
from accounts.vending.live import LiveAccount, LiveOrganization, LivePolicy
from accounts.vending.policy_plan import PolicyPlan, plan_policies, tried_by
from accounts.vending.policy_steps import AttachPolicy, DetachPolicy, RestorePolicy
from accounts.vending.words import line_of
from tests.accounts.vending.world import MANAGEMENT

STAGING = ("Policy Staging",)
SCP = "SERVICE_CONTROL_POLICY"
CANARY = LiveAccount(id="222222222222", name="canary", email="canary@example.com", unit=("Policy Staging", "Workloads"))


def declared(name, content="1", *, target=(), type=SCP):
    return DeclaredPolicy(OrganizationPolicy(name, type, target, {"Statement": content}, ("no-root",)))


def there(one, *units, id=None, **more):
    """A declared policy as it is in the organization."""
    fields = {
        "id": id or f"p-{one.name}",
        "name": one.name,
        "type": one.type,
        "tags": dict(one.tags),
        "digest": one.digest,
        "units": tuple(sorted(units)),
    }
    return LivePolicy(**{**fields, **more})


def foreign(name, *units, type=SCP):
    return LivePolicy(id=f"p-{name}", name=name, type=type, units=units)


def organization(*policies, accounts=(CANARY,)):
    return LiveOrganization(id="o-1", management=MANAGEMENT, root="r-1", policies=policies, accounts=accounts)


def planned(wanted, *policies, **options):
    return plan_policies(wanted, organization(*policies), **options)


def lines(plan):
    return [line_of(step) for step in plan.steps]


def applied(live, plan):
    """The organization after a plan."""
    policies = {one.id: one for one in live.policies}
    for step in plan.steps:
        one = policies[step.policy]
        match step.kind:
            case "attach-policy":
                one = one.model_copy(update={"units": tuple(sorted({*one.units, step.target}))})
            case "detach-policy":
                one = one.model_copy(update={"units": tuple(unit for unit in one.units if unit != step.target)})
            case "rename-policy":
                one = one.model_copy(update={"name": step.new_name})
        policies[step.policy] = one
        if step.kind == "delete-policy":
            del policies[step.policy]
    return live.model_copy(update={"policies": tuple(policies.values())})


OLD, NEW = declared("root", "old"), declared("root", "new")


def test_nothing_is_left_to_do_when_every_policy_is_at_its_unit():
    plan = planned([OLD], there(OLD, ()))

    assert plan.steps == []
    assert plan.notes == []


def test_a_policy_that_is_not_deployed_is_told_and_is_no_error():
    plan = planned([OLD])

    assert plan.steps == []
    assert plan.notes == [
        f"policy {OLD.name} for Root is not in the organization yet: deploy OrganizationPolicies first"
    ]


def test_policies_that_wait_for_the_same_are_told_together():
    assert planned([OLD, declared("workloads", target=("Workloads",))]).notes == [
        "2 policies for Root, Workloads are not in the organization yet: deploy OrganizationPolicies first"
    ]


def test_a_new_policy_is_tried_first_and_comes_to_its_unit_with_the_next_apply():
    live = organization(there(OLD))

    first = plan_policies([OLD], live)
    second = plan_policies([OLD], applied(live, first))
    third = plan_policies([OLD], applied(applied(live, first), second))

    assert lines(first) == [f"policy {OLD.name} on Policy Staging, where it is tried"]
    assert first.notes == [f"policy {OLD.name} is tried in Policy Staging first: the next apply brings it to Root"]
    assert lines(second) == [f"policy {OLD.name} on Root", f"policy {OLD.name} off Policy Staging"]
    assert third.steps == []


@pytest.mark.parametrize(
    ("target", "unit"),
    [((), "Policy Staging"), (("Suspended",), "Policy Staging/Suspended")],
)
def test_each_unit_has_its_place_in_policy_staging(target, unit):
    one = declared("one", target=target)

    assert lines(planned([one], there(one))) == [f"policy {one.name} on {unit}, where it is tried"]


def test_what_is_for_policy_staging_itself_needs_no_trial():
    one = declared("one", target=STAGING)

    assert lines(planned([one], there(one))) == [f"policy {one.name} on Policy Staging"]


def test_a_trial_on_no_account_is_told():
    plan = plan_policies([OLD], organization(there(OLD), accounts=()))

    assert "no account is in Policy Staging" in plan.notes[0]


def test_the_old_one_stays_until_the_new_one_is_tried_and_is_gone_after():
    live = organization(there(OLD, (), in_stack=False), there(NEW))

    first = plan_policies([NEW], live)
    second = plan_policies([NEW], applied(live, first))
    end = applied(applied(live, first), second)

    retired = f"{OLD.name}-retired-{there(OLD).id[-8:]}"
    assert lines(first) == [
        f"policy {NEW.name} on Policy Staging, where it is tried",
        f"policy {OLD.name} is called {retired}",
    ]
    assert f"until then {OLD.name} stays there" in first.notes[0]
    assert lines(second) == [
        f"policy {NEW.name} on Root",
        f"policy {retired} off Root",
        f"policy {NEW.name} off Policy Staging",
        f"policy {retired}",
    ]
    assert [one.units for one in end.policies] == [((),)]
    assert plan_policies([NEW], end).steps == []


def test_a_policy_goes_only_after_what_takes_its_place_is_there():
    plan = planned([NEW], there(OLD, ()), there(NEW, STAGING))

    (detach,) = [step for step in plan.steps if isinstance(step, DetachPolicy) and step.name == OLD.name]
    assert detach.after == (NEW.name,)
    assert detach.unit == ()


def test_the_policies_of_a_unit_come_together():
    other = declared("root-2", "other")

    plan = planned([NEW, other], there(OLD, ()), there(NEW, STAGING), there(other))

    assert lines(plan) == [f"policy {other.name} on Policy Staging, where it is tried"]


def test_no_policy_goes_while_one_of_its_unit_is_not_deployed():
    missing = declared("root-2", "other")

    plan = planned([NEW, missing], there(OLD, ()), there(NEW, STAGING))

    assert plan.steps == []
    assert f"policy {missing.name} for Root is not in the organization yet" in plan.notes[0]


def test_another_type_for_the_same_unit_does_not_wait():
    tags = declared("tags", type="TAG_POLICY")

    plan = planned([NEW, tags], there(NEW), there(tags, STAGING))

    assert f"policy {tags.name} on Root" in lines(plan)


def test_a_policy_is_never_tried_and_brought_to_its_unit_by_one_plan():
    ones = [declared(f"root-{number}", str(number)) for number in range(3)]
    live = organization(*(there(one) for one in ones))

    for _ in range(3):
        plan = plan_policies(ones, live)
        attached = [step.policy for step in plan.steps if isinstance(step, AttachPolicy)]
        assert len(set(attached)) == len(attached)
        live = applied(live, plan)

    assert {one.units for one in live.policies} == {((),)}


def test_a_run_that_goes_on_brings_nothing_further_than_its_plan():
    live = organization(there(OLD, (), in_stack=False), there(NEW))
    approved = plan_policies([NEW], live)

    again = plan_policies([NEW], applied(live, approved), trying=frozenset(tried_by(approved.steps)))

    assert again.steps == []


def full(*names, units=((),)):
    """As many policies as AWS takes on one unit beside its own."""
    return [declared(f"root-{number}", f"{name} {number}") for number, name in enumerate(names)]


def test_without_room_one_goes_for_each_that_comes_back_to_back_and_the_plan_says_so():
    before, after = full(*["old"] * 4), full(*["new"] * 4)

    plan = planned(after, *(there(one, (), in_stack=False) for one in before), *(there(one, STAGING) for one in after))

    first = lines(plan)[:8]
    assert first == [
        line
        for old, new in zip(before, after, strict=True)
        for line in (f"policy {old.name} off Root", f"policy {new.name} on Root")
    ]
    (note,) = plan.notes
    assert "Root takes no more policies" in note
    assert all(one.name in note for one in before)


def test_at_no_time_are_more_policies_on_a_unit_than_aws_takes():
    before, after = full(*["old"] * 3), full(*["new"] * 4)
    live = organization(*(there(one, (), in_stack=False) for one in before), *(there(one, STAGING) for one in after))

    plan = plan_policies(after, live)

    count, most = 3, 0
    for step in plan.steps:
        if getattr(step, "target", None) == ():
            count += 1 if isinstance(step, AttachPolicy) else -1
            most = max(most, count)
    assert (count, most) == (4, 4)


def test_policies_of_others_are_never_touched_and_take_room():
    control_tower = foreign("aws-guardrails-abcdef", ()).model_copy(update={"tags": {"managed-by": "cells"}})
    ones = full(*["new"] * 4)

    plan = planned(ones, foreign("theirs", ()), control_tower, *(there(one, STAGING) for one in ones))

    assert plan.steps == []
    assert "Root has 2 policies of type SERVICE_CONTROL_POLICY that are not of this project" in plan.notes[0]


def test_what_somebody_edited_goes_back_to_what_is_declared():
    plan = planned([OLD], there(OLD, (), digest="edited"))

    (step,) = plan.steps
    assert isinstance(step, RestorePolicy)
    assert step.content == OLD.policy.text


def test_what_somebody_detached_is_tried_again():
    assert lines(planned([OLD], there(OLD))) == [f"policy {OLD.name} on Policy Staging, where it is tried"]


def test_what_somebody_attached_elsewhere_goes():
    assert lines(planned([OLD], there(OLD, (), ("Sandbox",)))) == [f"policy {OLD.name} off Sandbox"]


def test_an_attachment_to_an_account_is_told():
    plan = planned([OLD], there(OLD, (), accounts=("444455556666",)))

    assert plan.steps == []
    assert "attached to the accounts 444455556666" in plan.notes[0]


def test_a_guardrail_that_nobody_declares_any_more_goes_at_once():
    plan = planned([], there(OLD, (), in_stack=False))

    assert lines(plan) == [f"policy {OLD.name} off Root", f"policy {OLD.name}"]


def test_what_the_stack_has_is_not_deleted():
    plan = planned([], there(OLD, ()))

    assert lines(plan) == [f"policy {OLD.name} off Root"]
    assert "is not declared, but the stack has it" in plan.notes[0]


def test_a_change_that_is_taken_back_while_it_is_tried_leaves_the_old_one_in_force():
    plan = planned([OLD], there(OLD, ()), there(NEW, STAGING, in_stack=False))

    assert lines(plan) == [f"policy {NEW.name} off Policy Staging", f"policy {NEW.name}"]


def test_a_policy_that_comes_again_takes_the_place_of_its_equal_without_a_trial():
    """A change was deployed and taken back: the stack has to make the old policy again, under its name."""
    live = organization(there(OLD, (), in_stack=False, id="p-00000001"))

    first = plan_policies([OLD], live)
    anew = applied(live, first)
    anew = anew.model_copy(update={"policies": (*anew.policies, there(OLD, id="p-00000002"))})
    second = plan_policies([OLD], anew)

    assert lines(first) == [f"policy {OLD.name} is called {OLD.name}-retired-00000001"]
    assert lines(second) == [
        f"policy {OLD.name} on Root",
        f"policy {OLD.name}-retired-00000001 off Root",
        f"policy {OLD.name}-retired-00000001",
    ]
    assert plan_policies([OLD], applied(anew, second)).steps == []


def test_what_is_left_of_an_earlier_trial_makes_room_for_the_next():
    newer = declared("root", "newer")

    plan = planned([newer], there(OLD, ()), there(NEW, STAGING), there(newer))

    assert lines(plan)[:2] == [
        f"policy {NEW.name} off Policy Staging",
        f"policy {newer.name} on Policy Staging, where it is tried",
    ]


def test_a_unit_that_something_else_manages_is_left_as_it_is():
    security = declared("security", target=("Security",))

    plan = planned([security, OLD], there(security, ("Security",)), there(OLD, ()), spared=lambda unit: True)

    assert plan.steps == []
    assert plan.notes == ["guardrails for Security are not attached to it, because something else manages it"]


UNITS = [(), ("Workloads",), ("Suspended",)]
MOST = 4
"""Service control policies that AWS takes on a unit beside its own."""


def any_policy(draw, unit, number):
    name = f"{'-'.join(unit) or 'root'}-{number}".lower()
    return declared(name, draw.choice("abcdef"), target=unit)


def any_organization(draw):
    """Policies that are declared, and policies that are there: some of them the same, some tried, some left over."""
    wanted = [any_policy(draw, unit, number) for unit in UNITS for number in range(draw.randint(0, MOST))]
    names = {one.name for one in wanted}
    found = {}
    for number in range(draw.randint(0, 8)):
        one = any_policy(draw, draw.choice(UNITS), draw.randint(0, 3))
        places = [place for place in (one.target, STAGING_OF[one.target]) if draw.random() < 0.5]
        held = one.name in names and draw.random() < 0.7
        found[one.name] = there(one, *places, id=f"p-{number:08d}", in_stack=held)
    return wanted, organization(*found.values())


def deployed(wanted, live, number):
    """The organization after a deployment of the stack: CloudFormation makes what has a free name, and retains."""
    names = {one.name for one in live.policies}
    kept = [
        one.model_copy(update={"in_stack": one.in_stack and one.name in {d.name for d in wanted}})
        for one in live.policies
    ]
    made = [there(one, id=f"p-{number}{index:07d}") for index, one in enumerate(wanted) if one.name not in names]
    return live.model_copy(update={"policies": (*kept, *made)})


def on(live, unit):
    return sum(unit in policy.units for policy in live.policies)


@settings(deadline=None)
@given(st.integers(min_value=0))
def test_from_anywhere_applies_and_deployments_come_to_what_is_declared_within_the_quota(seed):
    draw = random.Random(seed)
    wanted, live = any_organization(draw)
    places = [place for unit in UNITS for place in (unit, STAGING_OF[unit])]
    before = {place: max(MOST, on(live, place)) for place in places}

    for number in range(6):
        live = deployed(wanted, live, number)
        for step in plan_policies(wanted, live).steps:
            live = applied(live, PolicyPlan([step]))
            assert all(on(live, place) <= before[place] for place in places)

    assert plan_policies(wanted, live).steps == []
    assert {one.name: one.units for one in live.policies} == {one.name: (one.target,) for one in wanted}
