"""The modules of a cell: those of the command line or of the files, with their settings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from cells.cell_declaration import CellDeclaration
from cells.module_settings import Override, with_settings
from cells.modules.registry import choose_modules, is_module, known_modules
from cells.plan import ModulePlan, Source
from constructs_lib.specs.errors import InputError


class ChosenModules:
    """Chooses the modules of a cell and resolves what is set of them."""

    def __init__(self, said: CellDeclaration) -> None:
        self._said = said

    def resolve(self, overrides: Sequence[Override]) -> tuple[ModulePlan, ...]:
        """The plans of the modules. `overrides` are those of no other part of a cell.

        Raises InputError for an unknown module, and for a setting that does not fit one.
        """
        plans: list[ModulePlan] = []
        for chosen in self._chosen():
            plan, sources = with_settings(chosen, [one for one in overrides if one.section == chosen.name])
            plans.append(plan)
            self._said.sources |= sources
        names = {plan.name for plan in plans}
        self._refuse_settings_without_module([one for one in overrides if one.section not in names])
        return tuple(plans)

    def _refuse_settings_without_module(self, overrides: list[Override]) -> None:
        for override in overrides:
            said = f"{override.source.where}: '{override.name}' sets a module that this cell does not have"
            if self._said.context.modules is None or override.source.kind == "context":
                raise InputError(
                    said, hint=f"add '{override.section}' to the modules of the product, or take the setting out"
                )
            self._said.notes.append(f"{said}, so it has no effect")

    def _chosen(self) -> tuple[ModulePlan, ...]:
        if self._said.context.modules is None:
            return self._of_the_files()
        modules = choose_modules(self._said.context.modules)
        self._said.sources["modules"] = Source(kind="context", where="modules")
        product = self._said.product
        if modules != choose_modules(product.spec.modules_of(self._said.environment)) and product.document:
            self._said.notes.append("modules are those of the command line; they replace the product file's")
        return modules

    def _of_the_files(self) -> tuple[ModulePlan, ...]:
        """The modules of the files. An error names the line of the module that it is about."""
        own = self._said.own.modules is not None
        path = (*self._said.path, "modules") if own else ("modules",)
        self._said.sources["modules"] = self._said.at("environment" if own else "product file", *path)
        references = self._said.product.spec.modules_of(self._said.environment)
        known_modules()  # what is wrong with an installed package is not an error of this file
        try:
            return choose_modules(references)
        except InputError as error:
            wrong = (number for number, reference in enumerate(references) if not is_module(reference))
            where = self._said.product.where(*path, *islice(wrong, 1))
            raise InputError(f"{where}: {error.message}", hint=error.hint) from None
