"""An image on disk, in the OCI image layout. https://github.com/opencontainers/image-spec/blob/main/image-layout.md."""

import hashlib
from pathlib import Path
from typing import Self

from pydantic import Field

from cells.images.oci import Descriptor, Index, LayoutVersion, Manifest
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError


def digest_of(content: bytes) -> str:
    """Return the digest that names the content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Blob(Spec):
    """A piece of an image: its manifest, its config or a layer."""

    media_type: str
    content: bytes = Field(repr=False)

    @property
    def digest(self) -> str:
        """What the piece is called in a registry."""
        return digest_of(self.content)

    @property
    def descriptor(self) -> Descriptor:
        """How a manifest or an index points at the piece."""
        return Descriptor(mediaType=self.media_type, digest=self.digest, size=len(self.content))


class ImageLayout(Spec):
    """One image with all its pieces."""

    manifest: Blob
    config: Blob
    layers: tuple[Blob, ...]

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read a layout that holds one image, and check each piece against its digest and size.

        Raises `InputError` when a piece is missing or damaged, for example by a checkout that changed line ends.
        """
        index = Index.model_validate_json(_content(directory / "index.json"))
        if len(index.manifests) != 1:
            raise InputError(f"{directory} must hold one image, got {len(index.manifests)}")
        manifest = _blob(directory, index.manifests[0])
        pieces = Manifest.model_validate_json(manifest.content)
        return cls(
            manifest=manifest,
            config=_blob(directory, pieces.config),
            layers=tuple(_blob(directory, layer) for layer in pieces.layers),
        )

    @property
    def digest(self) -> str:
        """The image's digest, the one that goes into an image lock."""
        return self.manifest.digest

    @property
    def pieces(self) -> tuple[Blob, ...]:
        """What has to be in a registry before the manifest may be put."""
        return (self.config, *self.layers)

    def write(self, directory: Path) -> None:
        """Write the layout and take away the pieces of another image. The same image always gives the same bytes."""
        blobs = {_path(directory, blob.digest): blob.content for blob in (self.manifest, *self.pieces)}
        folder = directory / "blobs" / "sha256"
        folder.mkdir(parents=True, exist_ok=True)
        for path in set(folder.iterdir()) - set(blobs):
            path.unlink()
        for path, content in blobs.items():
            path.write_bytes(content)
        (directory / "oci-layout").write_text(LayoutVersion().model_dump_json())
        (directory / "index.json").write_text(Index(manifests=(self.manifest.descriptor,)).model_dump_json())


def _path(directory: Path, digest: str) -> Path:
    return directory / "blobs" / "sha256" / digest.removeprefix("sha256:")


def _blob(directory: Path, descriptor: Descriptor) -> Blob:
    path = _path(directory, descriptor.digest)
    blob = Blob(media_type=descriptor.mediaType, content=_content(path))
    if blob.descriptor != descriptor:
        raise InputError(
            f"{path} is damaged: it has {blob.digest} and {len(blob.content)} bytes, not {descriptor.size}",
            hint=f"restore it: git checkout -- {directory}",
        )
    return blob


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing", hint=f"restore it: git checkout -- {path}") from error
