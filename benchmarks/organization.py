"""Large organizations: planned offline, created, planned live and adopted on the embedded AWS.

Offline against a Python that only reads the same files; live against one that only lists the accounts.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import CELLS, ROOT, best, row

RUNS = 5
PLATFORM = ("management", "security-tooling", "log-archive", "network-hub", "shared-services", "ci-cd")
PREFIXES = {"dev": 21, "staging": 20, "prod": 20}
PRODUCT = """name: {name}
summary: One of many products
owner: team-{name}@example.com
subdomain: {name}
modules: [tasks, contacts]
"""
READ = """import json, pathlib
for path in [*pathlib.Path("cells/products").iterdir(), *pathlib.Path("accounts").iterdir()]: path.read_bytes()
json.loads(pathlib.Path("accounts/registry.json").read_text())
"""


LIST = """import sys, boto3
session = boto3.Session("100000000000", "local", region_name="us-east-1")
pages = session.client("organizations", endpoint_url=sys.argv[1]).get_paginator("list_accounts").paginate()
assert sum(len(page["Accounts"]) for page in pages) > 190
"""


def main() -> None:
    """Measure and print."""
    offline()
    live(200)


def offline() -> None:
    """Without credentials and network."""
    for accounts, goal in ((200, "goal: under 0.6 s"), (2000, "goal: under 3 s")):
        with tempfile.TemporaryDirectory(prefix="cells-bench-") as name:
            folder = Path(name)
            write_project(folder, (accounts - len(PLATFORM)) // len(PREFIXES))
            read = best([sys.executable, "-c", READ], runs=RUNS, folder=folder)
            plan = best([str(CELLS), "org", "plan", "--offline"], runs=RUNS, folder=folder)
        row(f"reading the files of {accounts} accounts (baseline)", read, read)
        row(f"cells org plan --offline, {accounts} accounts", plan, read, goal)


def live(accounts: int) -> None:
    """On an embedded AWS of its own."""
    with tempfile.TemporaryDirectory(prefix="cells-bench-") as name:
        folder = Path(name)
        write_project(folder, (accounts - len(PLATFORM)) // len(PREFIXES), vended=False)
        started = subprocess.run([str(CELLS), "local", "up"], cwd=folder, check=True, capture_output=True, text=True)
        try:
            endpoint = re.findall(r"http://127[.0-9:]+", started.stdout + started.stderr)[0]
            apply = [str(CELLS), "org", "apply", "--no-stacks", "--yes"]
            create = best(apply, runs=1, folder=folder)
            lists = best([sys.executable, "-c", LIST, endpoint], runs=RUNS, folder=folder)
            plan = best([str(CELLS), "org", "plan"], runs=RUNS, folder=folder)
            adopt = best([str(CELLS), "org", "adopt", "--into", "adopted", "--force"], runs=RUNS, folder=folder)
            there = json.loads((folder / "adopted" / "accounts" / "registry.json").read_text(encoding="utf-8"))
            known = [*there["accounts"], *(cell for cell in there["cells"] if "account" in cell)]
            assert len(known) >= accounts - len(PREFIXES)
        finally:
            subprocess.run([str(CELLS), "local", "down"], cwd=folder, check=True, capture_output=True)
    row(f"listing {accounts} accounts with boto3 (baseline)", lists, lists)
    row(f"cells org apply, {accounts} accounts created", create, lists, "goal: under 8 s")
    row(f"cells org plan, {accounts} accounts observed", plan, lists, "goal: under 5 s")
    row(f"cells org adopt, {accounts} accounts", adopt, lists, "goal: under 8 s")


def write_project(folder: Path, products: int, *, vended: bool = True) -> None:
    """A project with so many products: all vended but the last one, or nothing but the management account."""
    (folder / "cells" / "products").mkdir(parents=True)
    (folder / "accounts").mkdir()
    shutil.copy(ROOT / "cdk.json", folder)
    organization = (ROOT / "accounts" / "organization.yaml").read_text(encoding="utf-8")
    whole = organization.replace("eu-west-1: 10.0.0.0/10", "eu-west-1: 10.0.0.0/8")
    # What is compared creates accounts, and sets nothing inside them.
    nothing = "settings: {default_network: kept, ebs_encryption: false, password_policy: null, bootstrap: false}\n"
    (folder / "accounts" / "organization.yaml").write_text(whole + nothing, encoding="utf-8")
    cells = []
    for number in range(products):
        name = f"product-{number:04d}"
        text = PRODUCT.format(name=name)
        (folder / "cells" / "products" / f"{name}.yaml").write_text(text, encoding="utf-8")
        cells += [_cell(name, number, at, environment) for at, environment in enumerate(PREFIXES)]
    for cell in cells[-len(PREFIXES) :] if vended else cells:
        del cell["account"]
        cell["state"] = "pending"
    there = PLATFORM if vended else PLATFORM[:1]
    accounts = {name: {"id": f"{100000000000 + at}", "state": "active"} for at, name in enumerate(there)}
    accounts |= {name: {"state": "pending"} for name in PLATFORM if name not in there}
    registry = {"version": 1, "accounts": accounts, "cells": cells}
    (folder / "accounts" / "registry.json").write_text(json.dumps(registry), encoding="utf-8")


def _cell(product: str, number: int, at: int, environment: str) -> dict[str, object]:
    step = (number * len(PREFIXES) + at) * 16
    suffix = "" if environment == "prod" else f"-{environment}"
    return {
        "product": product,
        "environment": environment,
        "region": "eu-west-1",
        "account": f"{200000000000 + number * len(PREFIXES) + at}",
        "cidr": f"10.{step // 256}.{step % 256}.0/{PREFIXES[environment]}",
        "domain": f"{product}{suffix}.example.com",
        "state": "active",
    }


if __name__ == "__main__":
    main()
