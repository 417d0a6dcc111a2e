"""Resolves what a product sets of its modules."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from cells.modules.module import Module
from cells.modules.registry import find_module
from cells.plan import ModulePlan, Source
from constructs_lib.specs.errors import InputError


@dataclass(frozen=True)
class Override:
    """A setting that someone replaced: `documents.revision_retention_days`, its value, and where it says so."""

    name: str
    value: JsonValue
    source: Source

    @property
    def section(self) -> str:
        """The part of the cell, or the module."""
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        """The setting's name in its section."""
        return self.name.partition(".")[2]


def with_settings(plan: ModulePlan, overrides: Iterable[Override]) -> tuple[ModulePlan, dict[str, Source]]:
    """A module with its settings, and where each came from. The later override of a name wins.

    Raises InputError for a setting that this major does not have, or a value that its spec refuses.
    """
    return settings_of(find_module(plan.reference), plan, overrides)


def settings_of(
    module: type[Module], plan: ModulePlan, overrides: Iterable[Override]
) -> tuple[ModulePlan, dict[str, Source]]:
    """The same for a module that the registry does not know."""
    spec = module.spec
    values: dict[str, JsonValue] = {}
    sources = {f"{plan.name}.{name}": Source(kind="default", where=plan.reference) for name in spec.model_fields}
    for override in overrides:
        if override.field not in spec.model_fields:
            has = ", ".join(f"{plan.name}.{name}" for name in spec.model_fields)
            raise InputError(
                f"{override.source.where}: module {plan.reference} has no setting '{override.field}'",
                hint=f"it has {has}" if has else f"{plan.reference} has no settings",
            )
        values[override.field] = override.value
        sources[override.name] = override.source
    try:
        settings = spec.model_validate(values)
    except ValidationError as error:
        raise _refused(plan, error.errors()[0], sources, set_here=tuple(values)) from None
    return plan.model_copy(update={"settings": settings.model_dump(mode="json")}), sources


def _refused(
    plan: ModulePlan, detail: ErrorDetails, sources: dict[str, Source], *, set_here: tuple[str, ...]
) -> InputError:
    message = detail["msg"].removeprefix("Value error, ")
    message = f"{message[:1].lower()}{message[1:]}"
    hint = "`cells modules` says what a module is; its page in docs/modules.md has the range"
    if detail["loc"]:
        name = f"{plan.name}.{detail['loc'][0]}"
        return InputError(f"{sources[name].where}: {name}: {message}, got {detail['input']!r}", hint=hint)
    # Two settings that do not fit each other: the lines that set any.
    lines = dict.fromkeys(sources[f"{plan.name}.{field}"].where for field in set_here)
    where = ", ".join(lines) or plan.reference
    return InputError(f"{where}: {plan.name}: {message}", hint=str(detail.get("ctx", {}).get("hint", hint)))
