"""`cells schema`: the JSON Schemas that editors complete and check the declared files with."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from cells.cli import options, output
from cells.cli.project import find_project
from constructs_lib.specs.errors import CellsError, InputError

FOLDER = Path("docs") / "schemas"

Write = Annotated[bool, typer.Option("--write", help="Write the files in docs/schemas.")]
Check = Annotated[bool, typer.Option("--check", help="Fail when the files differ from the code.")]


def schema(write: Write = False, check: Check = False, as_json: options.Json = False) -> None:
    """Write or check the JSON Schemas that editors complete files with."""
    if write == check:
        raise InputError("choose one of --write and --check", hint="cells schema --write")
    root = find_project()
    for path, text in schemas().items():
        target = root / path
        if check:
            _compare(target, path, text)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        if not as_json:
            output.say(f"{path}{' is up to date' if check else ''}")
    if as_json:
        output.as_json([str(path) for path in schemas()])


def schemas() -> dict[Path, str]:
    """Every schema by its path in the checkout. Equal code gives equal bytes."""
    from accounts.spec import OrganizationSpec
    from cells.fleet.change_file import ChangeFile
    from cells.spec import ProductSpec
    from constructs_lib.specs.registry import Registry

    models: dict[str, type[BaseModel]] = {
        "change": ChangeFile,
        "organization": OrganizationSpec,
        "product": ProductSpec,
        "registry": Registry,
    }
    return {FOLDER / f"{name}.json": _text(name, model) for name, model in models.items()}


def stale_schemas(root: Path) -> list[Path]:
    """The schemas of a checkout that do not say what the code says. A checkout without docs has none."""
    if not (root / "docs").is_dir():
        return []
    return [path for path, text in schemas().items() if not _same(root / path, text)]


def _text(name: str, model: type[BaseModel]) -> str:
    from constructs_lib.specs.document import json_schema

    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **json_schema(model),
        "title": name.capitalize(),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _compare(target: Path, path: Path, text: str) -> None:
    if not _same(target, text):
        raise CellsError(f"{path} differs from the code", hint="cells schema --write")


def _same(target: Path, text: str) -> bool:
    return target.is_file() and target.read_text(encoding="utf-8") == text
