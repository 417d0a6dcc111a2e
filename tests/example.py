"""The example company in a test: what a test expects does not change with every new product."""

import json
from pathlib import Path


def keep_cells_of(root: Path, product: str) -> None:
    """Leave the cells of one product in the registry of a copied project."""
    path = root / "accounts" / "registry.json"
    registry = json.loads(path.read_text())
    registry["cells"] = [cell for cell in registry["cells"] if cell["product"] == product]
    path.write_text(json.dumps(registry, indent=2) + "\n")


def add_cells_of(root: Path, product: str, *, source: Path) -> None:
    """Bring the file and the cells of a product of another project."""
    name = f"cells/products/{product}.yaml"
    (root / name).write_text((source / name).read_text())
    path = root / "accounts" / "registry.json"
    registry = json.loads(path.read_text())
    theirs = json.loads((source / "accounts" / "registry.json").read_text())["cells"]
    registry["cells"] += [cell for cell in theirs if cell["product"] == product]
    path.write_text(json.dumps(registry, indent=2) + "\n")
