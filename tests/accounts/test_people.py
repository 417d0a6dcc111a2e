from datetime import date

import pytest

from accounts.assignments import assigned
from accounts.people import Assignment, Group
from accounts.topology import topology_of
from assembly.check import check
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import OrganizationEntry
from tests.accounts.conftest import PRODUCTS

PLATFORM = "90670abc-1234-5678-9abc-def012345678"
DEVELOPERS = "90670abc-1234-5678-9abc-def012345679"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"


def group(id, *assignments):
    return Group.model_validate({"id": id, "assignments": assignments})


PEOPLE = {
    "platform": group(
        PLATFORM,
        {"permission_set": "deployer", "products": ["acme-crm"], "environments": ["dev", "staging"]},
        {"permission_set": "read-only", "units": ["Security"]},
        {"permission_set": "break-glass", "accounts": ["management", "network-hub"]},
    ),
    "developers": group(DEVELOPERS, {"permission_set": "developer", "products": ["acme-crm"]}),
}


@pytest.fixture(scope="module")
def people(lay_ground, organization, registry):
    known = registry.model_copy(update={"organization": OrganizationEntry(identity_center=INSTANCE)})
    return lay_ground(organization.model_copy(update={"people": PEOPLE}), known)


def names(organization, people, registry):
    spec = organization.model_copy(update={"people": people})
    found = assigned(spec, topology_of(spec, PRODUCTS, registry))
    return [(one.group, one.permission_set, one.account.name) for one in found]


def test_products_are_narrowed_by_environments(organization, registry):
    assert names(organization, {"a": group(PLATFORM, PEOPLE["platform"].assignments[0])}, registry) == [
        ("a", "deployer", "acme-crm-dev"),
        ("a", "deployer", "acme-crm-staging"),
    ]


def test_a_unit_means_every_account_in_it_and_in_the_units_in_it(organization, registry):
    in_workloads = {"a": group(PLATFORM, {"permission_set": "auditor", "units": ["Workloads"]})}

    assert [account for _, _, account in names(organization, in_workloads, registry)] == [
        "acme-crm-dev",
        "acme-crm-prod",
        "acme-crm-staging",
    ]


def test_what_is_said_twice_is_assigned_once(organization, registry):
    twice = {
        "a": group(
            PLATFORM,
            {"permission_set": "auditor", "units": ["Security"]},
            {"permission_set": "auditor", "accounts": ["log-archive"]},
        )
    }

    assert names(organization, twice, registry) == [
        ("a", "auditor", "log-archive"),
        ("a", "auditor", "security-tooling"),
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"accounts": ["nobody"]}, "account 'nobody'"),
        ({"units": ["Workloads/nobody"]}, "unit 'Workloads/nobody'"),
        ({"products": ["nobody"]}, "product 'nobody'"),
    ],
)
def test_what_nobody_declares_is_refused_with_the_group(organization, registry, where, expected):
    with pytest.raises(InputError, match=f"the group 'a' is assigned to the {expected}") as raised:
        names(organization, {"a": group(PLATFORM, {"permission_set": "auditor", **where})}, registry)

    assert "people.a" in raised.value.hint


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ({"permission_set": "auditor"}, "needs accounts, units or products"),
        ({"permission_set": "auditor", "accounts": ["a"], "environments": ["dev"]}, "narrows products"),
        ({"permission_set": "root", "accounts": ["a"]}, "break-glass"),
    ],
)
def test_an_assignment_that_is_none_is_refused(assignment, expected):
    with pytest.raises(ValueError, match=expected):
        Assignment.model_validate(assignment)


def test_a_group_is_named_by_its_id_in_the_identity_store():
    with pytest.raises(ValueError, match="id"):
        group("developers", {"permission_set": "auditor", "accounts": ["log-archive"]})


def test_sessions_end_the_sooner_the_more_one_may(people):
    sets = {one["Properties"]["Name"]: one["Properties"] for one in people.all("People", "AWS::SSO::PermissionSet")}

    assert {name: one["SessionDuration"] for name, one in sets.items()} == {
        "BreakGlass": "PT1H",
        "Deployer": "PT4H",
        "Developer": "PT8H",
        "ReadOnly": "PT8H",
        "Auditor": "PT4H",
    }
    assert {one["InstanceArn"] for one in sets.values()} == {INSTANCE}


def test_only_break_glass_is_an_administrator(people):
    sets = people.all("People", "AWS::SSO::PermissionSet")

    administrators = [one["Properties"]["Name"] for one in sets if "AdministratorAccess" in str(one)]
    assert administrators == ["BreakGlass"]


def test_a_deployer_becomes_the_bootstrap_roles_of_the_same_account_and_nothing_else(people):
    (deployer,) = [
        one["Properties"]
        for one in people.all("People", "AWS::SSO::PermissionSet")
        if one["Properties"]["Name"] == "Deployer"
    ]
    (assume,) = [one for one in deployer["InlinePolicy"]["Statement"] if one["Action"] == "sts:AssumeRole"]

    assert assume["Resource"] == "arn:aws:iam::*:role/cdk-*"
    assert assume["Condition"] == {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}


def test_nobody_but_break_glass_has_a_set_that_reads_data(people):
    for one in people.all("People", "AWS::SSO::PermissionSet"):
        assert not {"ReadOnlyAccess", "PowerUserAccess"} & {
            policy.rpartition("/")[2] for policy in one["Properties"]["ManagedPolicies"]
        }


def test_the_account_that_administers_identity_center_has_the_stacks(people):
    placed = {stack.id: stack.environment.account for stack in people.assembly.stacks if "People" in stack.id}

    assert placed == {
        "People": "555555555555",
        "People-acme-crm": "555555555555",
        "PeopleManagement": "111111111111",
    }


def test_each_group_is_assigned_where_it_is_declared(people):
    found = [one["Properties"] for one in people.all("People-acme-crm", "AWS::SSO::Assignment")]

    assert sorted((one["PrincipalId"], one["TargetId"]) for one in found) == sorted(
        [
            (PLATFORM, "111122223333"),
            (PLATFORM, "444455556666"),
            (DEVELOPERS, "111122223333"),
            (DEVELOPERS, "444455556666"),
            (DEVELOPERS, "777788889999"),
        ]
    )
    assert {(one["PrincipalType"], one["TargetType"]) for one in found} == {("GROUP", "AWS_ACCOUNT")}


def test_the_management_account_has_its_own_set_and_only_the_one_that_is_assigned(people):
    (own,) = people.all("PeopleManagement", "AWS::SSO::PermissionSet")
    (assignment,) = people.all("PeopleManagement", "AWS::SSO::Assignment")

    assert own["Properties"]["Name"] == "ManagementBreakGlass"
    assert assignment["Properties"]["TargetId"] == "111111111111"
    others = [*people.all("People", "AWS::SSO::Assignment"), *people.all("People-acme-crm", "AWS::SSO::Assignment")]
    assert "111111111111" not in {one["Properties"]["TargetId"] for one in others}


def test_nobody_is_assigned_to_an_account_that_is_not_there_yet(lay_ground, organization, registry):
    pending = registry.model_copy(update={"cells": ()})

    ground = lay_ground(organization.model_copy(update={"people": PEOPLE}), pending)
    assert "People-acme-crm" not in {stack.id for stack in ground.assembly.stacks}


def test_until_the_instance_is_known_a_sentinel_stands_for_it(lay_ground, organization, registry):
    unknown = registry.model_copy(update={"organization": OrganizationEntry()})
    ground = lay_ground(organization.model_copy(update={"people": PEOPLE}), unknown)

    arns = {one["Properties"]["InstanceArn"] for one in ground.all("People", "AWS::SSO::PermissionSet")}
    assert arns == {"arn:aws:sso:::instance/ssoins-0000000000000000"}


def test_without_groups_there_are_no_stacks(ground):
    assert not [stack.id for stack in ground.assembly.stacks if "People" in stack.id]


def test_people_have_no_finding_that_is_not_excused(people):
    report = check(people.assembly, on=date(2026, 11, 21), app=people.app)

    assert (report.judgement.unexcused, report.judgement.unused) == ((), ())
