"""The modules there are, and how a choice of modules becomes an ordered set."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from cells.modules.contacts import ContactsModule
from cells.modules.documents import DocumentsModule
from cells.modules.files import FilesModule
from cells.modules.finance import FinanceModule
from cells.modules.jobs import JobsModule
from cells.modules.module import Module
from cells.modules.notes import NotesModule
from cells.modules.notifications import NotificationsModule
from cells.modules.tasks import TasksModule
from cells.plan import ModulePlan
from constructs_lib.specs.errors import InputError

MODULES: tuple[type[Module], ...] = (
    FilesModule,
    JobsModule,
    NotificationsModule,
    TasksModule,
    ContactsModule,
    DocumentsModule,
    NotesModule,
    FinanceModule,
)
"""The modules of the platform. A package adds more through the entry point group `cells.modules`."""

ENTRY_POINT_GROUP = "cells.modules"


@cache
def known_modules() -> tuple[type[Module], ...]:
    """The platform's modules and those that installed packages add, in a fixed order.

    Raises InputError when two claim one name and major.
    """
    from importlib.metadata import entry_points

    added = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    modules = (*MODULES, *(_loaded(point.load(), point.value) for point in added))
    references = [f"{module.name}@{module.major}" for module in modules]
    twice = sorted({reference for reference in references if references.count(reference) > 1})
    if twice:
        raise InputError(f"module {twice[0]} is there twice", hint="remove one of the packages that add it")
    return modules


def find_module(reference: str) -> type[Module]:
    """The module of a reference: `documents` is its newest major, `documents@1` that one.

    Raises InputError that names the closest known module.
    """
    name, _, major = reference.partition("@")
    named = [module for module in known_modules() if module.name == name]
    if not named:
        names = sorted({module.name for module in known_modules()})
        close = get_close_matches(name, names, n=1, cutoff=0.5)
        raise InputError(
            f"unknown module '{name}'", hint=f"did you mean '{close[0]}'?" if close else f"known: {', '.join(names)}"
        )
    if not major:
        return max(named, key=lambda module: module.major)
    exact = next((module for module in named if str(module.major) == major), None)
    if exact is None:
        majors = ", ".join(f"{name}@{module.major}" for module in named)
        raise InputError(f"module '{name}' has no major {major}", hint=f"there is {majors}")
    return exact


def choose_modules(references: Iterable[str]) -> tuple[ModulePlan, ...]:
    """The chosen modules, the core ones and everything they require, dependencies first.

    The order does not depend on the order of the references, so that two ways of writing one choice give one template.
    Raises InputError for an unknown module, two majors of one, or modules that require each other in a circle.
    """
    chosen = {module.name: module for module in _each_once(references)}
    picked = {**{module.name: module for module in known_modules() if module.core}, **chosen}
    required_by: dict[str, set[str]] = {}
    ordered: dict[str, type[Module]] = {}
    for name in sorted(picked, key=lambda name: (not picked[name].core, _rank(picked[name]))):
        _visit(picked[name], picked, ordered, required_by, ())
    return tuple(
        ModulePlan(
            name=name,
            major=module.major,
            reason="core" if module.core else "chosen" if name in chosen else "required",
            required_by=tuple(sorted(required_by.get(name, ()))),
        )
        for name, module in ordered.items()
    )


def build_modules(plans: Iterable[ModulePlan]) -> tuple[Module, ...]:
    """A fresh instance of each module of a cell."""
    return tuple(find_module(plan.reference)() for plan in plans)


def _visit(
    module: type[Module],
    picked: dict[str, type[Module]],
    ordered: dict[str, type[Module]],
    required_by: dict[str, set[str]],
    way: tuple[str, ...],
) -> None:
    if module.name in way:
        raise InputError(
            f"modules require each other in a circle: {' → '.join((*way, module.name))}", hint="break the circle"
        )
    for name in module.requires:
        required = picked.get(name) or _required(name, module)
        required_by.setdefault(name, set()).add(module.name)
        _visit(required, picked, ordered, required_by, (*way, module.name))
    ordered.setdefault(module.name, module)


def _required(name: str, by: type[Module]) -> type[Module]:
    try:
        return find_module(name)
    except InputError as error:
        raise InputError(f"module '{by.name}' requires '{name}', which is not there", hint=error.hint) from None


def _each_once(references: Iterable[str]) -> list[type[Module]]:
    modules = [find_module(reference) for reference in references]
    names = [module.name for module in modules]
    for name in names:
        if len({module for module in modules if module.name == name}) > 1:
            raise InputError(f"module '{name}' is chosen in two majors", hint="a cell runs one major of a module")
    return modules


def _rank(module: type[Module]) -> int:
    return known_modules().index(module)


def _loaded(loaded: object, value: str) -> type[Module]:
    if isinstance(loaded, type) and issubclass(loaded, Module):
        return loaded
    raise InputError(
        f"entry point {value} is not a module", hint="it must name a subclass of cells.modules.module.Module"
    )
