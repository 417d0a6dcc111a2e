"""The JSON of OCI images: the fields that are used here, by the names that the specification gives them.

https://github.com/opencontainers/image-spec. Field order is the order in the bytes, so it is part of the digest.
"""

from pydantic import Field

from constructs_lib.specs.base import Spec

INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


class LayoutVersion(Spec):
    """The file `oci-layout`, by which a tool knows the folder for what it is."""

    imageLayoutVersion: str = "1.0.0"


class Descriptor(Spec):
    """Points at a blob."""

    mediaType: str
    digest: str
    size: int


class Manifest(Spec):
    """An image: its config and its layers."""

    schemaVersion: int = 2
    mediaType: str = MANIFEST_TYPE
    config: Descriptor
    layers: tuple[Descriptor, ...]


class Index(Spec):
    """The images of a layout."""

    schemaVersion: int = 2
    mediaType: str = INDEX_TYPE
    manifests: tuple[Descriptor, ...]


class Execution(Spec):
    """How a container of the image is started, unless its task definition says otherwise."""

    User: str
    ExposedPorts: dict[str, dict[str, str]]
    Env: tuple[str, ...]
    Entrypoint: tuple[str, ...]
    Labels: dict[str, str]
    StopSignal: str


class RootFilesystem(Spec):
    """The layers of an image before compression."""

    type: str = "layers"
    diff_ids: tuple[str, ...]


class ImageConfig(Spec):
    """What an image is for, and how it is started."""

    architecture: str
    os: str
    config: Execution
    rootfs: RootFilesystem = Field(description="One digest for each layer, in their order.")
