"""A product with every module, against CloudFormation's limits, and what each module adds to a synth.

`--each RUNS` prints a line for each module: the cell with those before it, and the same with it, by turns. One turn
varies by more than most modules cost, so the median of the differences is printed with the middle half of them.

The cost is processor time of Python and of Node together: milliseconds of the clock drown in what else a machine does.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT

sys.path.insert(0, str(ROOT))

from cells.cli.cdk import use_node_for_synth  # noqa: E402 (after the path)

use_node_for_synth()

from cells.cli.context import choice  # noqa: E402 (Node has to be chosen before anything starts it)
from cells.cli.synthesis import build  # noqa: E402
from cells.cli.workspace import Workspace  # noqa: E402
from cells.modules.registry import MODULES, choose_modules  # noqa: E402
from cells.plan import CellPlan  # noqa: E402

RUNS = 8
GOAL = 0.8
GOAL_SECONDS = 0.030
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, 2026-11
LIMITS = {"resources": 500, "bytes": 1_000_000, "outputs": 200}


def main() -> None:
    """Measure and print. The cell without modules is the baseline. One module alone is less than what a run varies."""
    references = [module.name for module in MODULES if module.major == 1]
    order = [plan.reference for plan in choose_modules(references)]
    plan = Workspace(ROOT).plan("acme-crm", choice(environment="prod", modules=",".join(references)))
    assert [module.reference for module in plan.modules] == order
    with tempfile.TemporaryDirectory(prefix="cells-bench-") as name:
        folder = Path(name)
        _synthesize(plan, folder / "warm")  # asset hashes and schemas are read once in a process
        _print_limits(folder / "warm")
        _print_costs(plan, folder)
        if sys.argv[1:2] == ["--each"]:
            _print_each(plan, folder, int(sys.argv[2]))


def _print_limits(folder: Path) -> None:
    head = f"{'every module, against the limits':<28} {'resources':>15} {'bytes':>20} {'outputs':>12}"
    print(f"{head}  goal: at most {GOAL}")
    for path in sorted(folder.glob("*.template.json")):
        template = json.loads(path.read_text(encoding="utf-8"))
        sizes = {
            "resources": len(template.get("Resources", {})),
            "bytes": path.stat().st_size,
            "outputs": len(template.get("Outputs", {})),
        }
        shown = [f"{size} = {size / LIMITS[name]:.2f}" for name, size in sizes.items()]
        over = [name for name, size in sizes.items() if size > GOAL * LIMITS[name]]
        print(
            f"  {path.name.partition('.')[0]:<26} {shown[0]:>15} {shown[1]:>20} {shown[2]:>12}"
            f"  {'over in ' + ', '.join(over) if over else 'met'}"
        )


def _print_costs(plan: CellPlan, folder: Path) -> None:
    bare, full = plan.model_copy(update={"modules": ()}), plan
    without, with_all = [], []
    for run in range(RUNS):  # by turns, so that a busy machine disturbs both alike
        without.append(_synthesize(bare, folder / f"bare-{run}"))
        with_all.append(_synthesize(full, folder / f"full-{run}"))
    # Node compiles what is hot in the first turns; the fastest turn has that behind it.
    base, added = min(without), min(with_all) - min(without)
    each = added / len(plan.modules)
    print(f"{'synth without modules (baseline)':<36} {base * 1000:6.0f} ms  1.00 x")
    print(
        f"{f'synth with all {len(plan.modules)} modules':<36} {(base + added) * 1000:6.0f} ms  {1 + added / base:.2f} x"
    )
    print(
        f"{'each module, on average':<36} {each * 1000:6.0f} ms  {each / base:.2f} x"
        f"  goal: under {GOAL_SECONDS * 1000:.0f} ms"
    )


def _print_each(plan: CellPlan, folder: Path, runs: int) -> None:
    print(f"{'each module, median of ' + str(runs) + ' turns':<36} {'ms':>6}  {'middle half':>14}  goal: under 30 ms")
    for count, module in enumerate(plan.modules):
        before, after = (plan.model_copy(update={"modules": plan.modules[: count + more]}) for more in (0, 1))
        added = [
            _synthesize(after, folder / f"{count}-{run}-with") - _synthesize(before, folder / f"{count}-{run}-without")
            for run in range(runs)
        ]
        low, middle, high = (1000 * value for value in statistics.quantiles(added, n=4))
        verdict = "met" if high < GOAL_SECONDS * 1000 else "over" if low > GOAL_SECONDS * 1000 else "not decided"
        print(f"  {module.reference:<34} {middle:6.0f}  {low:5.0f} to {high:4.0f}  {verdict}")


def _synthesize(plan: CellPlan, folder: Path) -> float:
    """Processor seconds of a synth in this process, as the fleet does it."""
    started = _processor_seconds()
    build(ROOT, plan, folder)
    return _processor_seconds() - started


def _processor_seconds() -> float:
    """Of this process and its children, which are Node's; the clock where the system does not tell."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return time.perf_counter()
    children = [pid for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children]
    # utime and stime are the 14th and 15th field of the file, the 12th and 13th after the name.
    return time.process_time() + sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
