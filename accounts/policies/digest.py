"""The digest of a policy's content, by which a policy is known. Light: every command that plans imports it."""

from __future__ import annotations

import hashlib
import json

from pydantic import JsonValue


def digest_of(content: JsonValue) -> str:
    """SHA-256 of a content. CloudFormation may write `true` and `1` as strings, which makes no difference here."""
    return hashlib.sha256(json.dumps(_written(content), sort_keys=True).encode()).hexdigest()


def digest_of_text(text: str) -> str:
    """SHA-256 of a content as AWS answers it. A text that is no JSON has one of its own."""
    try:
        content: JsonValue = json.loads(text)
    except ValueError:
        content = text
    return digest_of(content)


def _written(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _written(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_written(part) for part in value]
    return value if isinstance(value, str) else json.dumps(value)
