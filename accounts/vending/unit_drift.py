"""Units that are missing, that nobody declares, or that have another name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from accounts.topology import UnitPath, path_text
from accounts.vending import declaring
from accounts.vending.finding import Declare, Finding, Sides
from accounts.vending.held_back import hold_back
from accounts.vending.step import CreateUnit
from accounts.vending.three_sides import THERE, ThreeSides
from accounts.vending.undo_step import DeleteUnit, RenameUnit


class UnitDrift:
    """The findings about units."""

    def __init__(self, sides: ThreeSides) -> None:
        self._sides = sides

    def findings(self) -> Iterator[Finding]:
        """Renamed, missing and undeclared units."""
        declared = {unit.path for unit in self._sides.topology.units}
        for unit_id, (old, new) in self._sides.renamed.items():
            yield self._sides.made(
                f"unit:{path_text(old)}",
                f"the unit {path_text(old)} is called {new[-1]}",
                Sides(path_text(old), path_text(old), path_text(new)),
                [RenameUnit(unit=unit_id, path=old, was=new[-1])],
                no_adopt="rename it in accounts/organization.yaml, where it is declared there",
            )
        olds = {old for old, _ in self._sides.renamed.values()}
        for unit in self._sides.topology.units:
            if self._sides.live.unit(unit.path) is None and not any(unit.path[: len(old)] == old for old in olds):
                yield self._missing_unit(unit.path)
        news = {new for _, new in self._sides.renamed.values()}
        for there in self._sides.live.units:
            path = there.path
            inside_renamed = any(path[: len(new)] == new for new in news)
            if path not in declared and not inside_renamed and not self._sides.ignored.unit(path):
                yield self._rogue_unit(there.id, path)

    def _missing_unit(self, path: UnitPath) -> Finding:
        applied = self._sides.applied is not None and self._sides.applied.unit(path) is not None
        step = CreateUnit(path=path)
        if not declaring.is_declarable(path):
            adopt: Declare = hold_back(step)
        else:
            adopt = partial(declaring.without_unit, path=path)
        return self._sides.made(
            f"unit:{path_text(path)}",
            f"the unit {path_text(path)} is not there",
            Sides(THERE, THERE if applied else None, None),
            [step],
            adopt,
        )

    def _rogue_unit(self, id: str, path: UnitPath) -> Finding:
        applied = self._sides.applied is not None and any(unit.id == id for unit in self._sides.applied.units)
        return self._sides.made(
            f"unit:{path_text(path)}",
            f"the unit {path_text(path)} is not declared",
            Sides(None, THERE if applied else None, THERE),
            [DeleteUnit(unit=id, path=path)],
            partial(declaring.with_unit, path=path),
        )
