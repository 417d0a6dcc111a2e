"""The page that compares our diff with `cdk diff` says what the pinned CLI says: asked again for a few changes."""

from pathlib import Path

import pytest

from benchmarks.diff_compared import PAGE, cdk_says, recorded
from cells.cli.cdk import CdkCli
from tests.assembly.diff.change_files import change_file
from tests.cli.conftest import ROOT


@pytest.mark.parametrize("name", ["cache-engine", "module-kept", "policy-wording"])
def test_the_cli_says_what_the_page_says(name: str, tmp_path: Path) -> None:
    cdk, version = recorded(PAGE.read_text())

    assert cdk_says(change_file(name), tmp_path / "change", CdkCli(ROOT)) == cdk[name]
    assert version == CdkCli(ROOT).version()
