"""Compares the cells of a checkout with those of a commit: synthesizes both sides, side by side, and diffs them."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from assembly.diff.compare import compare
from assembly.diff.group import Words
from assembly.errors import AssemblyError
from assembly.load import CloudAssembly
from cells.cli import fingerprint, worker_pool
from cells.cli.base import Base
from cells.cli.context import choice
from cells.cli.live import assembly_folder
from cells.cli.meter import Meter
from cells.cli.synthesis import Output
from cells.cli.worker_pool import Answer, Checkout, Job
from cells.cli.workspace import Workspace
from cells.fleet.cell_name import CellName, cells_of, select
from cells.fleet.diff import CellDiff, FleetDiff
from cells.plan import CellPlan
from constructs_lib.specs.errors import CellsError

_UNKNOWN = "?"
"""The environment of a product whose file cannot be read."""

_SHOWN_FILES = 3


@dataclass(frozen=True)
class Wanted:
    """Which cells to compare, and what the command line says on top of the files, on both sides."""

    products: tuple[str, ...] = ()
    """All when empty."""
    environments: tuple[str, ...] = ()
    """All when empty."""
    context: Mapping[str, str] = field(default_factory=dict)
    """`modules`, `size` and `region`, as CDK context."""


@dataclass(frozen=True)
class _Failure:
    error: str
    hint: str = ""
    wrong_input: bool = False


class Comparison:
    """One comparison. A cell that does not synthesize, or whose file is broken, does not stand in another's way."""

    def __init__(self, workspace: Workspace, base: Base, wanted: Wanted, meter: Meter) -> None:
        self._workspace = workspace
        self._base = base
        self._wanted = wanted
        self._meter = meter
        self._plans: dict[CellName, CellPlan] = {}
        self._errors: dict[CellName, _Failure] = {}
        self._notes: list[str] = []

    def run(self) -> FleetDiff:
        """Synthesize what is not there yet, and compare. Raises InputError for a product that no side declares."""
        was, now = self._declared_before(), self._declared_now()
        broken = {cell for cell in self._errors if cell.environment == _UNKNOWN}
        chosen = select([*({*was, *now} | broken)], self._wanted.products, self._wanted.environments)
        self._spread(chosen, broken)
        chosen = tuple(cell for cell in chosen if cell not in broken or not _has_others(cell, chosen))
        before, after = [cell for cell in chosen if cell in was], [cell for cell in chosen if cell in now]
        if self._unchanged():
            cells = tuple(CellDiff(cell, "same") for cell in chosen)
        else:
            self._plan(after)
            self._synthesize(before, [cell for cell in after if cell in self._plans])
            cells = tuple(self._compared(cell, cell in before, cell in after) for cell in chosen)
        return FleetDiff(str(self._base.commit), self._now(), cells, tuple(self._notes))

    def _declared_before(self) -> set[CellName]:
        declared, undeclared = self._base.cells()
        for one in undeclared:
            self._errors[CellName(one.product, _UNKNOWN)] = _Failure(f"at {self._base.commit}: {one.error}")
        return set(cells_of(declared))

    def _declared_now(self) -> set[CellName]:
        declared: dict[str, Sequence[str]] = {}
        for name in self._workspace.product_names():
            try:
                declared[name] = tuple(self._workspace.declared(name).spec.environments)
            except CellsError as error:
                self._errors[CellName(name, _UNKNOWN)] = _Failure(error.message, error.hint, wrong_input=True)
        return set(cells_of(declared))

    def _spread(self, chosen: Sequence[CellName], broken: set[CellName]) -> None:
        """A product that cannot be read on one side fails in every cell that the other side declares."""
        for cell in chosen:
            unreadable = CellName(cell.product, _UNKNOWN)
            if unreadable in broken:
                self._errors[cell] = self._errors[unreadable]

    def _unchanged(self) -> bool:
        """Whether the tree is the base itself, so that nothing has to be synthesized to know."""
        git = self._base.git
        files = git.uncommitted()
        if files:
            shown = ", ".join(files[:_SHOWN_FILES]) + (" …" if len(files) > _SHOWN_FILES else "")
            self._notes.append(f"the working tree is compared with its {len(files)} uncommitted files ({shown})")
        elif git.same_tree(self._base.commit, git.commit("HEAD")):
            self._notes.append(f"nothing is uncommitted and {self._base.commit} has the same files: nothing to compare")
            return True
        self._notes.extend(self._base.notes())
        return False

    def _now(self) -> str:
        head = self._base.git.commit("HEAD")
        return f"working tree on {head.short}" if self._base.git.uncommitted() else head.short

    def _plan(self, cells: Sequence[CellName]) -> None:
        said = self._wanted.context
        for cell in cells:
            if cell in self._errors:
                continue
            try:
                wanted = choice(
                    environment=cell.environment,
                    modules=said.get("modules"),
                    region=said.get("region"),
                    size=said.get("size"),
                )
                self._plans[cell] = self._workspace.plan(cell.product, wanted)
            except CellsError as error:
                self._errors[cell] = _Failure(error.message, error.hint, wrong_input=True)

    def _synthesize(self, before: Sequence[CellName], after: Sequence[CellName]) -> None:
        root, context = self._workspace.root, self._wanted.context
        sources = fingerprint.sources(root)
        outputs = {cell: Output(root, root / assembly_folder(self._plans[cell])) for cell in after}
        old = [cell for cell in before if cell not in self._errors and not self._base.holds(cell, context)]
        new = [cell for cell in after if not outputs[cell].holds(self._plans[cell], sources)]
        with ExitStack() as stack:
            unfinished = stack.enter_context(self._base.unfinished()) if old or new else Path()
            was = [Job(cell, _fresh(unfinished / f"was-{number}"), context) for number, cell in enumerate(old)]
            now = [Job(cell, _fresh(unfinished / f"now-{number}"), context) for number, cell in enumerate(new)]
            work = [(Checkout(root, Path(sys.executable)), now)]
            if was:
                work.insert(0, (stack.enter_context(self._base.checkout()), was))
            advance = stack.enter_context(self._meter.over(_says(self._base, len(was), len(now)), len(was) + len(now)))

            def told(answer: Answer) -> None:
                advance()
                cell = answer.job.cell
                if any(answer.job is job for job in was):
                    self._keep_base(answer)
                elif answer.error:
                    self._errors[cell] = _Failure(answer.error, answer.hint)
                else:
                    outputs[cell].take(answer.job.folder)
                    outputs[cell].remember(self._plans[cell], sources)

            worker_pool.synthesize(work, told)
        self._base.forget_old()

    def _keep_base(self, answer: Answer) -> None:
        if answer.error:
            self._errors[answer.job.cell] = _Failure(f"at {self._base.commit}: {answer.error}", answer.hint)
        else:
            self._base.keep(answer.job.folder, answer.job.cell, self._wanted.context)

    def _compared(self, cell: CellName, before: bool, after: bool) -> CellDiff:
        if cell in self._errors:
            failure = self._errors[cell]
            return CellDiff(cell, "failed", error=failure.error, hint=failure.hint, wrong_input=failure.wrong_input)
        if not after:
            return CellDiff(cell, "gone")
        plan = self._plans[cell]
        try:
            new = CloudAssembly.load(self._workspace.root / assembly_folder(plan))
            if not before:
                return CellDiff(cell, "new", compare(None, new), words_of(plan))
            diff = compare(CloudAssembly.load(self._base.folder(cell, self._wanted.context)), new)
        except AssemblyError as error:
            return CellDiff(cell, "failed", error=error.message, hint=error.hint)
        return CellDiff(cell, "changed", diff, words_of(plan)) if diff.changed else CellDiff(cell, "same")


def words_of(plan: CellPlan) -> Words:
    """The words in which two cells of one shape differ, each with what it is."""
    identity = plan.identity
    words = {
        identity.product: "product",
        identity.environment: "environment",
        identity.region: "region",
        plan.account: "account",
        plan.domain: "domain",
        plan.network.cidr: "cidr",
    }
    for number, zone in enumerate(plan.network.zones, start=1):
        words |= {
            zone.public_cidr: f"public-{number}",
            zone.app_cidr: f"app-{number}",
            zone.data_cidr: f"data-{number}",
        }
    return words


def _has_others(cell: CellName, chosen: Sequence[CellName]) -> bool:
    return any(other.product == cell.product and other != cell for other in chosen)


def _fresh(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _says(base: Base, was: int, now: int) -> str:
    sides = [f"{was} at {base.commit.short}"] if was else []
    return f"synthesizing cells: {', '.join([*sides, *([f'{now} now'] if now else [])])}"
