"""`cells frontend`: release the pages of a cell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cells.cli import output
from cells.cli.asking import agreed
from cells.cli.context import choice
from cells.cli.options import Environment, Json, Product, Profile, TargetName, Yes
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.frontend import SpaFrontend

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cells.deploy.site import Site, Upload
    from cells.deploy.target import Target
    from cells.plan import CellPlan

app = typer.Typer(
    help="Release the pages of a cell.", add_completion=False, no_args_is_help=True, rich_markup_mode=None
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the finished build, such as dist.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and change nothing.")]


@app.callback()
def frontend() -> None:
    """Release the pages of a cell."""


@app.command()
def publish(
    product: Product,
    folder: Folder,
    environment: Environment = "dev",
    target: TargetName = None,
    profile: Profile = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put a finished build into the bucket of a `spa` cell: files whose names carry a hash first, pages last.

    Files of earlier builds stay, so open pages go on working. Back to an earlier build: publish it again.

    Example: cells frontend publish acme-crm dist -e dev
    """
    from cells.cli.live import aws_errors
    from cells.cli.progress import reporter_of
    from cells.cli.target import target_of
    from cells.deploy.build import read_build, refuse_unreachable
    from cells.deploy.cell import refuse_undeployable

    build = read_build(folder)
    workspace = open_workspace()
    plan = workspace.plan(product, choice(environment=environment))
    _refuse_other(plan)
    refuse_undeployable(plan)
    with aws_errors():
        site = _site(plan, target_of(workspace.root, target, profile))
        refuse_unreachable(build, site.other_paths())
        upload = site.compare(build)
        if not json:
            _print(site, upload)
        if dry_run or not _wanted(upload, yes=yes, json=json):
            if json:
                output.as_json(_machine(site, upload, invalidation=None))
            return
        reporter = reporter_of(json)
        site.upload(upload, reporter)
        invalidation = site.forget_copies(build)
        reporter.done(f"CloudFront forgets its copies ({invalidation})")
    if json:
        output.as_json(_machine(site, upload, invalidation=invalidation))
    else:
        output.say(f"published: https://{plan.domain}")


def _refuse_other(plan: "CellPlan") -> None:
    if isinstance(plan.frontend, SpaFrontend):
        return
    raise InputError(
        f"the pages of {plan.identity.prefix} are not in a bucket of the cell: its frontend is '{plan.frontend.kind}'",
        hint="docs/frontends.md says how these are released",
    )


def _site(plan: "CellPlan", target: "Target") -> "Site":
    from cells.deploy.site import Site
    from cells.deploy.stack import LiveStack
    from constructs_lib.specs.region import EDGE_REGION

    target.verify(plan.account)
    service = LiveStack(target.clients(plan.account, plan.identity.region), plan.identity.stack_name("service"))
    return Site.of(service, LiveStack(target.clients(plan.account, EDGE_REGION), plan.identity.stack_name("edge")))


def _print(site: "Site", upload: "Upload") -> None:
    output.title(f"pages into {site.bucket}")
    rows = [
        (page.name, "new" if page in upload.new else "changed", f"{page.size:,} B", page.cache_control)
        for page in upload.pages
    ]
    if rows:
        output.table(("file", "is", "size", "kept"), rows)
    output.say(f"{len(upload.new)} new, {len(upload.changed)} changed, {len(upload.same)} as they are")


def _wanted(upload: "Upload", *, yes: bool, json: bool) -> bool:
    """Ask, unless `--yes` said so or there is nothing to put. A machine that reads JSON cannot be asked."""
    if yes or not upload.pages:
        return True
    if json:
        raise InputError("nobody can be asked with --json", hint="add --yes, or --dry-run for the plan only")
    return agreed("Publish this?", otherwise="nothing was published", hint="--yes publishes without asking")


def _machine(site: "Site", upload: "Upload", *, invalidation: str | None) -> dict[str, "JsonValue"]:
    return {
        "bucket": site.bucket,
        "distribution": site.distribution,
        "new": [page.name for page in upload.new],
        "changed": [page.name for page in upload.changed],
        "same": len(upload.same),
        "invalidation": invalidation,
    }
