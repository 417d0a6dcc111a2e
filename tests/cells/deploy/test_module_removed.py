"""A module is taken out of a live cell: what it holds stays in prod, and is not lost unasked in dev."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.load import CloudAssembly
from assembly.stateful import stateful
from cells.cli.deploy import print_stacks
from cells.deploy.deployment import Deployment
from constructs_lib.specs.errors import DataLossError
from tests.cells.deploy.conftest import ACCOUNT, HOME, FakeCdk, FakeStack, FakeTarget, Told, Write, Written

MODULE = "Finance"
"""The construct id below which the module's resources are, and so how their logical ids begin."""


@pytest.fixture
def removal(cell: Callable[[str], Path], write: Write, target: FakeTarget, cdk: FakeCdk, told: Told):
    """The deployment of the Data stack of acme-crm without one of its modules, and what that module holds."""

    def of(environment: str, *, release: bool = False) -> tuple[Deployment, set[str]]:
        stack = CloudAssembly.load(cell(environment)).stack("ProductCell-Data")
        target.clients(ACCOUNT, HOME).cloudformation.stacks["data"] = FakeStack(stack.template)
        held = {id for id in stateful(stack.template) if id.startswith(MODULE)}
        rest = {id: one for id, one in stack.resources.items() if not id.startswith(MODULE)}
        return Deployment(write(Written("Data", rest)), target, cdk, told, release=release), held

    return of


def test_prod_keeps_what_the_module_holds_and_says_so(removal, capsys: pytest.CaptureFixture[str]) -> None:
    deployment, held = removal("prod")
    changes = deployment.changes()

    deployment.check(changes)
    print_stacks(changes)

    printed = capsys.readouterr().err
    assert held
    for logical_id in held:
        (line,) = (line for line in printed.splitlines() if f"remove {logical_id} (" in line)
        assert line.endswith(", stays outside the stack)")


def test_dev_keeps_nothing_so_it_is_refused(removal) -> None:
    deployment, held = removal("dev")

    with pytest.raises(DataLossError) as caught:
        deployment.check(deployment.changes())

    assert caught.value.exit_code == 3
    assert any(f"would remove {logical_id}, which holds" in caught.value.message for logical_id in held)
    assert "--release-data" in caught.value.hint


def test_dev_lets_it_go_for_who_says_so(removal) -> None:
    deployment, _ = removal("dev", release=True)

    deployment.check(deployment.changes())
