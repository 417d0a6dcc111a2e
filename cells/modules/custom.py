"""Custom modules: those that an installed package adds through the entry point group `cells.modules`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points

from cells.modules.module import Module
from cells.settings import Settings
from constructs_lib.specs.base import Spec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.secret import SecretSpec

ENTRY_POINT_GROUP = "cells.modules"

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_REFERENCE = re.compile(r"[a-z][a-z0-9-]*(@[1-9]\d*)?")


def custom_modules(platform: Iterable[type[Module]]) -> tuple[type[Module], ...]:
    """The modules that installed packages add, ordered by the names of their entry points.

    Raises InputError for one that cannot be imported, is no module, says too little of itself, takes a name of the
    platform, or is there twice. See https://packaging.python.org/en/latest/specifications/entry-points/
    """
    names = {module.name for module in platform}
    found: dict[str, type[Module]] = {}
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: (point.name, point.value)):
        module = _checked(point, _loaded(point))
        if module.name in names:
            raise InputError(
                f"{_told(point)} takes the name '{module.name}', which is a module of the platform",
                hint="give the custom module a name of its own",
            )
        if module.name in Settings.model_fields:
            raise InputError(
                f"{_told(point)} takes the name '{module.name}', which is a section of the settings",
                hint="give the custom module a name of its own",
            )
        reference = f"{module.name}@{module.major}"
        if reference in found:
            raise InputError(f"module {reference} is there twice", hint="remove one of the packages that add it")
        found[reference] = module
    return tuple(found.values())


def _loaded(point: EntryPoint) -> object:
    try:
        loaded: object = point.load()
    except Exception as error:  # whatever a foreign package raises while it is imported
        raise InputError(
            f"{_told(point)} cannot be imported: {type(error).__name__}: {error}",
            hint="mend the package, or uninstall it",
        ) from error
    return loaded


def _checked(point: EntryPoint, loaded: object) -> type[Module]:
    if not (isinstance(loaded, type) and issubclass(loaded, Module)):
        raise InputError(
            f"{_told(point)} is not a module, but {type(loaded).__name__} {loaded!r}",
            hint="it must name a subclass of cells.modules.module.Module",
        )
    for attribute, wrong in _faults(loaded):
        raise InputError(f"{_told(point)}: {attribute} {wrong}", hint="see docs/custom-modules.md")
    return loaded


def _faults(module: type[Module]) -> Iterator[tuple[str, str]]:
    """What a module says of itself that cannot be, attribute by attribute."""
    for attribute, (holds, wanted) in _WANTED.items():
        value: object = getattr(module, attribute, None)
        if not holds(value):
            yield attribute, f"{wanted}, got {value!r}"


def _all(value: object, holds: Callable[[object], bool]) -> bool:
    return isinstance(value, tuple) and all(holds(one) for one in value)


_WANTED: dict[str, tuple[Callable[[object], bool], str]] = {
    "name": (
        lambda value: isinstance(value, str) and bool(_NAME.fullmatch(value)),
        "must be lower-case letters, digits and hyphens",
    ),
    "major": (lambda value: type(value) is int and value > 0, "must be a whole number from 1"),
    "core": (lambda value: value is False, "is for modules of the platform: a product picks a custom module by name"),
    "summary": (lambda value: isinstance(value, str) and bool(value), "must say what the module is"),
    "reference": (
        lambda value: isinstance(value, str) and value.startswith("https://"),
        "must be an https address",
    ),
    "requires": (
        lambda value: _all(value, lambda one: isinstance(one, str) and bool(_REFERENCE.fullmatch(one))),
        "must be a tuple of module names",
    ),
    "secrets": (lambda value: _all(value, lambda one: isinstance(one, SecretSpec)), "must be a tuple of SecretSpec"),
    "spec": (lambda value: isinstance(value, type) and issubclass(value, Spec), "must be a subclass of Spec"),
}


def _told(point: EntryPoint) -> str:
    package = point.dist.name if point.dist else "an installed package"
    return f"module '{point.name}' of {package} ({point.value})"
