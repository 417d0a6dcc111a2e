"""Compares the cells of a checkout with those of a commit: synthesizes both sides, side by side, and diffs them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from assembly.diff.compare import compare
from assembly.diff.group import Words
from assembly.errors import AssemblyError
from assembly.load import CloudAssembly
from cells.cli import worker_pool
from cells.cli.base import Base
from cells.cli.git import Commit
from cells.cli.meter import Meter
from cells.cli.today import Failure, Today
from cells.cli.worker_pool import Answer, Checkout, Job
from cells.cli.workspace import Workspace
from cells.fleet.cell_name import UNKNOWN, CellName, cells_of, select
from cells.fleet.diff import CellDiff, FleetDiff
from cells.plan import CellPlan

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


class Comparison:
    """One comparison."""

    def __init__(self, workspace: Workspace, base: Base, wanted: Wanted, meter: Meter) -> None:
        self._base = base
        self._wanted = wanted
        self._meter = meter
        self._today = Today(workspace, wanted.context)
        self._failures = self._today.failures
        self._notes: list[str] = []

    def run(self) -> FleetDiff:
        """Synthesize what is not there yet, and compare. Raises InputError for a product that no side declares."""
        was, now = self._declared_before(), self._today.declared
        unreadable = frozenset(cell for cell in self._failures if cell.environment == UNKNOWN)
        chosen = self._chosen(was | now, unreadable)
        before, after = [cell for cell in chosen if cell in was], [cell for cell in chosen if cell in now]
        files, head = self._base.git.uncommitted(), self._base.git.commit("HEAD")
        if self._unchanged(files, head):
            cells = tuple(CellDiff(cell, "same") for cell in chosen)
        else:
            self._synthesize([cell for cell in before if cell not in self._failures], self._today.plan(after))
            cells = tuple(self._compared(cell, cell in before, cell in after) for cell in chosen)
        partial = bool(self._wanted.products or self._wanted.environments)
        today = f"working tree on {head.short}" if files else head.short
        return FleetDiff(str(self._base.commit), today, cells, tuple(self._notes), partial)

    def _declared_before(self) -> frozenset[CellName]:
        declared, undeclared = self._base.cells()
        for one in undeclared:
            self._failures[CellName(one.product, UNKNOWN)] = Failure(f"at {self._base.commit}: {one.error}")
        return frozenset(cells_of(declared))

    def _chosen(self, declared: Collection[CellName], unreadable: Collection[CellName]) -> tuple[CellName, ...]:
        """The cells to compare. A product that one side cannot read fails in every cell that the other declares."""
        chosen = select([*declared, *unreadable], self._wanted.products, self._wanted.environments)
        for cell in chosen:
            broken = self._failures.get(CellName(cell.product, UNKNOWN))
            if broken:
                self._failures[cell] = broken
        declared_products = {cell.product for cell in declared}
        return tuple(cell for cell in chosen if cell not in unreadable or cell.product not in declared_products)

    def _unchanged(self, files: Sequence[str], head: Commit) -> bool:
        """Whether the tree is the base itself, so that nothing has to be synthesized to know."""
        if files:
            shown = ", ".join(files[:_SHOWN_FILES]) + (" …" if len(files) > _SHOWN_FILES else "")
            self._notes.append(f"the working tree is compared with its {len(files)} uncommitted files ({shown})")
        elif self._base.git.same_tree(self._base.commit, head):
            self._notes.append(f"nothing is uncommitted and {self._base.commit} has the same files: nothing to compare")
            return True
        self._notes.extend(self._base.notes())
        return False

    def _synthesize(self, before: Sequence[CellName], after: Sequence[CellName]) -> None:
        context = self._wanted.context
        with ExitStack() as stack:
            unfinished = stack.enter_context(self._base.unfinished())
            missing = [cell for cell in before if not self._base.holds(cell, context)]
            was = [Job(cell, unfinished / f"was-{number}", context) for number, cell in enumerate(missing)]
            now = self._today.waiting(after, unfinished)
            work: list[tuple[Checkout, Sequence[Job]]] = [(self._today.checkout, now)]
            if was:
                work.insert(0, (stack.enter_context(self._base.checkout()), was))
            text = f"synthesizing cells: {len(was)} at {self._base.commit.short}, {len(now)} now"
            advance = stack.enter_context(self._meter.over(text, len(was) + len(now)))
            worker_pool.synthesize(work, self._told(was, advance))
        self._base.forget_old()

    def _told(self, was: Sequence[Job], advance: Callable[[], None]) -> Callable[[Answer], None]:
        def told(answer: Answer) -> None:
            advance()
            if not any(answer.job is job for job in was):
                self._today.took(answer)
            elif answer.error:
                error = f"at {self._base.commit}: {answer.error}"
                self._failures[answer.job.cell] = Failure(error, answer.hint)
            else:
                self._base.keep(answer.job.folder, answer.job.cell, self._wanted.context)

        return told

    def _compared(self, cell: CellName, before: bool, after: bool) -> CellDiff:
        failure = self._failures.get(cell)
        if failure:
            return CellDiff(cell, "failed", error=failure.error, hint=failure.hint, wrong_input=failure.wrong_input)
        if not after:
            return CellDiff(cell, "gone")
        words = words_of(self._today.plans[cell])
        try:
            new = self._today.assembly(cell)
            if not before:
                return CellDiff(cell, "new", compare(None, new), words)
            diff = compare(CloudAssembly.load(self._base.folder(cell, self._wanted.context)), new)
        except AssemblyError as error:
            return CellDiff(cell, "failed", error=error.message, hint=error.hint)
        return CellDiff(cell, "changed", diff, words) if diff.changed else CellDiff(cell, "same")


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
        cidrs = {"public": zone.public_cidr, "app": zone.app_cidr, "data": zone.data_cidr}
        words |= {cidr: f"{kind}-{number}" for kind, cidr in cidrs.items()}
    return words
