"""The example company in a test: what a test expects does not change with every new product."""

import json
from pathlib import Path


def keep_cells_of(root: Path, product: str) -> None:
    """Leave the cells of one product in the registry of a copied project."""
    path = root / "accounts" / "registry.json"
    registry = json.loads(path.read_text())
    registry["cells"] = [cell for cell in registry["cells"] if cell["product"] == product]
    path.write_text(json.dumps(registry, indent=2) + "\n")
