"""A module comes to a live product additively: nothing that was there is replaced or removed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.diff.change import AssemblyDiff
from assembly.diff.compare import compare
from assembly.load import CloudAssembly, Stack
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.modules.registry import MODULES, choose_modules
from cells.plan import CellPlan

REVISIONS = {"AWS::ECS::TaskDefinition"}
"""Each change of it is a new revision beside the old one, which the services roll over to. That is no loss."""

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example12"

ORDER = [plan.reference for plan in choose_modules([module.name for module in MODULES if module.major == 1])]
"""Every module, each after those that it requires."""


@pytest.fixture(scope="module")
def steps(workspace: Workspace, synthesize: Callable[[CellPlan], Path]) -> Callable[[str], AssemblyDiff]:
    """What changes in acme-crm's prod cell when a module comes to those before it. Each shape is synthesized once."""
    modules = ",".join(reference for reference in ORDER if not _is_core(reference))
    plan = workspace.plan("acme-crm", choice(environment="prod", modules=modules))
    assert [module.reference for module in plan.modules] == ORDER
    done: dict[int, CloudAssembly] = {}

    def of(count: int) -> CloudAssembly:
        if count not in done:
            done[count] = CloudAssembly.load(synthesize(plan.model_copy(update={"modules": plan.modules[:count]})))
        return done[count]

    return lambda reference: compare(of(ORDER.index(reference)), of(ORDER.index(reference) + 1))


def _is_core(reference: str) -> bool:
    return any(f"{module.name}@{module.major}" == reference and module.core for module in MODULES)


@pytest.mark.parametrize("reference", ORDER)
def test_adding_a_module_replaces_and_removes_nothing(steps: Callable[[str], AssemblyDiff], reference: str) -> None:
    diff = steps(reference)
    lost = [
        f"{change.action} {change.stack}/{change.logical_id}, {', '.join(change.because)}"
        for change in diff.resources
        if change.action in ("replace", "remove") and change.type not in REVISIONS
    ]

    assert lost == []
    assert diff.endangered == ()


def test_the_modules_change_the_cell(steps: Callable[[str], AssemblyDiff]) -> None:
    """Or the law above would be kept by comparing nothing."""
    assert {reference for reference in ORDER if steps(reference).changed} == set(ORDER)


def test_who_signs_tokens_comes_to_the_containers_of_a_live_cell(
    workspace: Workspace, synthesize: Callable[[CellPlan], Path], cell: Callable[[str], Path]
) -> None:
    plan = workspace.plan("acme-crm", choice(environment="dev"))
    before = CloudAssembly.load(cell("dev"))

    after = CloudAssembly.load(synthesize(plan.model_copy(update={"issuer": ISSUER})))

    diff = compare(before, after)
    assert {change.type for change in diff.resources if change.action in ("replace", "remove")} == REVISIONS
    assert diff.endangered == ()
    service = after.stack("ProductCell-Service")
    for container in ("Api", "Worker"):
        environment = _environment(service, container)
        assert environment["IDENTITY_ISSUER"] == ISSUER
        assert environment["IDENTITY_JWKS_URL"] == f"{ISSUER}/.well-known/jwks.json"
        assert not {"IDENTITY_ISSUER", "IDENTITY_JWKS_URL"} & set(
            _environment(before.stack("ProductCell-Service"), container)
        )


def _environment(service: Stack, container: str) -> dict[str, object]:
    (task,) = (
        one["Properties"]
        for id, one in service.resources.items()
        if one["Type"] == "AWS::ECS::TaskDefinition" and id.startswith(container)
    )
    return {one["Name"]: one["Value"] for part in task["ContainerDefinitions"] for one in part.get("Environment", [])}
