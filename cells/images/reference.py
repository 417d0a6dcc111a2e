"""One image in the registry: a repository and a digest, never a tag."""

import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import ProductName
from constructs_lib.specs.image import Container, repository_name


def _digest(value: str) -> str:
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", value):
        raise ValueError(f"must be 'sha256:' and 64 lower-case hexadecimal digits, got {value!r}")
    return value


Digest = Annotated[str, AfterValidator(_digest)]
"""The SHA-256 of an image's manifest, as `docker push` and ECR print it."""


class ImageReference(Spec):
    """What a container of a cell runs."""

    product: ProductName
    container: Container
    digest: Digest

    @property
    def repository(self) -> str:
        """The ECR repository that holds the image."""
        return repository_name(self.product, self.container)
