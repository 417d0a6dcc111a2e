"""The cells of this checkout as they are now: declared, planned and synthesized, each by itself.

A product file that is broken, or a cell that does not synthesize, does not stand in another's way.
"""

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assembly.load import CloudAssembly
from cells.cli import fingerprint
from cells.cli.context import choice
from cells.cli.live import assembly_folder
from cells.cli.synthesis import Output
from cells.cli.worker_pool import Answer, Checkout, Job
from cells.cli.workspace import CellChoice, Workspace
from cells.fleet.cell_name import UNKNOWN, CellName, cells_of
from cells.plan import CellPlan
from constructs_lib.specs.errors import CellsError


@dataclass(frozen=True)
class Failure:
    """Why nothing can be said of a cell."""

    error: str
    hint: str = ""
    wrong_input: bool = False


class Today:
    """One look at the checkout."""

    def __init__(self, workspace: Workspace, context: Mapping[str, str]) -> None:
        """`context` is what the command line says on top of the files: `modules`, `size`, `region`."""
        self._workspace = workspace
        self._context = context
        self._outputs: dict[CellName, Output] = {}
        self.plans: dict[CellName, CellPlan] = {}
        self.failures: dict[CellName, Failure] = {}
        """By cell; a product whose file cannot be read is its cell `?`."""
        self.declared = self._declared()

    @property
    def checkout(self) -> Checkout:
        """Whose code synthesizes: this checkout, with the Python that runs this command."""
        return Checkout(self._workspace.root, Path(sys.executable))

    def plan(self, cells: Collection[CellName]) -> list[CellName]:
        """Plan cells. Returns those that have a plan, sorted; of the others `failures` says why not."""
        for cell in cells:
            if cell in self.failures:
                continue
            try:
                self.plans[cell] = self._workspace.plan(cell.product, self._choice(cell))
            except CellsError as error:
                self.failures[cell] = Failure(error.message, error.hint, wrong_input=True)
        return sorted(cell for cell in cells if cell in self.plans)

    def waiting(self, cells: Sequence[CellName], folder: Path) -> list[Job]:
        """The jobs for those planned cells whose assembly is not there yet; each writes into a folder of its own."""
        self._sources = fingerprint.sources(self._workspace.root)
        for cell in cells:
            self._outputs[cell] = Output(self._workspace.root, self._folder(cell))
        late = [cell for cell in cells if not self._outputs[cell].holds(self.plans[cell], self._sources)]
        return [Job(cell, folder / f"now-{number}", self._context) for number, cell in enumerate(late)]

    def took(self, answer: Answer) -> None:
        """Keep what a job has written, or why it has written nothing."""
        cell = answer.job.cell
        if answer.error:
            self.failures[cell] = Failure(answer.error, answer.hint)
        else:
            self._outputs[cell].take(answer.job.folder)
            self._outputs[cell].remember(self.plans[cell], self._sources)

    def assembly(self, cell: CellName) -> CloudAssembly:
        """The assembly of a cell. Raises AssemblyError when it is not there."""
        return CloudAssembly.load(self._folder(cell))

    def _folder(self, cell: CellName) -> Path:
        return self._workspace.root / assembly_folder(self.plans[cell])

    def _choice(self, cell: CellName) -> CellChoice:
        said = self._context
        return choice(
            environment=cell.environment,
            modules=said.get("modules"),
            region=said.get("region"),
            size=said.get("size"),
        )

    def _declared(self) -> frozenset[CellName]:
        found: dict[str, Sequence[str]] = {}
        for name in self._workspace.product_names():
            try:
                found[name] = tuple(self._workspace.declared(name).spec.environments)
            except CellsError as error:
                self.failures[CellName(name, UNKNOWN)] = Failure(error.message, error.hint, wrong_input=True)
        return frozenset(cells_of(found))
