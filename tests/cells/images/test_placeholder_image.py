"""The committed placeholder image: what anyone can verify without Go."""

import gzip
import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from cells.images.contract import API_HEALTH_COMMAND, PORT
from cells.images.layout import ImageLayout, digest_of
from cells.images.oci import CONFIG_TYPE, LAYER_TYPE, MANIFEST_TYPE, ImageConfig, LayoutVersion
from cells.images.placeholder import PLACEHOLDER_DIGEST, PLACEHOLDER_LAYOUT, PLACEHOLDER_TAG
from cells.images.placeholder.build import Go, build_image, main, pack
from constructs_lib.specs.errors import InputError


@pytest.fixture(scope="module")
def image() -> ImageLayout:
    return ImageLayout.read(PLACEHOLDER_LAYOUT)


@pytest.fixture(scope="module")
def config(image: ImageLayout) -> ImageConfig:
    return ImageConfig.model_validate_json(image.config.content)


@pytest.fixture(scope="module")
def files(image: ImageLayout) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(image.layers[0].content))) as archive:
        return {entry.name: entry for entry in archive.getmembers()}


def test_every_blob_hashes_to_its_name() -> None:
    for path in (PLACEHOLDER_LAYOUT / "blobs" / "sha256").iterdir():
        assert digest_of(path.read_bytes()) == f"sha256:{path.name}"


def test_layout_holds_the_pieces_of_one_image_and_nothing_else(image: ImageLayout) -> None:
    blobs = {f"blobs/sha256/{blob.digest.removeprefix('sha256:')}" for blob in (image.manifest, *image.pieces)}
    kept = {path.relative_to(PLACEHOLDER_LAYOUT).as_posix() for path in PLACEHOLDER_LAYOUT.rglob("*") if path.is_file()}

    assert kept == blobs | {"index.json", "oci-layout"}


def test_layout_says_that_it_is_one() -> None:
    assert LayoutVersion.model_validate_json((PLACEHOLDER_LAYOUT / "oci-layout").read_bytes()) == LayoutVersion()


def test_manifest_digest_is_the_pinned_one(image: ImageLayout) -> None:
    assert image.digest == PLACEHOLDER_DIGEST


def test_tag_names_the_digest() -> None:
    assert f"placeholder-{PLACEHOLDER_DIGEST[7:19]}" == PLACEHOLDER_TAG


def test_media_types_are_those_of_oci(image: ImageLayout) -> None:
    assert image.manifest.media_type == MANIFEST_TYPE
    assert [piece.media_type for piece in image.pieces] == [CONFIG_TYPE, LAYER_TYPE]


def test_platform_is_linux_on_arm64(config: ImageConfig) -> None:
    assert (config.os, config.architecture) == ("linux", "arm64")


def test_program_is_a_static_arm64_binary(image: ImageLayout) -> None:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(image.layers[0].content))) as archive:
        member = archive.extractfile("bin/placeholder")
        assert member is not None
        program = member.read()

    assert program[:4] == b"\x7fELF"
    assert int.from_bytes(program[18:20], "little") == 183, "EM_AARCH64"
    assert b"/lib/ld-linux" not in program, "a dynamic loader that the image does not have"


def test_user_is_not_root(config: ImageConfig) -> None:
    user, group = config.config.User.split(":")

    assert int(user) >= 10_000
    assert int(group) >= 10_000


def test_config_describes_the_layer(image: ImageLayout, config: ImageConfig) -> None:
    assert config.rootfs.diff_ids == (digest_of(gzip.decompress(image.layers[0].content)),)


def test_entry_point_and_health_command_are_in_the_layer(
    config: ImageConfig, files: dict[str, tarfile.TarInfo]
) -> None:
    link = files[f"bin/{API_HEALTH_COMMAND[1]}"]

    assert config.config.Env == ("PATH=/bin",)
    assert config.config.Entrypoint == ("/bin/placeholder",)
    assert (link.issym(), link.linkname) == (True, "placeholder")
    assert files["bin/placeholder"].mode == 0o555


def test_exposes_the_port_of_the_contract(config: ImageConfig) -> None:
    assert config.config.ExposedPorts == {f"{PORT}/tcp": {}}


def test_layer_tells_nothing_of_the_machine_that_built_it(files: dict[str, tarfile.TarInfo]) -> None:
    for entry in files.values():
        assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, 0, "", "")


def test_layer_carries_the_license_of_the_go_library(files: dict[str, tarfile.TarInfo]) -> None:
    assert files["NOTICE"].size == (PLACEHOLDER_LAYOUT.parent / "NOTICE").stat().st_size


def test_image_is_at_most_two_megabytes(image: ImageLayout) -> None:
    assert sum(len(piece.content) for piece in image.pieces) <= 2_000_000


def test_packing_twice_gives_the_same_bytes() -> None:
    assert pack(b"program", b"notice") == pack(b"program", b"notice")


def test_writing_a_layout_and_reading_it_gives_the_image(image: ImageLayout, tmp_path: Path) -> None:
    image.write(tmp_path)

    assert ImageLayout.read(tmp_path) == image


def test_writing_takes_away_the_pieces_of_the_image_before(image: ImageLayout, tmp_path: Path) -> None:
    stale = tmp_path / "blobs" / "sha256" / ("0" * 64)
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"old")

    image.write(tmp_path)

    assert not stale.exists()


def test_refuses_a_damaged_blob(image: ImageLayout, tmp_path: Path) -> None:
    image.write(tmp_path)
    path = tmp_path / "blobs" / "sha256" / image.config.digest.removeprefix("sha256:")
    path.write_bytes(path.read_bytes().replace(b"arm64", b"amd64"))

    with pytest.raises(InputError, match="is damaged") as error:
        ImageLayout.read(tmp_path)

    assert "git checkout" in error.value.hint


def test_refuses_a_layout_with_a_missing_blob(image: ImageLayout, tmp_path: Path) -> None:
    image.write(tmp_path)
    (tmp_path / "blobs" / "sha256" / image.layers[0].digest.removeprefix("sha256:")).unlink()

    with pytest.raises(InputError, match="is missing"):
        ImageLayout.read(tmp_path)


def test_build_refuses_another_version_of_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho go1.1\n")
    go.chmod(0o755)

    assert main(["--go", str(go), "--check"]) == 2
    assert "is go1.1, the image is built with" in capsys.readouterr().err


def test_build_without_go_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--go", "no-such-go", "--check"]) == 2
    assert "hint: name the compiler with --go" in capsys.readouterr().err


@pytest.mark.skipif("PLACEHOLDER_GO" not in os.environ, reason="PLACEHOLDER_GO does not name a Go compiler")
def test_building_from_the_sources_gives_the_committed_image(image: ImageLayout) -> None:
    go = shutil.which(os.environ["PLACEHOLDER_GO"])
    assert go

    assert build_image(Go(go)) == image
