"""What the embedded AWS really makes of a template, before it is deployed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local.properties import Properties, parse_object


@dataclass(frozen=True)
class Coverage:
    """Resource types with how often they occur. Custom resources count as native: their function runs."""

    native: tuple[tuple[str, int], ...]
    """Types whose resources are made, and read back with boto3."""
    recorded: tuple[tuple[str, int], ...]
    """Types that are only checked and kept: a green deploy proves nothing about them."""
    unknown: tuple[tuple[str, int], ...]
    """Types that are not in the CloudFormation registry: a deploy refuses them."""


def coverage(template_paths: Iterable[Path]) -> Coverage:
    """Sort the resource types of the templates by what the embedded AWS does with them. No server is needed."""
    from local.registry import native_types
    from local.schema import resource_types

    counts: Counter[str] = Counter()
    for path in template_paths:
        resources = Properties(parse_object(path.read_bytes())).child("Resources")
        counts.update(resources.child(name).text("Type") for name in resources)
    native = native_types()
    found = sorted(counts.items())
    is_native = {name: name in native or name.startswith("Custom::") for name in counts}
    return Coverage(
        native=tuple(item for item in found if is_native[item[0]]),
        recorded=tuple(item for item in found if not is_native[item[0]] and item[0] in resource_types()),
        unknown=tuple(item for item in found if not is_native[item[0]] and item[0] not in resource_types()),
    )
