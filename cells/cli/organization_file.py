"""`accounts/organization.yaml`, changed by a program: what did not change stays as a person wrote it, with comments."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue, ValidationError

from accounts.ledger import write_whole
from accounts.spec import OrganizationSpec
from constructs_lib.specs.document import load_spec
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

_WIDTH = 120


class OrganizationFile:
    """The file, and what it would be with another declaration."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.spec = load_spec(path, OrganizationSpec)

    def with_spec(self, spec: OrganizationSpec) -> str:
        """The file's text with another declaration. Raises InputError when that is not a right one."""
        new = _checked(spec)
        yaml = yaml_writer()
        document = yaml.load(self.text)
        before, after = plain(self.spec), plain(new)
        for name in OrganizationSpec.model_fields:
            if before.get(name) != after.get(name):
                _set(document, name, after.get(name))
        stream = io.StringIO()
        yaml.dump(document, stream)
        return stream.getvalue()

    def lines(self, spec: OrganizationSpec) -> list[str]:
        """What changes in the file, as a diff without its head."""
        changed = difflib.unified_diff(self.text.splitlines(), self.with_spec(spec).splitlines(), lineterm="", n=2)
        return list(changed)[2:]

    def write(self, spec: OrganizationSpec) -> None:
        """Write the file with another declaration, whole or not at all."""
        write_whole(self.path, self.with_spec(spec))


def _checked(spec: OrganizationSpec) -> OrganizationSpec:
    """The spec, validated: a copy with changes was not."""
    try:
        return OrganizationSpec.model_validate(spec.model_dump(mode="json"))
    except ValidationError as error:
        detail = error.errors()[0]
        where = ".".join(str(step) for step in detail["loc"])
        raise InputError(
            f"this cannot be declared: {where} {detail['msg'].removeprefix('Value error, ')}",
            hint="write it into accounts/organization.yaml by hand",
        ) from None


def plain(spec: OrganizationSpec) -> dict[str, JsonValue]:
    """What a declaration says, without defaults, as it stands in the file."""
    return dict[str, JsonValue](spec.model_dump(mode="json", exclude_defaults=True))


def yaml_writer() -> YAML:
    """Writes YAML as the project's files have it, and keeps comments."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.version = None
    yaml.width = _WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _set(document: CommentedMap, name: str, value: JsonValue) -> None:
    if value is None:
        document.pop(name, None)
    elif isinstance(value, Mapping) and isinstance(document.get(name), Mapping):
        _merge_map(document[name], value)
    elif isinstance(value, list) and isinstance(document.get(name), Sequence):
        _merge_list(document[name], value)
    else:
        document[name] = quoted(value)


def _merge_map(there: CommentedMap, wanted: Mapping[str, JsonValue]) -> None:
    for key in [key for key in there if key not in wanted]:
        del there[key]
    for key, value in wanted.items():
        if there.get(key) != value:
            _set(there, key, value)


def _merge_list(there: CommentedSeq, wanted: list[JsonValue]) -> None:
    """Items are known by being equal, or by their name."""
    for index in reversed(range(len(there))):
        if not any(_is_same(there[index], item) for item in wanted):
            del there[index]
    for item in wanted:
        found = next((one for one in there if _is_same(one, item)), None)
        if found is None:
            there.append(quoted(item))
        elif isinstance(item, Mapping):
            _merge_map(found, item)


def _is_same(there: JsonValue, item: JsonValue) -> bool:
    if isinstance(there, Mapping) and isinstance(item, Mapping):
        return there.get("name") == item.get("name")
    return there == item


def quoted(value: JsonValue) -> JsonValue:
    """A value with quotes around what would be read as something else, such as an account id."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str) and value.isdigit():
        in_quotes: str = DoubleQuotedScalarString(value)
        return in_quotes
    if isinstance(value, list):
        return [quoted(one) for one in value]
    if isinstance(value, Mapping):
        return {key: quoted(one) for key, one in value.items()}
    return value
