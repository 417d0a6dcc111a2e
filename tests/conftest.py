"""What all tests share: the workspace, and each shape of the example product synthesized once per run."""

import gc
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from cells.cli.cdk import use_node_for_synth
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.plan import CellPlan

ROOT = Path(__file__).parents[1]

use_node_for_synth()  # before anything imports aws_cdk

# What emulators and the CDK keep stays alive for long: the collector walks ever more of it and finds next to nothing.
gc.set_threshold(100_000, 20, 20)

# How long an example takes says how busy the machine is, not whether the law holds.
settings.register_profile("cells", deadline=None)
settings.load_profile("cells")

# Rooms with something costly of their own. The others share the synthesized cells.
ALONE = ("accounts", "integration", "local", "cli")
# Files with an AWS of their own, which any worker can take.
BY_FILE = (
    "accounts/vending/",
    "integration/test_migrations.py",
    "integration/test_organization.py",
    "integration/test_organization_life.py",
)


class ByRoom(LoadScopeScheduling):
    """Keeps on one worker what shares an emulator or synthesized templates."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0].removeprefix("tests/")
        room = path.partition("/")[0]
        if path.startswith(BY_FILE):
            return path
        return room if room in ALONE else "templates"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the option of `make faults`."""
    parser.addoption("--kill-everywhere", action="store_true", help="kill a build at every point, not at a share")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByRoom:
    """Tell `pytest -n 2` how to divide the tests."""
    return ByRoom(config, log)


Synthesize = Callable[[CellPlan], Path]


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    return Workspace(ROOT)


@cache
def cdk_context() -> str:
    return json.dumps(json.loads((ROOT / "cdk.json").read_text())["context"])


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesizes a plan into a new folder, with the flags of cdk.json."""

    def run(plan: CellPlan) -> Path:
        from aws_cdk import App

        from cells.cell import build_cell

        folder = tmp_path_factory.mktemp("assembly")
        app = App(
            outdir=str(folder),
            analytics_reporting=False,
            tree_metadata=False,
            stack_traces=False,
            builtin_cloud_formation_validation=False,
            context=json.loads(cdk_context()),
        )
        build_cell(app, plan)
        app.synth()
        return folder

    return run


@pytest.fixture(scope="session")
def product_cell(workspace: Workspace, synthesize: Synthesize) -> Callable[[str, str], Path]:
    """The assembly of a product in an environment, synthesized once per run."""
    done: dict[tuple[str, str], Path] = {}

    def of(product: str, environment: str) -> Path:
        if (product, environment) not in done:
            plan = workspace.plan(product, choice(environment=environment))
            done[product, environment] = synthesize(plan)
        return done[product, environment]

    return of


@pytest.fixture(scope="session")
def cell(product_cell: Callable[[str, str], Path]) -> Callable[[str], Path]:
    """The assembly of acme-crm in an environment."""
    return lambda environment: product_cell("acme-crm", environment)
