"""`cells diff`, where there is nothing to ask AWS."""

import json
import re
from pathlib import Path

from tests.cli.conftest import Cells


def test_a_pending_cell_is_compared_with_nothing(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    registry = json.loads(path.read_text())
    for cell in registry["cells"]:
        cell |= {"state": "pending", "account": None}
    path.write_text(json.dumps(registry))

    result = cells("diff", "acme-crm", "--fail")

    assert result.code == 1
    assert re.search(r"acme-crm/dev: new: \d{3} resources", result.out)
    assert "compared with nothing: it has no account yet" in result.out
