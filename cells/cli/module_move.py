"""Plans how a product moves to another major of a module: what comes first, and what CloudFormation would do then."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assembly.diff.change import AssemblyDiff
from assembly.diff.compare import compare
from assembly.load import CloudAssembly
from cells.cli.context import choice
from cells.cli.synthesis import build
from cells.cli.workspace import Workspace
from cells.modules.module import Module
from cells.modules.registry import find_module, known_modules
from cells.plan import CellPlan
from constructs_lib.specs.errors import InputError


@dataclass(frozen=True)
class Move:
    """One product's move from a major to another, in one environment."""

    product: str
    environment: str
    before: str
    """`documents@1`."""
    after: str
    steps: tuple[str, ...]
    """What to do first, in this order."""
    diff: AssemblyDiff
    """What CloudFormation would do to the cell."""

    @property
    def verdict(self) -> str:
        """Whether data stays where it is, in one line."""
        if self.diff.endangered:
            return f"data would be lost: {', '.join(one.logical_id for one in self.diff.endangered)}"
        count = self.diff.count
        return (
            f"nothing that holds data is replaced or removed: {count('create')} resources come, {count('update')} "
            f"change in place, {count('replace')} are replaced, {count('remove')} go"
        )


def plan_move(workspace: Workspace, product: str, environment: str, reference: str) -> Move:
    """Compare a cell as it is with the same cell on another major. Changes nothing; starts Node.

    Raises InputError for a reference without a major, or a module that the product does not have or runs already.
    """
    name, _, major = reference.partition("@")
    target = find_module(reference)
    if not major:
        raise InputError(f"'{reference}' names no major", hint=f"write it as {name}@{target.major + 1}")
    now = workspace.plan(product, choice(environment=environment))
    running = next((module for module in now.modules if module.name == name), None)
    if running is None:
        raise InputError(
            f"product '{product}' does not have module '{name}' in {environment}",
            hint=f"`cells modules --users {name}` lists who has it",
        )
    if running.major == target.major:
        raise InputError(f"product '{product}' runs {reference} in {environment} already", hint="nothing is to be done")
    chosen = [module.reference for module in now.modules if module.name != name and module.reason != "required"]
    then = workspace.plan(product, choice(environment=environment, modules=",".join([*chosen, reference])))
    return Move(
        product=product,
        environment=environment,
        before=running.reference,
        after=reference,
        steps=tuple(_steps(product, environment, running.major, target)),
        diff=_diff(workspace, now, then),
    )


def _steps(product: str, environment: str, running: int, target: type[Module]) -> Iterator[str]:
    reference = f"{target.name}@{target.major}"
    if target.major < running:
        yield f"make sure that nothing needs what {target.name}@{running} keeps: the way back does not move data"
    for module in sorted(known_modules(), key=lambda module: module.major):
        if module.name == target.name and running < module.major <= target.major:
            yield from module.moving
    yield f"write {reference} under environments.{environment}.modules (or modules) of cells/products/{product}.yaml"
    yield f"`cells diff {product} -e {environment} --base main` shows the same plan as below; then deploy"


def _diff(workspace: Workspace, now: CellPlan, then: CellPlan) -> AssemblyDiff:
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        build(workspace.root, now, before)
        build(workspace.root, then, after)
        return compare(CloudAssembly.load(before), CloudAssembly.load(after))
