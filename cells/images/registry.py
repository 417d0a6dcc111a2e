"""The registry (Amazon ECR in the shared services account): what it has, what it lacks, and the placeholder in it.

Plain ECR calls, so that neither docker nor a registry login is needed. The caller brings the client, so that importing
this module does not import boto3. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cells.images.layout import Blob, ImageLayout
from cells.images.placeholder import PLACEHOLDER_LAYOUT, PLACEHOLDER_TAG
from cells.images.reference import ImageReference
from cells.images.repository import RepositorySettings, is_ours
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.identity import AccountId

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.type_defs import EncryptionConfigurationTypeDef

_BATCH = 100  # digests that BatchGetImage takes
_MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


class MissingImage(Spec):
    """An image that a lock names and the registry lacks."""

    reference: ImageReference
    reason: str
    """Why, in lower case: the repository does not exist, or the image is not in it."""


class Pushed(Spec):
    """What `push_placeholder` did. Both false: everything was there."""

    repository: str
    digest: str
    created: bool
    """Whether it created the repository."""
    pushed: bool
    """Whether it put the image."""


def has_image(client: "ECRClient", registry: AccountId, repository: str, digest: str) -> bool:
    """Say whether a repository of the account `registry` has the image.

    Needs `ecr:BatchGetImage`, which every account has that may pull.
    """
    return digest in _present(client, registry, repository, [digest])


def missing_images(
    client: "ECRClient", registry: AccountId, references: Iterable[ImageReference]
) -> list[MissingImage]:
    """Return the images that the registry lacks, in the order given: one call for each repository."""
    wanted = list(dict.fromkeys(references))
    missing: dict[ImageReference, str] = {}
    for repository in dict.fromkeys(reference.repository for reference in wanted):
        here = [reference for reference in wanted if reference.repository == repository]
        try:
            present = _present(client, registry, repository, [reference.digest for reference in here])
        except client.exceptions.RepositoryNotFoundException:
            missing |= dict.fromkeys(here, f"repository {repository} does not exist")
            continue
        missing |= {
            reference: f"repository {repository} has no image {reference.digest}"
            for reference in here
            if reference.digest not in present
        }
    return [
        MissingImage(reference=reference, reason=missing[reference]) for reference in wanted if reference in missing
    ]


def push_placeholder(
    client: "ECRClient", registry: AccountId, repository: str, settings: RepositorySettings | None
) -> Pushed:
    """Put the placeholder into a repository of the account `registry`, whose credentials the client has.

    With `settings` a missing repository is created, and who may pull is set anew each time, unless a stack has said so:
    the policy of `SharedServices-<product>` is left alone. None: somebody else owns
    the repository, and nothing but the image is touched; raises `CellsError` when it does not exist.

    Safe to run again, after a success or after a failure at any point: what is there is left alone.
    """
    image = ImageLayout.read(PLACEHOLDER_LAYOUT)
    created = settings is not None and _ensure_repository(client, registry, repository, settings)
    try:
        pushed = not has_image(client, registry, repository, image.digest)
    except client.exceptions.RepositoryNotFoundException as error:
        raise CellsError(
            f"repository {repository} does not exist in account {registry}",
            hint="deploy the stack that owns it first",
        ) from error
    if pushed:
        _upload_missing(client, registry, repository, image.pieces)
        _put(client, registry, repository, image)
    return Pushed(repository=repository, digest=image.digest, created=created, pushed=pushed)


def _present(client: "ECRClient", registry: str, repository: str, digests: Sequence[str]) -> set[str]:
    present: set[str] = set()
    for start in range(0, len(digests), _BATCH):
        answer = client.batch_get_image(
            registryId=registry,
            repositoryName=repository,
            imageIds=[{"imageDigest": digest} for digest in digests[start : start + _BATCH]],
            acceptedMediaTypes=_MANIFEST_TYPES,
        )
        present |= {image["imageId"]["imageDigest"] for image in answer["images"]}
    return present


def _ensure_repository(client: "ECRClient", registry: str, repository: str, settings: RepositorySettings) -> bool:
    created = True
    try:
        client.create_repository(
            registryId=registry,
            repositoryName=repository,
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
            encryptionConfiguration=_encryption(settings),
            tags=[{"Key": key, "Value": value} for key, value in sorted(settings.tags.items())],
        )
    except client.exceptions.RepositoryAlreadyExistsException:
        created = False
    policy = settings.policy_text()
    if policy and not _is_of_a_stack(client, registry, repository):
        client.set_repository_policy(registryId=registry, repositoryName=repository, policyText=policy)
    return created


def _is_of_a_stack(client: "ECRClient", registry: str, repository: str) -> bool:
    """Whether the policy is one that we did not write: that of `SharedServices-<product>`, which also lets push."""
    try:
        found = client.get_repository_policy(registryId=registry, repositoryName=repository)["policyText"]
    except client.exceptions.RepositoryPolicyNotFoundException:
        return False
    return not is_ours(found)


def _encryption(settings: RepositorySettings) -> "EncryptionConfigurationTypeDef":
    if settings.kms_key_arn:
        return {"encryptionType": "KMS", "kmsKey": settings.kms_key_arn}
    return {"encryptionType": "AES256"}


def _upload_missing(client: "ECRClient", registry: str, repository: str, blobs: Sequence[Blob]) -> None:
    answer = client.batch_check_layer_availability(
        registryId=registry, repositoryName=repository, layerDigests=[blob.digest for blob in blobs]
    )
    present = {layer["layerDigest"] for layer in answer["layers"] if layer["layerAvailability"] == "AVAILABLE"}
    for blob in blobs:
        if blob.digest not in present:
            _upload(client, registry, repository, blob)


def _upload(client: "ECRClient", registry: str, repository: str, blob: Blob) -> None:
    upload = client.initiate_layer_upload(registryId=registry, repositoryName=repository)
    for start in range(0, len(blob.content), upload["partSize"]):
        part = blob.content[start : start + upload["partSize"]]
        client.upload_layer_part(
            registryId=registry,
            repositoryName=repository,
            uploadId=upload["uploadId"],
            partFirstByte=start,
            partLastByte=start + len(part) - 1,
            layerPartBlob=part,
        )
    try:
        client.complete_layer_upload(
            registryId=registry,
            repositoryName=repository,
            uploadId=upload["uploadId"],
            layerDigests=[blob.digest],
        )
    except client.exceptions.LayerAlreadyExistsException:
        return  # another run was faster


def _put(client: "ECRClient", registry: str, repository: str, image: ImageLayout) -> None:
    try:
        client.put_image(
            registryId=registry,
            repositoryName=repository,
            imageManifest=image.manifest.content.decode(),
            imageManifestMediaType=image.manifest.media_type,
            imageTag=PLACEHOLDER_TAG,
            imageDigest=image.digest,
        )
    except client.exceptions.ImageAlreadyExistsException:
        return  # another run was faster
