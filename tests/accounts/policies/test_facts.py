"""The names that guardrails go by are the names that the stacks give."""

import re

import pytest

from accounts.names import BASELINE_STACK_SETS
from accounts.policies.facts import facts_of
from accounts.policies.platform_roles import PLATFORM_ROLES
from accounts.policies.substitution import expanded
from constructs_lib.specs.landing import DEPLOYMENT_ROLE_NAME, EXECUTION_POLICY_NAME, PERMISSION_BOUNDARY_NAME
from constructs_lib.specs.registry import OrganizationEntry, Registry


def kept(facts):
    """The ARN patterns of the roles that only the platform changes."""
    patterns = [one for statement in PLATFORM_ROLES.statements for one in statement.resources]
    return [re.compile(re.escape(one).replace(r"\*", ".*")) for one in expanded(patterns, facts.values(), "x")]


def test_the_pipeline_s_role_is_the_one_that_the_deployment_role_trusts(facts):
    from accounts.stacks.deployment_role import PIPELINE_ROLE_NAME

    assert facts.pipeline_role == PIPELINE_ROLE_NAME


def test_the_qualifier_is_that_of_the_cdk(facts):
    from aws_cdk import DefaultStackSynthesizer

    assert facts.bootstrap == DefaultStackSynthesizer.DEFAULT_QUALIFIER


def test_role_and_policies_are_those_of_the_landing(facts):
    assert facts.deployment_role == DEPLOYMENT_ROLE_NAME
    assert facts.boundary == PERMISSION_BOUNDARY_NAME
    assert facts.execution_policy == EXECUTION_POLICY_NAME


def test_the_baseline_s_stacks_are_those_that_are_kept(facts, ground):
    names = [f"StackSet-{name}-1" for name in BASELINE_STACK_SETS]
    names += [ground.artifact(one.id)["stackName"] for one in ground.assembly.stacks if one.id.startswith("Management")]

    assert all(name.startswith(facts.baseline_stacks) for name in names)
    assert len(names) == 5


@pytest.mark.parametrize("stack", [*BASELINE_STACK_SETS, "NetworkHub-acme-crm"])
def test_every_role_of_the_platform_s_stacks_is_kept(facts, ground, stack):
    """CloudFormation begins the names that it gives with the name of the stack."""
    begins = f"StackSet-{stack}-1" if stack in BASELINE_STACK_SETS else ground.artifact(stack)["stackName"]
    account = facts.network_hub_account if stack.startswith("NetworkHub") else "111122223333"
    roles = [role["Properties"].get("RoleName", f"{begins}-Role-1") for role in ground.all(stack, "AWS::IAM::Role")]

    arns = [f"arn:aws:iam::{account}:role/{role}" for role in roles]

    assert arns
    assert not [arn for arn in arns if not any(pattern.fullmatch(arn) for pattern in kept(facts))]


def test_the_buckets_of_logs_are_in_the_account_that_is_kept(facts, ground):
    names = [bucket["Properties"]["BucketName"] for bucket in ground.all("LogArchive", "AWS::S3::Bucket")]

    assert names
    assert all(facts.log_archive_account in name for name in names)


def test_the_organization_s_id_comes_in_and_a_sentinel_stands_for_it_until_then(organization, registry):
    unknown = registry.model_copy(update={"organization": OrganizationEntry()})

    assert facts_of(organization, unknown, "o-exampleorgid").organization_id == "o-exampleorgid"
    assert facts_of(organization, registry).organization_id == registry.organization.id
    assert facts_of(organization, unknown).organization_id == "o-0000000000"


@pytest.mark.parametrize("id", ["exampleorgid", "o-short", "o-UPPERCASE00"])
def test_what_is_no_organization_s_id_is_refused(organization, registry, id):
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="organization_id"):
        facts_of(organization, registry, id)


def test_a_missing_platform_account_is_an_input_error(organization):
    from constructs_lib.specs.errors import InputError

    with pytest.raises(InputError, match="'log-archive' is missing"):
        facts_of(organization, Registry())
