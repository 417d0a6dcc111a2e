"""The registry, against moto's ECR."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cells.images.layout import ImageLayout
from cells.images.lock import ImageLock
from cells.images.placeholder import PLACEHOLDER_DIGEST, PLACEHOLDER_LAYOUT, PLACEHOLDER_TAG
from cells.images.registry import Pushed, has_image, missing_images, push_placeholder
from cells.images.repository import RepositorySettings
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

ROOT = Path(__file__).parents[3]
REGISTRY = "123456789012"
REPOSITORY = "acme-crm/api"
A = "sha256:" + "a" * 64
SETTINGS = RepositorySettings(pull_accounts=("444455556666", "111122223333"), tags={"product": "acme-crm"})


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["ECRClient"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ecr", region_name="eu-west-1")


def _calls(client: "ECRClient") -> list[str]:
    made: list[str] = []
    client.meta.events.register("before-call.ecr", lambda model, **_: made.append(model.name))
    return made


def test_pushed_placeholder_is_in_the_registry_under_its_digest(client: "ECRClient") -> None:
    pushed = push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    assert pushed == Pushed(repository=REPOSITORY, digest=PLACEHOLDER_DIGEST, created=True, pushed=True)
    assert has_image(client, REGISTRY, REPOSITORY, PLACEHOLDER_DIGEST)
    image = client.describe_images(repositoryName=REPOSITORY)["imageDetails"][0]
    assert image["imageTags"] == [PLACEHOLDER_TAG]


def test_every_piece_of_the_placeholder_is_uploaded_whole(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    pieces = ImageLayout.read(PLACEHOLDER_LAYOUT).pieces
    layers = client.batch_check_layer_availability(
        repositoryName=REPOSITORY, layerDigests=[piece.digest for piece in pieces]
    )["layers"]
    assert [(layer["layerAvailability"], layer["layerSize"]) for layer in layers] == [
        ("AVAILABLE", len(piece.content)) for piece in pieces
    ]


def test_manifest_in_the_registry_is_byte_for_byte_the_committed_one(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    image = client.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": PLACEHOLDER_DIGEST}])["images"]
    assert image[0]["imageManifest"].encode() == ImageLayout.read(PLACEHOLDER_LAYOUT).manifest.content


def test_created_repository_scans_and_its_tags_never_move(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    repository = client.describe_repositories()["repositories"][0]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfiguration"] == {"encryptionType": "AES256"}
    tags = client.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
    assert tags == [{"Key": "product", "Value": "acme-crm"}]


def test_created_repository_is_encrypted_with_the_key_given(client: "ECRClient") -> None:
    key = "arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    push_placeholder(client, REGISTRY, REPOSITORY, RepositorySettings(pull_accounts=(), kms_key_arn=key))

    repository = client.describe_repositories()["repositories"][0]
    assert repository["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": key}


def test_only_the_accounts_given_may_pull_and_none_may_push(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    policy = json.loads(client.get_repository_policy(repositoryName=REPOSITORY)["policyText"])
    statement = policy["Statement"][0]
    assert statement["Principal"] == {"AWS": ["111122223333", "444455556666"]}
    assert sorted(statement["Action"]) == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    ]


def test_account_that_was_vended_later_may_pull_after_the_next_push(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    push_placeholder(client, REGISTRY, REPOSITORY, RepositorySettings(pull_accounts=("777788889999",)))

    policy = json.loads(client.get_repository_policy(repositoryName=REPOSITORY)["policyText"])
    assert policy["Statement"][0]["Principal"] == {"AWS": ["777788889999"]}


def test_policy_of_the_stack_that_owns_the_repository_is_left_alone(client: "ECRClient") -> None:
    client.create_repository(repositoryName=REPOSITORY)
    pull = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
    own = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "PullFromTheOrganization", **pull}]})
    client.set_repository_policy(repositoryName=REPOSITORY, policyText=own)

    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    assert json.loads(client.get_repository_policy(repositoryName=REPOSITORY)["policyText"]) == json.loads(own)


def test_repository_without_accounts_has_no_policy(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, RepositorySettings(pull_accounts=()))

    with pytest.raises(client.exceptions.RepositoryPolicyNotFoundException):
        client.get_repository_policy(repositoryName=REPOSITORY)


def test_second_push_changes_nothing_and_uploads_nothing(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)
    made = _calls(client)

    again = push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    assert (again.created, again.pushed) == (False, False)
    assert not {"InitiateLayerUpload", "UploadLayerPart", "PutImage"} & set(made)


@pytest.mark.parametrize("step", ["SetRepositoryPolicy", "UploadLayerPart", "CompleteLayerUpload", "PutImage"])
def test_push_that_failed_at_any_step_ends_well_when_run_again(client: "ECRClient", step: str) -> None:
    def fail(**_: str) -> None:
        raise ConnectionError(step)

    client.meta.events.register(f"before-call.ecr.{step}", fail)
    with pytest.raises(ConnectionError):
        push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)
    client.meta.events.unregister(f"before-call.ecr.{step}", fail)

    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    assert has_image(client, REGISTRY, REPOSITORY, PLACEHOLDER_DIGEST)
    assert client.get_repository_policy(repositoryName=REPOSITORY)["policyText"] == SETTINGS.policy_text()


def test_push_that_failed_at_the_end_does_not_upload_the_layers_again(client: "ECRClient") -> None:
    def fail(**_: str) -> None:
        raise ConnectionError

    client.meta.events.register("before-call.ecr.PutImage", fail)
    with pytest.raises(ConnectionError):
        push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)
    client.meta.events.unregister("before-call.ecr.PutImage", fail)
    made = _calls(client)

    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    assert "InitiateLayerUpload" not in made
    assert "PutImage" in made


def test_large_layer_is_uploaded_in_the_parts_that_the_registry_asks_for(client: "ECRClient") -> None:
    def small_parts(parsed: dict[str, int], **_: str) -> None:
        parsed["partSize"] = 700_000

    def note(params: dict[str, int], **_: str) -> None:
        ranges.append((params["partFirstByte"], params["partLastByte"]))

    ranges: list[tuple[int, int]] = []
    client.meta.events.register("after-call.ecr.InitiateLayerUpload", small_parts)
    client.meta.events.register("provide-client-params.ecr.UploadLayerPart", note)

    push_placeholder(client, REGISTRY, REPOSITORY, SETTINGS)

    layer = ImageLayout.read(PLACEHOLDER_LAYOUT).layers[0]
    answer = client.batch_check_layer_availability(repositoryName=REPOSITORY, layerDigests=[layer.digest])
    assert answer["layers"][0]["layerAvailability"] == "AVAILABLE"
    assert ranges[1:] == [(0, 699_999), (700_000, 1_399_999), (1_400_000, len(layer.content) - 1)]


def test_repository_of_somebody_else_gets_the_image_and_keeps_its_settings(client: "ECRClient") -> None:
    client.create_repository(repositoryName=REPOSITORY, imageTagMutability="MUTABLE")

    pushed = push_placeholder(client, REGISTRY, REPOSITORY, None)

    assert (pushed.created, pushed.pushed) == (False, True)
    assert client.describe_repositories()["repositories"][0]["imageTagMutability"] == "MUTABLE"
    with pytest.raises(client.exceptions.RepositoryPolicyNotFoundException):
        client.get_repository_policy(repositoryName=REPOSITORY)


def test_missing_repository_of_somebody_else_is_an_error_and_not_created(client: "ECRClient") -> None:
    with pytest.raises(CellsError, match="repository acme-crm/api does not exist in account 123456789012"):
        push_placeholder(client, REGISTRY, REPOSITORY, None)

    assert client.describe_repositories()["repositories"] == []


def test_unexpected_refusal_is_not_taken_for_a_missing_image(client: "ECRClient") -> None:
    def denied(**_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "BatchGetImage")

    client.meta.events.register("before-call.ecr.BatchGetImage", denied)

    with pytest.raises(ClientError, match="AccessDeniedException"):
        missing_images(client, REGISTRY, ImageLock(product="acme-crm").references("dev"))


def test_missing_images_are_named_with_the_reason(client: "ECRClient") -> None:
    push_placeholder(client, REGISTRY, "acme-crm/api", SETTINGS)
    push_placeholder(client, REGISTRY, "acme-crm/worker", SETTINGS)
    lock = ImageLock(product="acme-crm").with_digest("dev", "worker", A)

    missing = missing_images(client, REGISTRY, lock.references("dev"))

    assert [(each.reference.container, each.reason) for each in missing] == [
        ("worker", f"repository acme-crm/worker has no image {A}"),
        ("migrations", "repository acme-crm/migrations does not exist"),
    ]


def test_nothing_is_missing_once_all_was_pushed(client: "ECRClient") -> None:
    references = ImageLock(product="acme-crm").references("prod")
    for reference in references:
        push_placeholder(client, REGISTRY, reference.repository, SETTINGS)

    assert missing_images(client, REGISTRY, references) == []


def test_environments_are_asked_for_together_in_one_call_for_each_repository(client: "ECRClient") -> None:
    lock = ImageLock(product="acme-crm").with_digest("dev", "api", A)
    client.create_repository(repositoryName=REPOSITORY)
    made = _calls(client)

    missing = missing_images(client, REGISTRY, [*lock.references("dev"), *lock.references("prod")])

    assert [each.reference.digest for each in missing if each.reference.container == "api"] == [A, PLACEHOLDER_DIGEST]
    assert made == ["BatchGetImage"] * 3


@pytest.mark.parametrize("module", ["cells.images.lock", "cells.images.registry"])
def test_import_starts_neither_boto3_nor_the_cdk(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'aws_cdk', 'boto3', 'botocore'}} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout

    assert loaded.strip() == "[]"
