"""The versions that `requirements.lock` pins."""

import re

LOCK = "requirements.lock"


def locked_versions(text: str) -> dict[str, set[str]]:
    """Each package's versions: several, or none at all (""), where a marker says that it depends on the machine."""
    locked: dict[str, set[str]] = {}
    for name, wanted, marker in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", text, re.MULTILINE):
        locked.setdefault(name, set()).update({wanted, ""} if marker else {wanted})
    return locked
