"""How the baseline comes into the accounts."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.stacks import baseline_stack_sets
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import OrganizationEntry

GLOBAL, REGIONAL = "BaselineGlobal", "BaselineRegional"
STACK = "BaselineStackSets"


@pytest.fixture(scope="module")
def sets(ground):
    return {
        one["Properties"]["StackSetName"]: one["Properties"]
        for one in ground.all(STACK, "AWS::CloudFormation::StackSet")
    }


@pytest.mark.parametrize("name", [GLOBAL, REGIONAL])
def test_a_stack_set_reaches_every_account_below_the_root_by_itself(lay_ground, organization, registry, name):
    known = registry.model_copy(update={"organization": OrganizationEntry(id="o-exampleorgid", root="r-exampleroot")})
    ground = lay_ground(organization, known)
    (found,) = [
        one["Properties"]
        for one in ground.all(STACK, "AWS::CloudFormation::StackSet")
        if one["Properties"]["StackSetName"] == name
    ]

    (group,) = found["StackInstancesGroup"]
    assert group["DeploymentTargets"] == {"OrganizationalUnitIds": ["r-exampleroot"]}
    assert (found["PermissionModel"], found["CallAs"]) == ("SERVICE_MANAGED", "DELEGATED_ADMIN")
    assert found["AutoDeployment"]["Enabled"] is True
    assert found["AutoDeployment"]["RetainStacksOnAccountRemoval"] is True


def test_what_an_account_has_once_is_in_the_home_region_and_the_rest_in_all(sets, organization):
    assert sets[GLOBAL]["StackInstancesGroup"][0]["Regions"] == ["eu-west-1"]
    assert sets[REGIONAL]["StackInstancesGroup"][0]["Regions"] == list(organization.governed_regions)


def test_the_regional_part_comes_after_what_it_needs(sets):
    (after,) = sets[REGIONAL]["AutoDeployment"]["DependsOn"]

    assert "DependsOn" not in sets[GLOBAL]["AutoDeployment"]
    assert after.startswith("arn:aws:cloudformation:eu-west-1:111111111111:stackset/")
    assert "BaselineGlobal" in after


@pytest.mark.parametrize("name", [GLOBAL, REGIONAL])
def test_a_mistake_stops_in_the_first_accounts(sets, name):
    preferences = sets[name]["OperationPreferences"]

    assert preferences["FailureToleranceCount"] == 0
    assert preferences["RegionConcurrencyType"] == "SEQUENTIAL"
    assert preferences["RegionOrder"][0] == "eu-west-1"
    assert sets[name]["ManagedExecution"] == {"Active": True}


@pytest.mark.parametrize(
    ("name", "management"),
    [
        (GLOBAL, "ManagementBaseline"),
        (REGIONAL, "ManagementBaseline-eu-west-1"),
        (REGIONAL, "ManagementBaseline-us-east-1"),
    ],
)
def test_the_management_account_has_the_same_templates(ground, name, management):
    assert json.loads(ground.text(name)) == json.loads(ground.text(management))


def test_the_management_account_s_stacks_are_not_deployed_through_the_roles_that_they_bound(ground):
    for stack in ("ManagementBaseline", "ManagementBaseline-eu-west-1", "ManagementBaseline-us-east-1"):
        artifact = ground.artifact(stack)
        assert "assumeRoleArn" not in artifact
        assert "cloudFormationExecutionRoleArn" not in artifact
        assert artifact["terminationProtection"] is True
        assert artifact["stackName"].startswith("StackSet-Baseline")


@pytest.mark.parametrize("name", [GLOBAL, REGIONAL])
def test_a_template_is_far_from_the_limit(ground, name):
    assert len(ground.text(name).encode()) <= 0.8 * baseline_stack_sets.MAX_TEMPLATE_BODY


def test_a_template_over_the_limit_is_an_error(lay_ground, organization, registry, monkeypatch):
    monkeypatch.setattr(baseline_stack_sets, "MAX_TEMPLATE_BODY", 10_000)

    with pytest.raises(InputError, match=r"the stack set BaselineGlobal has \d+ bytes, AWS takes 10000"):
        lay_ground(organization, registry)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.integers(min_value=0, max_value=3))
def test_no_product_and_no_account_of_one_changes_the_baseline(lay_ground, organization, registry, ground, kept):
    """Else each new product would redeploy every account."""
    fewer = registry.model_copy(update={"cells": registry.cells[:kept]})

    other = lay_ground(organization, fewer, {"another": ("dev",)} if kept else {})

    for name in (GLOBAL, REGIONAL):
        assert other.text(name) == ground.text(name)


def test_the_hook_reads_the_rules_that_are_published_where_everybody_reads(ground):
    hook = ground.only(GLOBAL, "AWS::CloudFormation::GuardHook")["Properties"]
    files = json.loads((ground.assembly.directory / f"{STACK}.assets.json").read_text())["files"].values()
    (published,) = [file for file in files if file["source"]["path"].endswith(".guard")]
    (destination,) = published["destinations"].values()

    assert destination["bucketName"] == "example-baseline-rules-222222222222"
    assert hook["RuleLocation"]["Uri"] == f"s3://{destination['bucketName']}/{destination['objectKey']}"


@pytest.fixture(scope="module")
def wide(lay_ground, organization, registry):
    """Two governed regions beside the home region."""
    regions = ("us-east-1", "eu-west-1", "ap-southeast-2")
    return lay_ground(organization.model_copy(update={"governed_regions": regions}), registry)


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-2"])
def test_the_rules_are_in_each_region_before_a_hook_is_there(wide, region):
    """What a stack set writes into a hook, with the region filled in, is what the CDK CLI publishes there before."""
    hook = wide.only(REGIONAL, "AWS::CloudFormation::GuardHook")["Properties"]
    wanted = hook["RuleLocation"]["Uri"].replace("-eu-west-1/", f"-{region}/")
    files = json.loads((wide.assembly.directory / f"PublishedRules-{region}.assets.json").read_text())["files"].values()
    (published,) = [file for file in files if file["source"]["path"].endswith(".guard")]
    (destination,) = published["destinations"].values()
    order = [stack.id for stack in wide.assembly.stacks]

    assert f"s3://{destination['bucketName']}/{destination['objectKey']}" == wanted
    assert destination["region"] == region
    assert destination["assumeRoleArn"].endswith(f"file-publishing-role-222222222222-{region}")
    assert (
        wide.only(f"BaselineRules-{region}", "AWS::S3::Bucket")["Properties"]["BucketName"] == destination["bucketName"]
    )
    assert order.index(f"BaselineRules-{region}") < order.index(f"PublishedRules-{region}") < order.index(STACK)


def test_the_stack_that_publishes_rules_names_them_so_that_new_ones_change_it(wide):
    """`cells org apply` deploys only what has changed."""
    hook = wide.only(REGIONAL, "AWS::CloudFormation::GuardHook")["Properties"]
    outputs = json.loads(wide.text("PublishedRules-us-east-1"))["Outputs"]

    assert outputs["RulesOfTheHook"]["Value"] == hook["RuleLocation"]["Uri"].replace("-eu-west-1/", "-us-east-1/")


def test_the_stack_sets_wait_for_the_rules_of_every_region(wide):
    manifest = json.loads((wide.assembly.directory / "manifest.json").read_text())["artifacts"]

    assert {"BaselineRules", "PublishedRules-us-east-1", "PublishedRules-ap-southeast-2"} <= set(
        manifest[STACK]["dependencies"]
    )


@pytest.mark.parametrize(
    ("stack", "region"), [("BaselineRules", "eu-west-1"), ("BaselineRules-us-east-1", "us-east-1")]
)
def test_the_organization_reads_the_rules_and_the_cdk_alone_writes_them(ground, stack, region):
    policy = ground.only(stack, "AWS::S3::BucketPolicy")["Properties"]["PolicyDocument"]
    statements = {one.get("Sid"): one for one in policy["Statement"]}
    publisher = f"arn:aws:iam::222222222222:role/cdk-hnb659fds-file-publishing-role-222222222222-{region}"

    assert statements["ReadByTheOrganization"]["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}
    }
    assert statements["ReadByTheOrganization"]["Action"] == ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"]
    assert statements["PublishedByTheCdk"]["Condition"] == {"ArnEquals": {"aws:PrincipalArn": publisher}}
    denied = statements["WrittenByNobodyElse"]
    assert (denied["Effect"], denied["Action"]) == (
        "Deny",
        ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"],
    )
    assert denied["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": publisher}}


def test_the_rules_are_there_before_the_stack_sets_and_stay(ground):
    bucket = ground.only("BaselineRules", "AWS::S3::Bucket")
    (stack,) = [one for one in ground.assembly.stacks if one.id == STACK]

    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["Properties"]["BucketName"] == "example-baseline-rules-222222222222"
    assert [one.id for one in ground.assembly.stacks].index("BaselineRules") < [
        one.id for one in ground.assembly.stacks
    ].index(stack.id)
