"""The image lock of a product: which image runs in which environment, by digest.

One JSON file for each product, written by the product's build pipeline and reviewed like code:

    {"dev": {"api": "sha256:…", "worker": "sha256:…", "migrations": "sha256:…"}}

A container that is not there has no image yet and runs the placeholder.
"""

import difflib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Self, get_args

from pydantic import Field, JsonValue, ValidationError

from cells.images.placeholder import PLACEHOLDER_DIGEST
from cells.images.reference import Digest, ImageReference
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment, ProductName
from constructs_lib.specs.image import CONTAINERS, KNOWN_CONTAINERS, Container

LOCKS = Path(__file__).parent / "locks"
"""Where the locks are kept."""


class ImageLock(Spec):
    """The images of a product."""

    product: ProductName
    environments: dict[Environment, dict[Container, Digest]] = Field(default_factory=dict)
    """What the builds recorded. A missing container has not been built yet."""

    def digest(self, environment: Environment, container: Container) -> str:
        """Return the digest that a container runs: the recorded one, or the placeholder's."""
        return self.environments.get(environment, {}).get(container, PLACEHOLDER_DIGEST)

    def seeded(self, environment: Environment, containers: tuple[Container, ...] = CONTAINERS) -> tuple[Container, ...]:
        """Return which of the containers run the placeholder."""
        return tuple(name for name in containers if self.digest(environment, name) == PLACEHOLDER_DIGEST)

    def references(
        self, environment: Environment, containers: tuple[Container, ...] = CONTAINERS
    ) -> tuple[ImageReference, ...]:
        """Return what has to be in the registry before an environment with these containers can be deployed."""
        return tuple(
            ImageReference(product=self.product, container=name, digest=self.digest(environment, name))
            for name in containers
        )

    def with_digest(self, environment: str, container: str, digest: str) -> Self:
        """Return a lock that differs in one digest. Raises `InputError` on an unknown name or a bad digest."""
        recorded: dict[str, dict[str, str]] = {name: dict(images.items()) for name, images in self.environments.items()}
        recorded.setdefault(environment, {})[container] = digest
        try:
            return self.model_validate({"product": self.product, "environments": recorded})
        except ValidationError as error:
            raise _input_error(error) from error

    def text(self) -> str:
        """Return the file: sorted, and one digest a line, so that two builds seldom conflict in git."""
        return json.dumps(self.environments, indent=2, sort_keys=True) + "\n"


def lock_path(product: str, directory: Path = LOCKS) -> Path:
    """Return where a product's lock is kept, whether it exists or not."""
    return directory / f"{product}.json"


def load_lock(product: str, directory: Path = LOCKS) -> ImageLock:
    """Read a product's lock. Without a file every container runs the placeholder: see `ImageLock.seeded`.

    Raises `InputError` with file and line when the file is not JSON, names something twice, names an unknown
    environment or container, or holds anything but a digest.
    """
    path = lock_path(product, directory)
    text = path.read_text(encoding="utf-8") if path.is_file() else "{}"
    try:
        document: JsonValue = json.loads(text, object_pairs_hook=_without_twins)
        return ImageLock.model_validate({"product": product, "environments": document})
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}:{error.lineno}: not JSON: {error.msg.lower()}", hint=f"restore it: git checkout -- {path}"
        ) from error
    except _TwinError as error:
        line = _line(text, [error.name], last=True)
        raise InputError(f"{path}:{line}: {error.name!r} is there twice", hint="keep one of the two") from error
    except ValidationError as error:
        raise _input_error(error, f"{path}:{_line(text, _keys(error))}: ") from error


def write_lock(lock: ImageLock, directory: Path = LOCKS) -> Path:
    """Write a lock in one step, so that a reader sees the old file or the new one, never half of one."""
    path = lock_path(lock.product, directory)
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(lock.text(), encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


class _TwinError(Exception):
    """JSON allows a name twice and readers take the last one; in a lock it is a merge that went wrong."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _without_twins(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _TwinError(name)
    return dict(pairs)


def _keys(error: ValidationError) -> list[str]:
    """Return where in the file the first error is: environment, then container."""
    return [str(part) for part in error.errors()[0]["loc"] if part not in ("environments", "[key]")]


def _line(text: str, keys: Sequence[str], *, last: bool = False) -> int:
    """Return the line of nested keys, found one after the other."""
    position = 0
    for key in keys:
        found = list(re.finditer(rf"{re.escape(json.dumps(key))}\s*:", text[position:]))
        if found:
            position += found[-1 if last else 0].start()
    return text.count("\n", 0, position) + 1


def _input_error(error: ValidationError, where: str = "") -> InputError:
    details = error.errors()[0]
    keys = _keys(error)
    if details["loc"][-1] == "[key]":
        kind, known = ("environment", get_args(Environment)) if len(keys) == 1 else ("container", KNOWN_CONTAINERS)
        close = difflib.get_close_matches(keys[-1], known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"it must be one of {', '.join(known)}"
        return InputError(f"{where}unknown {kind} {keys[-1]!r}", hint=hint)
    if details["type"] == "value_error":
        problem = f"{'.'.join(keys)} {details['msg'].removeprefix('Value error, ')}"
        return InputError(
            where + problem, hint="write the digest that the push of the image printed; a tag is no digest, it can move"
        )
    return InputError(
        f"{where}{'.'.join(keys) or 'the lock'}: {details['msg'].lower()}",
        hint='the form is {"dev": {"api": "sha256:…"}}',
    )
