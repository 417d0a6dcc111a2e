"""Start-up of the command line, against a Python that does nothing."""

import sys

from measure import CELLS, best, row

RUNS = 7


def main() -> None:
    """Measure and print."""
    baseline = best([sys.executable, "-c", "pass"], runs=RUNS)
    row("python -c pass (baseline)", baseline, baseline)
    row("cells --help", best([str(CELLS), "--help"], runs=RUNS), baseline, "goal: under 0.25 s")
    for environment in ("dev", "prod"):
        command = [str(CELLS), "show", "acme-crm", "-e", environment]
        row(f"cells show acme-crm -e {environment}", best(command, runs=RUNS), baseline, "goal: under 0.5 s")
    row("cells modules", best([str(CELLS), "modules"], runs=RUNS), baseline)


if __name__ == "__main__":
    main()
