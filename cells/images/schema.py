"""Which schema of the database a product's migrations bring, and how old the code may be that still runs on it.

One JSON file for each product, written by the build that pushes the migrations:

    {"versions": {"sha256:…": {"applies": 12, "keeps": 11}}}
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from cells.images.reference import Digest
from constructs_lib.specs.base import Spec
from constructs_lib.specs.document import load_document
from constructs_lib.specs.errors import HintedError

Version = Annotated[int, Field(ge=0)]


class SchemaVersion(Spec):
    """The schema that one image of migrations brings. A release counts up even when only its code changes."""

    applies: Version
    """The schema after these migrations, and the one that the code of this release is written for."""
    keeps: Version
    """The oldest release whose code still runs on that schema. Expanding leaves it; contracting raises it."""

    @model_validator(mode="after")
    def _keeps_the_release_before(self) -> Self:
        if self.applies and self.keeps >= self.applies:
            raise HintedError(
                f"keeps must be less than applies ({self.applies}), got {self.keeps}",
                hint="old code runs while the new one starts: contract one release after the code has let go",
            )
        return self


class SchemaVersions(Spec):
    """The schemas of a product, by the digest of the image that brings them. So they go wherever the image goes."""

    versions: dict[Digest, SchemaVersion] = Field(default_factory=dict)


def load_schema(product: str, digest: str, folder: Path) -> SchemaVersion | None:
    """The schema of an image of migrations; None when its build has not declared one.

    Raises InputError with file and line when the file cannot be read.
    """
    path = folder / f"{product}.json"
    if not path.is_file():
        return None
    return load_document(path).parse(SchemaVersions).versions.get(digest)
