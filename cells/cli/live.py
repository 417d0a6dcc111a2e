"""A cell at a target: what every command that talks to AWS opens first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cells.cli.cdk import CdkCli
from cells.cli.workspace import CellChoice, Workspace
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from assembly.load import CloudAssembly
    from cells.deploy.cell import CellDeployment
    from cells.deploy.change import StackChange
    from cells.deploy.reporter import Reporter
    from cells.deploy.target import Target
    from cells.plan import CellPlan

ASSEMBLIES = Path(".cells") / "assemblies"
"""Where the assemblies that are deployed lie, inside a checkout."""


def assembly_folder(plan: "CellPlan") -> Path:
    """Where the assembly of a cell lies, from the root of the checkout."""
    return ASSEMBLIES / plan.identity.key.replace("/", "-")


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turns an error of AWS into one for a person."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "error")
        raise CellsError(
            f"AWS refused {error.operation_name}: {code}: {error.response.get('Error', {}).get('Message', '')}",
            hint="check the credentials and what they may do, then run the same command again",
        ) from error
    except BotoCoreError as error:
        raise CellsError(f"AWS does not answer: {error}", hint="check the network and the credentials") from error


def open_cell(
    workspace: Workspace,
    plan: "CellPlan",
    target: "Target",
    reporter: "Reporter",
    *,
    release: bool = False,
) -> "CellDeployment":
    """Synthesize the cell and make ready to work on it. Raises InputError when Node or the CDK CLI is missing."""
    from cells.deploy.cell import CellDeployment
    from cells.images.schema import load_schema

    return CellDeployment(
        plan,
        _assembly(workspace, plan, reporter),
        target,
        CdkCli(workspace.root, echo=reporter.command),
        reporter,
        workspace.registry,
        release,
        schema=load_schema(plan.identity.product, plan.images["migrations"], workspace.schemas_path),
    )


def changes_from_nothing(workspace: Workspace, plan: "CellPlan", reporter: "Reporter") -> "tuple[StackChange, ...]":
    """What a deployment would create for a cell of which nothing is there, not even its account."""
    from cells.deploy.change import compare_with_nothing

    return tuple(compare_with_nothing(stack) for stack in _assembly(workspace, plan, reporter).stacks)


def _assembly(workspace: Workspace, plan: "CellPlan", reporter: "Reporter") -> "CloudAssembly":
    from assembly.load import CloudAssembly
    from cells.cli.synthesis import synthesize

    folder = workspace.root / assembly_folder(plan)
    reporter.step(f"synthesize {plan.identity.key}")
    return CloudAssembly.load(synthesize(workspace.root, plan, folder).folder)


def plan_of(workspace: Workspace, product: str, wanted: CellChoice) -> "CellPlan":
    """The plan of a cell that has an account."""
    from cells.deploy.cell import refuse_undeployable

    plan = workspace.plan(product, wanted)
    refuse_undeployable(plan)
    return plan
