"""The properties of a resource: JSON from a template, read with the type that the reader expects."""

import json
from collections.abc import Iterator, Mapping

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
"""What a template or a request body can hold."""


def parse_object(text: str | bytes) -> dict[str, Json]:
    """Read a JSON object; anything else is a `ValueError`."""
    value: Json = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")
    return value


class Properties(Mapping[str, Json]):
    """An immutable view of a JSON object with typed readers. A missing value reads as empty, zero or false."""

    def __init__(self, values: Mapping[str, Json]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Json:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, key: str, default: str = "") -> str:
        """Read the value as a string; numbers and booleans are written as JSON writes them."""
        value = self._values.get(key)
        if value is None or isinstance(value, list | dict):
            return default
        return json.dumps(value) if isinstance(value, bool) else str(value)

    def number(self, key: str, default: int = 0) -> int:
        """Read the value as an integer."""
        value = self._values.get(key)
        return int(value) if isinstance(value, int | float | str) and value != "" else default

    def flag(self, key: str) -> bool:
        """Read the value as a boolean; templates write it as `true` or as `"true"`."""
        return str(self._values.get(key)).lower() == "true"

    def texts(self, key: str) -> list[str]:
        """Read the value as a list of strings; a single string is a list of one."""
        value = self._values.get(key)
        if isinstance(value, str):
            return [value]
        return [str(item) for item in value] if isinstance(value, list) else []

    def child(self, key: str) -> "Properties":
        """Return the object under `key`, empty where there is none."""
        value = self._values.get(key)
        return Properties(value if isinstance(value, dict) else {})

    def children(self, key: str) -> list["Properties"]:
        """Return the objects of the list under `key`."""
        value = self._values.get(key)
        return [Properties(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def tags(self, key: str = "Tags") -> dict[str, str]:
        """Tags, written as a list of `Key` and `Value` or as a map."""
        value = self._values.get(key)
        if isinstance(value, dict):
            return {name: str(text) for name, text in value.items()}
        return {tag.text("Key"): tag.text("Value") for tag in self.children(key)}
