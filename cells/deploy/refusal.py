"""What AWS answers when it refuses a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


def code_of(error: ClientError) -> str:
    """The error code, such as `NoSuchBucket`; empty where there is none."""
    return str(error.response.get("Error", {}).get("Code", ""))


def words_of(error: ClientError) -> str:
    """What AWS says of it, for a person."""
    return str(error.response.get("Error", {}).get("Message", ""))
