import pytest
from pydantic import ValidationError

from accounts.ci_cd_spec import CiCdSpec, Repository
from accounts.stacks.deployment_role import PIPELINE_ROLE_NAME

STACK = "CiCd"
CONNECTION = "arn:aws:codeconnections:eu-west-1:666666666666:connection/0c1d2e3f-0000-4000-8000-000000000000"
PLATFORM = {"name": "example/platform", "branches": ["main"], "environments": ["prod"]}
GITHUB = "token.actions.githubusercontent.com"


@pytest.fixture(scope="module")
def declared(lay_ground, organization, registry):
    ci_cd = CiCdSpec.model_validate({"repositories": [PLATFORM], "runners": {"connection": CONNECTION}})
    return lay_ground(organization.model_copy(update={"ci_cd": ci_cd}), registry)


@pytest.fixture(scope="module")
def role(declared):
    named = [one for one in declared.all(STACK, "AWS::IAM::Role") if one["Properties"].get("RoleName")]
    (role,) = named
    return role["Properties"]


@pytest.fixture(scope="module")
def statements(role):
    return {one["Sid"]: one for policy in role["Policies"] for one in policy["PolicyDocument"]["Statement"]}


# --- who may deploy ---


def test_nobody_may_deploy_from_outside_by_default(ground):
    for type in ("AWS::IAM::OIDCProvider", "AWS::IAM::Role", "AWS::CodeBuild::Project"):
        assert ground.template(STACK).find_resources(type) == {}


def test_the_pipeline_role_has_the_name_that_accounts_trust(role):
    assert role["RoleName"] == PIPELINE_ROLE_NAME
    assert role["MaxSessionDuration"] == 3600


def test_only_the_declared_branches_and_environments_become_the_pipeline_role(role):
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            f"{GITHUB}:aud": "sts.amazonaws.com",
            f"{GITHUB}:sub": ["repo:example/platform:ref:refs/heads/main", "repo:example/platform:environment:prod"],
        }
    }


def test_the_pipeline_becomes_deployment_roles_of_this_organization_only(statements):
    become = statements["BecomeDeploymentRoles"]

    assert become["Resource"] == "arn:aws:iam::*:role/DeploymentRole"
    assert become["Condition"]["StringEquals"] == {"aws:ResourceOrgID": "o-exampleorgid"}
    assert [one["Sid"] for one in statements.values() if "sts:AssumeRole" in str(one["Action"])] == [
        "BecomeDeploymentRoles"
    ]


def test_the_pipeline_pushes_and_signs_in_shared_services_only(statements):
    for name in ("PushImages", "SignImages", "PublishPackages"):
        assert statements[name]["Condition"] == {"StringEquals": {"aws:ResourceAccount": "555555555555"}}


def test_the_pipeline_deletes_nothing(statements):
    actions = [action for one in statements.values() for action in as_list(one["Action"])]

    assert not [action for action in actions if "Delete" in action or "*" in action]


def test_everything_that_knows_no_resource_is_named(statements):
    assert {name for name, one in statements.items() if one["Resource"] == "*"} == {
        "LogInToTheRegistry",
        "BearerTokenOfThePackages",
    }


def as_list(value):
    return value if isinstance(value, list) else [value]


# --- runners ---


def test_a_runner_takes_queued_jobs_of_its_repository(declared):
    project = declared.only(STACK, "AWS::CodeBuild::Project")["Properties"]

    assert project["Name"] == "example-runner-example-platform"
    assert project["Source"]["Location"] == "https://github.com/example/platform.git"
    assert project["Source"]["Auth"] == {"Type": "CODECONNECTIONS", "Resource": CONNECTION}
    assert project["Triggers"] == {
        "Webhook": True,
        "FilterGroups": [[{"Type": "EVENT", "Pattern": "WORKFLOW_JOB_QUEUED"}]],
    }


def test_a_runner_is_not_privileged_and_its_log_is_encrypted(declared):
    project = declared.only(STACK, "AWS::CodeBuild::Project")["Properties"]

    assert project["Environment"]["PrivilegedMode"] is False
    assert project["Environment"]["Type"] == "ARM_CONTAINER"
    assert "KmsKeyId" in declared.only(STACK, "AWS::Logs::LogGroup")["Properties"]


def test_a_job_has_no_rights_by_the_machine_that_it_runs_on(declared):
    """A pull request may bring a job. Rights come by the pipeline role, which trusts no pull request."""
    (machine,) = [
        one["Properties"] for one in declared.all(STACK, "AWS::IAM::Role") if not one["Properties"].get("RoleName")
    ]

    allowed = [one for policy in machine["Policies"] for one in policy["PolicyDocument"]["Statement"]]
    assert {one["Sid"]: one["Action"] for one in allowed} == {
        "WriteItsLog": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "FetchItsSource": ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"],
    }
    assert declared.template(STACK).find_resources("AWS::IAM::Policy") == {}


def test_no_password_or_token_stands_in_the_template(declared):
    assert "AWS::CodeBuild::SourceCredential" not in str(declared.template(STACK).to_json())


# --- artifacts and signatures ---


def test_artifacts_are_versioned_encrypted_and_outlive_their_stack(ground):
    (bucket,) = [one for one in ground.all(STACK, "AWS::S3::Bucket") if "LoggingConfiguration" in one["Properties"]]

    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "aws:kms" in str(bucket["Properties"]["BucketEncryption"])
    assert bucket["UpdateReplacePolicy"] == "Retain"
    assert ground.artifact(STACK)["terminationProtection"] is True


def test_the_organization_checks_signatures_and_only_the_pipeline_makes_them(ground, statements):
    (key,) = [one["Properties"] for one in ground.all(STACK, "AWS::KMS::Key") if one["Properties"].get("KeyUsage")]
    check = next(one for one in key["KeyPolicy"]["Statement"] if one.get("Sid") == "CheckSignatures")

    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert check["Action"] == ["kms:DescribeKey", "kms:GetPublicKey", "kms:Verify"]
    assert check["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    assert "kms:Sign" in statements["SignFiles"]["Action"]


# --- what is declared ---


def test_a_job_of_an_environment_is_trusted_by_its_environment():
    assert Repository(name="example/app", environments=("prod",)).subjects == ("repo:example/app:environment:prod",)


@pytest.mark.parametrize(
    "name,ci_cd,message",
    [
        ("a whole repository", {"repositories": [{"name": "example/app"}]}, "a whole repository is never trusted"),
        ("a pattern for a branch", {"repositories": [{"name": "example/app", "branches": ["*"]}]}, "branches"),
        ("a pattern for a repository", {"repositories": [{"name": "example/*", "branches": ["main"]}]}, "name"),
        ("a repository twice", {"repositories": [PLATFORM, PLATFORM]}, "example-platform twice"),
        ("runners of nothing", {"runners": {"connection": CONNECTION}}, "need repositories"),
        ("what is no connection", {"repositories": [PLATFORM], "runners": {"connection": "github"}}, "connection"),
        (
            "more subjects than a trust policy takes",
            {"repositories": [{"name": f"example/repository-{n}", "branches": ["main"]} for n in range(40)]},
            "40 subjects",
        ),
    ],
)
def test_a_declaration_that_trusts_too_much_or_nothing_is_refused(name, ci_cd, message):
    with pytest.raises(ValidationError, match=message):
        CiCdSpec.model_validate(ci_cd)


def test_the_largest_trust_policy_that_is_taken_fits_into_iam(lay_ground, organization, registry):
    repositories = [{"name": f"example/repository-{n:02d}", "branches": ["main"]} for n in range(30)]
    subjects = CiCdSpec.model_validate({"repositories": repositories}).subjects
    room = 1500 - sum(len(subject) + 3 for subject in subjects)
    assert 0 <= room < 60, "the example is not the largest"
    whole = organization.model_copy(update={"ci_cd": CiCdSpec.model_validate({"repositories": repositories})})

    import json

    (role,) = lay_ground(whole, registry).all(STACK, "AWS::IAM::Role")
    policy = json.dumps(role["Properties"]["AssumeRolePolicyDocument"], separators=(",", ":"))
    assert len(policy) <= 2048
