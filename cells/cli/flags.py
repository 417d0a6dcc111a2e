"""The feature flags of cdk.json, for an app that is synthesized without the CDK CLI: only the CLI reads them."""

import json
from pathlib import Path

from pydantic import JsonValue, TypeAdapter

from constructs_lib.specs.errors import InputError


def cdk_flags(root: Path) -> dict[str, JsonValue]:
    """The context of cdk.json. Raises InputError when the file is missing or broken."""
    path = root / "cdk.json"
    try:
        document: JsonValue = json.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(dict[str, dict[str, JsonValue]]).validate_python({"context": _context(document)})["context"]
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}", hint="restore it: git checkout -- cdk.json") from error


def _context(document: JsonValue) -> JsonValue:
    return document.get("context", {}) if isinstance(document, dict) else {}
