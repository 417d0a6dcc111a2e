"""What AWS would refuse, or take without a word and never match: held against the list of actions that cfn-lint has."""

import re
from fnmatch import fnmatchcase

import pytest
from cfnlint.helpers import load_resource

from accounts.policies.exemption import EXEMPTIONS
from accounts.policies.guardrail import Guardrail, Statement
from accounts.policies.packing import policies_of
from accounts.policies.registry import GUARDRAILS
from accounts.policies.substitution import statements_of
from accounts.services import POLICY_TYPES
from accounts.topology import STANDARD_UNITS
from assembly.policy.document import parse
from assembly.policy.operators import OPERATORS
from assembly.policy.rcp_services import RCP_SERVICES

SERVICES = load_resource("cfnlint.data.AdditionalSpecs", "Policies.json")
AUTHORIZING = [guardrail for guardrail in GUARDRAILS if guardrail.authorizes]
STATEMENTS = [
    pytest.param(guardrail, statement, id=f"{guardrail.name}-{statement.sid}")
    for guardrail in AUTHORIZING
    for statement in guardrail.statements
]
KINDS = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}

KEYS = {
    "aws:AssumedRoot": "*",
    "aws:PrincipalArn": "*",
    "aws:PrincipalIsAWSService": "*",
    "aws:PrincipalOrgID": "*",
    "aws:RequestedRegion": "*",
    "aws:ResourceAccount": "kms:* s3:*",
    "aws:SecureTransport": "*",
    "aws:SourceAccount": "*",
    "aws:SourceOrgID": "*",
    "ec2:Add/group": "ec2:ModifySnapshotAttribute",
    "ec2:Add/userId": "ec2:ModifySnapshotAttribute",
    "ec2:Attribute/HttpTokens": "ec2:ModifyInstanceMetadataOptions",
    "ec2:Encrypted": "ec2:CreateVolume ec2:RunInstances",
    "ec2:InstanceType": "ec2:RunInstances",
    "ec2:MetadataHttpTokens": "ec2:RunInstances",
    "ec2:RoleDelivery": "*",
    "elasticache:AtRestEncryptionEnabled": "elasticache:CreateReplicationGroup",
    "elasticfilesystem:Encrypted": "elasticfilesystem:CreateFileSystem",
    "iam:PermissionsBoundary": "iam:AttachRolePolicy iam:CreateRole iam:PutRolePermissionsBoundary iam:PutRolePolicy",
    "lambda:FunctionUrlAuthType": "lambda:CreateFunctionUrlConfig lambda:UpdateFunctionUrlConfig",
    "lambda:Principal": "lambda:AddPermission",
    "ram:RequestedAllowsExternalPrincipals": "ram:CreateResourceShare ram:UpdateResourceShare",
    "rds:DatabaseClass": "rds:CreateDBInstance rds:ModifyDBInstance",
    "rds:DatabaseEngine": "rds:CreateDBCluster rds:CreateDBInstance",
    "rds:StorageEncrypted": "rds:CreateDBCluster rds:CreateDBInstance",
    "s3:TlsVersion": "s3:*",
    "s3:x-amz-acl": "s3:CreateBucket s3:PutBucketAcl s3:PutObject s3:PutObjectAcl s3:PutObjectVersionAcl",
}
"""The actions that have each key, as in the Service Authorization Reference: with any other the key is always absent,
and a denial that asks for it never denies."""


def known(action: str) -> bool:
    """Whether an action, or what a pattern stands for, is there."""
    service, _, name = action.partition(":")
    services = [one for one in SERVICES if fnmatchcase(one, service)]
    return action == "*" or any(
        fnmatchcase(candidate, name.lower()) for one in services for candidate in SERVICES[one]["Actions"]
    )


@pytest.mark.parametrize("guardrail, statement", STATEMENTS)
def test_every_action_is_one_that_aws_has(guardrail: Guardrail, statement: Statement) -> None:
    unknown = [action for action in (*statement.actions, *statement.all_but) if not known(action)]

    assert not unknown


@pytest.mark.parametrize("action", ["securityhub:BatchDisableStandard", "s3:DeleteBuckets*", "cloudtrial:StopLogging"])
def test_a_misspelt_action_is_seen(action: str) -> None:
    assert not known(action)


@pytest.mark.parametrize("guardrail, statement", STATEMENTS)
def test_every_action_is_written_as_aws_writes_it_once(guardrail: Guardrail, statement: Statement) -> None:
    actions = [*statement.actions, *statement.all_but]

    assert all(re.fullmatch(r"\*|[a-z0-9-]+:(\*|[A-Z][A-Za-z0-9]*\*?)", action) for action in actions)
    assert len(set(actions)) == len(actions)
    covered = [a for a in actions for b in actions if a != b and fnmatchcase(a, b)]
    assert not covered, "a pattern beside it says the same"


@pytest.mark.parametrize("guardrail, statement", STATEMENTS)
def test_every_condition_is_one_that_aws_has(guardrail: Guardrail, statement: Statement) -> None:
    for operator, keys in statement.when.items():
        bare = operator.removesuffix("IfExists")
        assert bare in OPERATORS or bare == "Null"
        for key in keys:
            wrong = [one for one in statement.actions if not any(fnmatchcase(one, like) for like in KEYS[key].split())]
            assert not wrong, key


@pytest.mark.parametrize("guardrail", AUTHORIZING, ids=lambda one: one.name)
def test_the_evaluator_can_read_every_statement(guardrail: Guardrail, facts) -> None:
    statements = list(statements_of(guardrail, facts))

    policy = parse({"Version": "2012-10-17", "Statement": statements}, KINDS[guardrail.type], guardrail.name)

    assert [one.sid for one in policy.statements] == [one["Sid"] for one in statements]
    assert not any(one.allows for one in policy.statements)


def test_an_rcp_speaks_of_services_only_that_rcps_cover() -> None:
    for guardrail in AUTHORIZING:
        if guardrail.type == "RESOURCE_CONTROL_POLICY":
            for statement in guardrail.statements:
                assert {action.partition(":")[0] for action in statement.actions} <= set(RCP_SERVICES)
                assert not statement.all_but
                assert not statement.exempt, "whoever calls an RCP's resource may be of any account"


def test_names_and_sids_are_unique() -> None:
    names = [guardrail.name for guardrail in GUARDRAILS]
    sids = [statement.sid for guardrail in GUARDRAILS for statement in guardrail.statements]

    assert len(set(names)) == len(names)
    assert len(set(sids)) == len(sids)


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda one: one.name)
def test_every_guardrail_is_attached_to_units_that_every_organization_has(guardrail: Guardrail) -> None:
    assert set(guardrail.attached) <= {(), *STANDARD_UNITS}
    assert len(set(guardrail.attached)) == len(guardrail.attached)


def test_no_account_inherits_a_guardrail_twice() -> None:
    for guardrail in GUARDRAILS:
        for path in guardrail.attached:
            above = [path[:depth] for depth in range(len(path))]
            assert not set(above) & set(guardrail.attached)


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=lambda one: one.who)
def test_an_exemption_names_a_role_and_is_used(exemption) -> None:
    assert re.fullmatch(r"arn:<partition>:iam::(\*|<[a-z-]+>):role/[^*/]+\*?", exemption.role)
    assert any(exemption in guardrail.exempt for guardrail in GUARDRAILS)


def test_no_policy_has_an_account_that_is_not_the_platform_s(policies, facts) -> None:
    platform = {
        facts.log_archive_account,
        facts.security_tooling_account,
        facts.network_hub_account,
        facts.ci_cd_account,
    }
    for policy in policies:
        assert set(re.findall(r"\d{12}", policy.text)) <= platform


def test_exactly_the_types_that_guardrails_have_are_enabled() -> None:
    """A policy of a type that is not enabled in the root cannot be attached."""
    assert {guardrail.type for guardrail in GUARDRAILS} == set(POLICY_TYPES)


def test_policies_are_equal_for_equal_facts(facts, policies) -> None:
    assert policies_of(tuple(reversed(GUARDRAILS)), facts) == policies
