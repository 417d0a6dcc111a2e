import json

import pytest

from accounts.shared_services_spec import SharedServicesSpec
from accounts.stacks.shared_services import shared_services_stacks
from tests.accounts.platforms import platform, products, templates, too_large

COMMON = "SharedServices"
CRM = "SharedServices-acme-crm"
SENTINEL = "o-exampleorgid"


@pytest.fixture(scope="module")
def repositories(ground):
    return {one["Properties"]["RepositoryName"]: one for one in ground.all(CRM, "AWS::ECR::Repository")}


@pytest.fixture
def with_secrets(lay_ground, organization, registry):
    def run(*secrets):
        declared = SharedServicesSpec.model_validate({"secrets": secrets})
        return lay_ground(organization.model_copy(update={"shared_services": declared}), registry)

    return run


# --- images ---


def test_every_container_of_a_product_has_a_repository_of_the_agreed_name(repositories):
    assert set(repositories) == {f"acme-crm/{name}" for name in ("api", "worker", "migrations", "permissions")}


def test_tags_never_move_and_images_outlive_their_stack(repositories):
    for repository in repositories.values():
        assert repository["Properties"]["ImageTagMutability"] == "IMMUTABLE"
        assert repository["DeletionPolicy"] == "RetainExceptOnCreate"
        assert repository["UpdateReplacePolicy"] == "Retain"
        assert repository["Properties"].get("EmptyOnDelete", False) is False


def test_images_are_encrypted_with_the_key_of_the_account(ground, repositories):
    (key,) = [key for key in ground.template(COMMON).find_resources("AWS::KMS::Key") if key.startswith("ImagesKey")]

    ground.template(COMMON).has_output("ImagesKeyArn", {"Value": {"Fn::GetAtt": [key, "Arn"]}})
    for repository in repositories.values():
        encryption = repository["Properties"]["EncryptionConfiguration"]
        assert encryption["EncryptionType"] == "KMS"
        assert encryption["KmsKey"]["Fn::GetStackOutput"]["OutputName"] == "ImagesKeyArn"


def test_the_whole_organization_pulls_and_only_the_pipeline_pushes(repositories):
    pull, push = repositories["acme-crm/api"]["Properties"]["RepositoryPolicyText"]["Statement"]

    assert pull["Principal"] in ("*", {"AWS": "*"})
    assert pull["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": SENTINEL}}
    assert "ecr:PutImage" not in pull["Action"]
    assert push["Principal"] == {"AWS": "arn:aws:iam::666666666666:root"}
    assert push["Condition"] == {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::666666666666:role/cell-pipeline"}}
    assert "ecr:PutImage" in push["Action"]


def test_nobody_may_delete_an_image_from_outside(repositories):
    for repository in repositories.values():
        for statement in repository["Properties"]["RepositoryPolicyText"]["Statement"]:
            assert not [action for action in statement["Action"] if "Delete" in action or "*" in action]


def test_an_image_with_a_tag_never_expires(repositories):
    """A rule cannot know what runs. A digest in a lock has a tag, and a tag that cannot move cannot leave it."""
    for repository in repositories.values():
        (rule,) = json.loads(repository["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
        assert rule["selection"]["tagStatus"] == "untagged"
        assert rule["action"] == {"type": "expire"}


def test_every_image_is_signed_and_scanned(ground):
    signing = ground.only(COMMON, "AWS::ECR::SigningConfiguration")["Properties"]["Rules"]
    scanning = ground.only(COMMON, "AWS::ECR::RegistryScanningConfiguration")["Properties"]

    assert [rule["RepositoryFilters"] for rule in signing] == [[{"Filter": "*", "FilterType": "WILDCARD_MATCH"}]]
    assert scanning["ScanType"] == "ENHANCED"
    assert [rule["ScanFrequency"] for rule in scanning["Rules"]] == ["CONTINUOUS_SCAN"]


def test_the_pipelines_account_may_sign_what_it_pushes(ground):
    allowed = [one["Properties"] for one in ground.all(COMMON, "AWS::Signer::ProfilePermission")]

    assert {one["Action"] for one in allowed} == {"signer:SignPayload", "signer:GetSigningProfile"}
    assert {one["Principal"] for one in allowed} == {"666666666666"}


# --- packages ---


def test_the_organization_reads_packages_and_only_the_pipeline_publishes(ground):
    own = next(
        one["Properties"]
        for one in ground.all(COMMON, "AWS::CodeArtifact::Repository")
        if one["Properties"]["RepositoryName"] == "packages"
    )
    read, publish = own["PermissionsPolicyDocument"]["Statement"]

    assert read["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": SENTINEL}}
    assert "codeartifact:ReadFromRepository" in read["Action"]
    assert not [action for action in read["Action"] if "Publish" in action or "Delete" in action]
    assert publish["Condition"]["ArnEquals"] == {"aws:PrincipalArn": "arn:aws:iam::666666666666:role/cell-pipeline"}


def test_packages_of_npm_and_pypi_are_fetched_through_the_store(ground):
    fetched = [
        one["Properties"]["ExternalConnections"]
        for one in ground.all(COMMON, "AWS::CodeArtifact::Repository")
        if "ExternalConnections" in one["Properties"]
    ]

    assert sorted(fetched) == [["public:npmjs"], ["public:pypi"]]


def test_a_name_of_the_organization_never_comes_from_outside(ground):
    groups = [one["Properties"] for one in ground.all(COMMON, "AWS::CodeArtifact::PackageGroup")]

    assert {group["Pattern"] for group in groups} == {"/npm/example/*", "/pypi//example~"}
    for group in groups:
        restrictions = group["OriginConfiguration"]["Restrictions"]
        assert restrictions["ExternalUpstream"] == {"RestrictionMode": "BLOCK"}
        assert restrictions["Publish"] == {"RestrictionMode": "ALLOW"}


# --- users ---


def test_prod_has_a_user_directory_of_its_own(ground):
    pools = ground.template(COMMON).find_resources("AWS::Cognito::UserPool")

    assert len(pools) == 2
    for pool in pools.values():
        assert pool["Properties"]["MfaConfiguration"] == "ON"
        assert pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
        assert pool["Properties"]["DeletionProtection"] == "ACTIVE"
        assert pool["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("segment", ["Prod", "NonProd"])
def test_the_keys_of_tokens_are_at_a_public_address_that_is_told(ground, segment):
    outputs = ground.template(COMMON).to_json()["Outputs"]
    pool = outputs[f"{segment}UserPoolId"]["Value"]

    issuer = outputs[f"{segment}Issuer"]["Value"]["Fn::Join"][1]
    keys = outputs[f"{segment}JwksUri"]["Value"]["Fn::Join"][1]
    assert issuer == ["https://cognito-idp.eu-west-1.", {"Ref": "AWS::URLSuffix"}, "/", pool]
    assert keys[:-1] == issuer[:-1] + keys[len(issuer) - 1 : -1]
    assert keys[-1].endswith("/.well-known/jwks.json")


def test_every_cell_is_a_client_of_the_directory_of_its_segment(ground):
    clients = {
        one["Properties"]["ClientName"]: one["Properties"] for one in ground.all(CRM, "AWS::Cognito::UserPoolClient")
    }

    pools = {name: one["UserPoolId"]["Fn::GetStackOutput"]["OutputName"] for name, one in clients.items()}
    assert pools == {
        "acme-crm-dev-eu-west-1": "NonProdUserPoolId",
        "acme-crm-staging-eu-west-1": "NonProdUserPoolId",
        "acme-crm-prod-eu-west-1": "ProdUserPoolId",
    }
    prod = clients["acme-crm-prod-eu-west-1"]
    assert prod["CallbackURLs"] == ["https://crm.example.com/"]
    assert prod["AllowedOAuthFlows"] == ["code"]
    assert prod["GenerateSecret"] is False


# --- secrets ---


def test_there_is_no_shared_secret_by_default(ground):
    assert ground.template(COMMON).find_resources("AWS::SecretsManager::Secret") == {}


def test_a_shared_secret_is_read_by_the_accounts_of_its_products_only(with_secrets):
    ground = with_secrets({"name": "geocoder", "products": ["acme-crm"]})
    accounts = {f"arn:aws:iam::{id}:root" for id in ("111122223333", "444455556666", "777788889999")}

    policy = ground.only(COMMON, "AWS::SecretsManager::ResourcePolicy")["Properties"]["ResourcePolicy"]
    (read,) = policy["Statement"]
    assert set(read["Principal"]["AWS"]) == accounts
    assert read["Action"] == ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    (key,) = [one for one in ground.all(COMMON, "AWS::KMS::Key") if "ReadThroughSecretsManager" in str(one)]
    through = next(one for one in key["Properties"]["KeyPolicy"]["Statement"] if one.get("Sid"))
    assert through["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}
    assert set(through["Principal"]["AWS"]) == accounts


def test_a_shared_secret_has_no_value_until_a_person_sets_it(with_secrets):
    secret = with_secrets({"name": "geocoder", "products": ["acme-crm"]}).only(COMMON, "AWS::SecretsManager::Secret")

    assert secret["Properties"]["Name"] == "shared/geocoder"
    assert not {"GenerateSecretString", "SecretString"} & set(secret["Properties"])


def test_a_secret_of_a_product_without_accounts_is_there_and_closed(with_secrets):
    ground = with_secrets({"name": "geocoder", "products": ["not-there-yet"]})

    assert ground.only(COMMON, "AWS::SecretsManager::Secret")
    assert ground.template(COMMON).find_resources("AWS::SecretsManager::ResourcePolicy") == {}


# --- size ---


def test_two_hundred_products_stay_below_four_fifths_of_every_limit(organization, registry, tmp_path):
    found = templates(shared_services_stacks, platform(organization, registry, products(200)), tmp_path)

    assert len(found) == 201
    assert too_large(found) == {}


def test_a_new_product_changes_no_template_that_is_there(organization, registry, tmp_path):
    before = templates(shared_services_stacks, platform(organization, registry, []), tmp_path / "none")
    one = templates(shared_services_stacks, platform(organization, registry, products(1)), tmp_path / "one")
    three = templates(shared_services_stacks, platform(organization, registry, products(3)), tmp_path / "three")

    assert set(before) == {COMMON}
    assert before.items() <= one.items() <= three.items()
