"""Reads a YAML or JSON document into a spec, so that every error names file, line, value and cure."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from constructs_lib.specs.errors import HintedError, InputError
from constructs_lib.specs.plain_yaml import NotPlainError, read_plain

if TYPE_CHECKING:
    from ruamel.yaml import YAML

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]

_MOST_ERRORS = 10


class Document:
    """A document and the line of each of its values.

    `data` is plain JSON data. YAML 1.2 rules: `no` is a string, a key may stand once, `010` is not octal.
    """

    def __init__(self, path: Path, data: JsonValue, find_lines: Callable[[], Mapping[Location, int]]) -> None:
        self.path = path
        self.data = data
        self._find_lines = find_lines

    @cached_property
    def _lines(self) -> Mapping[Location, int]:
        return self._find_lines()

    def line(self, location: Location) -> int:
        """The line of a value, or of the nearest thing around it."""
        while location and location not in self._lines:
            location = location[:-1]
        return self._lines.get(location, 1)

    def where(self, location: Location) -> str:
        """`cells/products/acme-crm.yaml:12`."""
        return f"{_short(self.path)}:{self.line(location)}"

    def value(self, location: Location) -> JsonValue:
        """The value at a location, or the part of the document where the way ends."""
        value = self.data
        for step in location:
            if (isinstance(value, dict) and isinstance(step, str) and step in value) or (
                isinstance(value, list) and isinstance(step, int) and step < len(value)
            ):
                value = value[step]  # type: ignore[index]  # the two are narrowed in pairs
            else:
                break
        return value

    def parse(self, model: type[Model]) -> Model:
        """The document as a spec. Raises InputError that lists every mistake with its line."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise self._input_error(error, model) from None

    def error(self, location: Location, message: str, *, hint: str = "") -> InputError:
        """An error about a value of this document."""
        return InputError(f"{self.where(location)}: {message}", hint=hint)

    def _input_error(self, error: ValidationError, model: type[BaseModel]) -> InputError:
        details = error.errors()
        lines = [self._describe(detail) for detail in details[:_MOST_ERRORS]]
        if len(details) > _MOST_ERRORS:
            lines.append(f"… and {len(details) - _MOST_ERRORS} more")
        return InputError("\n".join(lines), hint=self._hint(details[0], model))

    def _describe(self, detail: ErrorDetails) -> str:
        about_a_key = detail["loc"][-1:] == ("[key]",)
        location = self._real(detail["loc"][:-1] if about_a_key else detail["loc"])
        dotted = ".".join(str(step) for step in location)
        text = detail["msg"].removeprefix("Value error, ")
        text = "is not a known field" if detail["type"] == "extra_forbidden" else text[:1].lower() + text[1:]
        value = self.value(location)
        shown = (
            ""
            if isinstance(value, dict | list) or detail["type"] in ("missing", "extra_forbidden")
            else f", got {value!r}"
        )
        if about_a_key or "got " in text:
            shown = ""
        return f"{self.where(location)}: {dotted + ' ' if dotted else ''}{text}{shown}"

    def _real(self, location: Location) -> Location:
        """Without the steps that pydantic adds for itself (names of union members and validators)."""
        real: Location = ()
        for step in location:
            here = self.value(real)
            known = isinstance(here, dict) and step in here or isinstance(here, list) and isinstance(step, int)
            if known or step == location[-1]:
                real = (*real, step)
        return real

    def _hint(self, detail: ErrorDetails, model: type[BaseModel]) -> str:
        if detail["type"] == "extra_forbidden":
            known = _fields_at(model, detail["loc"][:-1])
            close = get_close_matches(str(detail["loc"][-1]), known, n=1, cutoff=0.5)
            return f"did you mean '{close[0]}'?" if close else f"known fields: {', '.join(known)}"
        if detail["type"] == "missing":
            return f"add the field '{detail['loc'][-1]}'{_example(model, detail['loc'])}"
        if detail["type"] == "string_type":
            return "put the value in quotes"
        raised = detail.get("ctx", {}).get("error")
        return raised.hint if isinstance(raised, HintedError) else ""


def load_document(path: Path) -> Document:
    """Read a YAML or JSON file. Raises InputError when it is missing, not readable or not YAML 1.2.

    JSON is read by Python's own reader and plain YAML by libyaml, which are fifty times faster and matter for a
    thousand products. They know no lines: the full YAML reader, for which JSON is YAML, finds them when an error has to
    name one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(
            f"{_short(path)} does not exist", hint="run the command in the folder of the project"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{_short(path)} cannot be read: {error}") from None
    if path.suffix == ".json":
        with suppress(ValueError):
            return Document(path, json.loads(text, object_pairs_hook=_unique), lambda: _read_yaml(path, text)[1])
    with suppress(NotPlainError):
        return Document(path, read_plain(text), lambda: _read_yaml(path, text)[1])
    data, lines = _read_yaml(path, text)
    return Document(path, data, lambda: lines)


def _unique(items: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    if len({name for name, _ in items}) < len(items):
        raise ValueError("a key stands twice")
    return dict(items)


def _read_yaml(path: Path, text: str) -> tuple[JsonValue, dict[Location, int]]:
    """The data of a YAML text and the line of each value."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        loaded = _reader().load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = (error.problem or "is not YAML").strip().splitlines()[0]
        raise InputError(
            f"{_short(path)}:{line}: {problem}", hint="check indentation, quotes and double keys"
        ) from None
    except (YAMLError, ValueError) as error:
        raise InputError(f"{_short(path)}: {error}") from None
    lines: dict[Location, int] = {(): 1}
    return _plain(loaded, (), lines), lines


def _reader() -> "YAML":
    """A reader that keeps dates as texts, as YAML 1.2 has them: a day that does not exist is the spec's to refuse."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor

    class Constructor(RoundTripConstructor):
        pass

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_yaml_str)
    yaml = YAML(typ="rt", pure=True)
    yaml.version = (1, 2)
    yaml.Constructor = Constructor
    return yaml


def load_spec(path: Path, model: type[Model]) -> Model:
    """Read a file into a spec. Raises InputError with file and line of every mistake."""
    return load_document(path).parse(model)


def parse_value(text: str) -> JsonValue:
    """A single value as it would be read in a document: `8` is a number, `yes` a string, `[a, b]` a list.

    Raises InputError when it is not YAML 1.2.
    """
    from ruamel.yaml.error import YAMLError

    try:
        return _plain(_reader().load(text), (), {})
    except (YAMLError, ValueError):
        raise InputError(f"{text!r} is not a value", hint="put it in quotes") from None


def json_schema(model: type[BaseModel]) -> dict[str, JsonValue]:
    """The JSON Schema that editors complete a document with."""
    return TypeAdapter(dict[str, JsonValue]).validate_python(model.model_json_schema())


def _plain(node: object, location: Location, lines: dict[Location, int]) -> JsonValue:
    """Plain data out of ruamel's nodes, noting the line of each."""
    marks = getattr(node, "lc", None)
    if isinstance(node, Mapping):
        plain: dict[str, JsonValue] = {}
        for key, value in node.items():
            name = str(key)
            lines[(*location, name)] = marks.key(key)[0] + 1 if marks else 1
            plain[name] = _plain(value, (*location, name), lines)
        return plain
    if isinstance(node, Sequence) and not isinstance(node, str):
        items: list[JsonValue] = []
        for index, value in enumerate(node):
            lines[(*location, index)] = marks.item(index)[0] + 1 if marks else 1
            items.append(_plain(value, (*location, index), lines))
        return items
    if node is None or isinstance(node, bool):
        return node
    if isinstance(node, int):
        return int(node)
    return float(node) if isinstance(node, float) else str(node)


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """The field names of the model that stands at a location."""
    for step, following in zip(location, (*location[1:], None), strict=False):
        field = model.model_fields.get(str(step))
        inner = [part for part in _parts(field.annotation) if isinstance(part, type)] if field else []
        nested = [part for part in inner if issubclass(part, BaseModel)]
        if nested:
            # Of a choice the one whose tag pydantic has put into the location.
            model = next((one for one in nested if _has_tag(one, following)), nested[0])
    return list(model.model_fields)


def _has_tag(model: type[BaseModel], tag: str | int | None) -> bool:
    return any(tag in getattr(field.annotation, "__args__", ()) for field in model.model_fields.values())


def _example(model: type[BaseModel], location: Location) -> str:
    """How a missing field of the model itself may look, where the field says so."""
    field = model.model_fields.get(str(location[0])) if len(location) == 1 else None
    return f", such as '{location[0]}: {field.examples[0]}'" if field and field.examples else ""


def _parts(annotation: object) -> list[object]:
    """An annotation and everything inside it: `dict[str, X] | None` has X."""
    found = [annotation]
    for part in getattr(annotation, "__args__", ()):
        found += _parts(part)
    return found


def _short(path: Path) -> str:
    """Relative to the current folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
