"""The image registry keeps what a real one keeps, and refuses what it refuses."""

import hashlib
import json

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Local

HUB = "777788889999"
MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """A repository of the hub."""

    def __init__(self, local: Local, name: str) -> None:
        self.name = name
        self.client = local.session(HUB).client("ecr", endpoint_url=local.server.endpoint)
        self.client.create_repository(repositoryName=name)

    def upload(self, content: bytes, digest: str | None = None) -> str:
        upload = self.client.initiate_layer_upload(repositoryName=self.name)["uploadId"]
        half = len(content) // 2
        for first, part in ((0, content[:half]), (half, content[half:])):
            self.client.upload_layer_part(
                repositoryName=self.name,
                uploadId=upload,
                partFirstByte=first,
                partLastByte=first + len(part) - 1,
                layerPartBlob=part,
            )
        done = self.client.complete_layer_upload(
            repositoryName=self.name, uploadId=upload, layerDigests=[digest or digest_of(content)]
        )
        return str(done["layerDigest"])

    def manifest(self, config: str, layer: str) -> str:
        return json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MEDIA_TYPE,
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": config},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": 5, "digest": layer}],
            }
        )

    def push(self, manifest: str, digest: str | None = None) -> str:
        image = self.client.put_image(
            repositoryName=self.name,
            imageManifest=manifest,
            imageManifestMediaType=MEDIA_TYPE,
            imageDigest=digest or digest_of(manifest.encode()),
        )["image"]
        return str(image["imageId"]["imageDigest"])


def test_an_image_is_found_by_the_digest_of_its_manifest_from_another_account(local: Local) -> None:
    registry = Registry(local, "found")
    manifest = registry.manifest(registry.upload(b"{}"), registry.upload(b"layer"))

    digest = registry.push(manifest)

    cell = local.session("444455556666").client("ecr", endpoint_url=local.server.endpoint)
    wanted = [{"imageDigest": digest}]
    found = cell.describe_images(registryId=HUB, repositoryName="found", imageIds=wanted)["imageDetails"]
    pulled = cell.batch_get_image(registryId=HUB, repositoryName="found", imageIds=wanted)["images"]
    assert digest == digest_of(manifest.encode())
    assert found[0]["imageManifestMediaType"] == MEDIA_TYPE
    assert pulled[0]["imageManifest"] == manifest


def test_fails_to_find_a_digest_that_was_never_pushed(local: Local) -> None:
    registry = Registry(local, "empty")

    with pytest.raises(registry.client.exceptions.ImageNotFoundException):
        registry.client.describe_images(repositoryName="empty", imageIds=[{"imageDigest": "sha256:" + "0" * 64}])


def test_an_uploaded_layer_is_available(local: Local) -> None:
    registry = Registry(local, "layers")
    layer = registry.upload(b"layer")

    found = registry.client.batch_check_layer_availability(
        repositoryName="layers", layerDigests=[layer, "sha256:" + "1" * 64]
    )["layers"]

    assert [item["layerAvailability"] for item in found] == ["AVAILABLE", "UNAVAILABLE"]
    assert found[0]["layerSize"] == 5


def test_fails_to_take_a_layer_with_a_wrong_digest(local: Local) -> None:
    registry = Registry(local, "wrong-layer")

    with pytest.raises(ClientError, match="InvalidLayerException"):
        registry.upload(b"layer", "sha256:" + "2" * 64)


def test_fails_to_take_an_image_whose_layers_are_missing(local: Local) -> None:
    registry = Registry(local, "missing-layers")

    with pytest.raises(ClientError, match="LayersNotFoundException"):
        registry.push(registry.manifest("sha256:" + "3" * 64, "sha256:" + "4" * 64))


def test_fails_to_take_an_image_under_another_digest(local: Local) -> None:
    registry = Registry(local, "wrong-image")
    manifest = registry.manifest(registry.upload(b"{}"), registry.upload(b"layer"))

    with pytest.raises(ClientError, match="ImageDigestDoesNotMatchException"):
        registry.push(manifest, "sha256:" + "5" * 64)
