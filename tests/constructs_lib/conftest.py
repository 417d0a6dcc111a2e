"""What the tests of constructs share: an app with the flags of cdk.json, and stacks of an example cell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack

from constructs_lib.specs.protection import ProtectionSpec

ROOT = Path(__file__).parents[2]

NewApp = Callable[[], App]
NewStack = Callable[..., Stack]


@pytest.fixture(scope="session")
def new_app(tmp_path_factory: pytest.TempPathFactory) -> NewApp:
    """Makes an app with the flags that the CDK CLI reads from cdk.json."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]

    def make() -> App:
        return App(
            outdir=str(tmp_path_factory.mktemp("assembly")),
            analytics_reporting=False,
            tree_metadata=False,
            stack_traces=False,
            builtin_cloud_formation_validation=False,
            context=context,
        )

    return make


@pytest.fixture(scope="session")
def new_stack(new_app: NewApp) -> NewStack:
    """Makes a stack of an example cell, in an app of its own unless one is given."""

    def make(id: str = "Example", *, app: App | None = None, region: str = "eu-west-1", account: str = "111122223333"):
        return Stack(
            app or new_app(), id, env=Environment(account=account, region=region), cross_region_references=True
        )

    return make


@pytest.fixture(scope="session")
def retained() -> ProtectionSpec:
    return ProtectionSpec(removal="retain", deletion_protection=True, termination_protection=True)


@pytest.fixture(scope="session")
def snapshot() -> ProtectionSpec:
    return ProtectionSpec(removal="snapshot", deletion_protection=False, termination_protection=False)


@pytest.fixture(scope="session")
def disposable() -> ProtectionSpec:
    return ProtectionSpec(removal="destroy", deletion_protection=False, termination_protection=False)
