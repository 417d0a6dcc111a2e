"""`cells synth`: a cell's templates, offline."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.context import choice
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from assembly.load import CloudAssembly


def synth(
    product: options.Product,
    environment: options.Environment = "dev",
    modules: options.Modules = None,
    region: options.Region = None,
    size: options.Size = None,
    settings: options.Set = None,
    out: options.OutputFolder = Path("cdk.out"),
    json: options.Json = False,
) -> None:
    """Synthesize a cell's templates, offline.

    Writes the same bytes as `cdk synth`. Needs no credentials and no network. When nothing that a template depends on
    has changed since the last time, it says so at once.
    """
    chosen = choice(environment=environment, modules=modules, region=region, size=size, settings=settings or ())
    workspace = open_workspace()
    plan = workspace.plan(product, chosen)
    from assembly.load import CloudAssembly
    from cells.cli.synthesis import synthesize

    working = partial(output.progress, f"synthesizing {plan.identity.key}", quiet=json)
    done = synthesize(workspace.root, plan, out, working=working)
    assembly = CloudAssembly.load(done.folder)
    if json:
        output.as_json({**_machine(assembly), "cached": done.cached, "notes": list(plan.notes)})
        return
    rows = [(s.id, s.stack_name, s.region, str(len(s.resources)), s.template_path.name) for s in assembly.stacks]
    output.table(("stack", "name", "region", "resources", "template"), rows)
    output.say()
    output.say(f"{_short(done.folder)}{' (unchanged since the last synth)' if done.cached else ''}")
    for text in plan.notes:
        output.note(text)


def _machine(assembly: "CloudAssembly") -> dict[str, JsonValue]:
    return {
        "directory": str(assembly.directory),
        "stacks": [
            {
                "id": stack.id,
                "name": stack.stack_name,
                "account": stack.environment.account,
                "region": stack.region,
                "resources": len(stack.resources),
                "template": str(stack.template_path),
            }
            for stack in assembly.stacks
        ],
    }


def _short(folder: Path) -> str:
    try:
        return str(folder.relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
