"""Synth of the example product's prod cell, against a bare `python app.py` of the same stacks with validation off."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from measure import CELLS, ROOT, best, row

RUNS = 5
PRODUCT = "acme-crm"


def main() -> None:
    """Measure and print. Cold and baseline alternate by turns, so that a busy machine disturbs both alike."""
    with tempfile.TemporaryDirectory(prefix="cells-bench-") as name:
        folder = Path(name)
        app = [sys.executable, "app.py"]
        variables = _bare_environment(folder / "bare")
        synth = [str(CELLS), "synth", PRODUCT, "-e", "prod", "--out", str(folder / "cells")]
        bare, cold = [], []
        for _ in range(RUNS):
            bare.append(best(app, runs=1, variables=variables))
            cold.append(best(synth, runs=1, before=lambda: shutil.rmtree(folder / "cells", ignore_errors=True)))
        cached = best(synth, runs=RUNS)
    row("python app.py, validation off (baseline)", min(bare), min(bare))
    row("cells synth, cold", min(cold), min(bare), "goal: at most 1.15 x")
    row("cells synth, unchanged inputs", cached, min(bare), "goal: under 0.5 s")


def _bare_environment(out: Path) -> dict[str, str]:
    """What the CDK CLI would set for the app: its flags, the product, the output folder and the same Node."""
    sys.path.insert(0, str(ROOT))
    from cells.cli.cdk import find_node

    flags = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    context = {**flags, "productName": PRODUCT, "environment": "prod"}
    return {
        **os.environ,
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(out),
        "CDK_VALIDATION": "false",
        "JSII_NODE": str(find_node()),
    }


if __name__ == "__main__":
    main()
