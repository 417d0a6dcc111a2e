"""A new `accounts/organization.yaml`: every field that says something, under what it means."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

from pydantic import JsonValue

from accounts.spec import OrganizationSpec
from cells.cli.organization_file import plain, quoted, yaml_writer
from constructs_lib.specs.field_docs import field_docs

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 116
_HEAD = """\
# yaml-language-server: $schema=../docs/schemas/organization.json
#
# The organization: what every account and every cell shares. Written by `cells org adopt`, and yours from now on.
"""


def organization_text(spec: OrganizationSpec) -> str:
    """The file of a declaration. The same declaration gives the same text."""
    document = plain(spec)
    return "".join([_HEAD, *_sections(document)])


def _sections(document: dict[str, JsonValue]) -> Iterator[str]:
    said = field_docs(OrganizationSpec)
    for name in OrganizationSpec.model_fields:
        if name not in document:
            continue
        yield "\n"
        for line in textwrap.wrap(" ".join(said.get(name, "").split()), _WIDTH):
            yield f"# {line}\n"
        stream = io.StringIO()
        yaml_writer().dump({name: quoted(document[name])}, stream)
        yield stream.getvalue()
