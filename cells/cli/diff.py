"""`cells diff`: what would change, before it changes."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from cells.cli.workspace import Workspace
    from cells.deploy.change_set import Asked
    from cells.fleet.diff import FleetDiff
    from cells.fleet.gate import Verdict

Products = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PRODUCT]...", help="Products by name. With --base: all, when none is named."),
]
Environments = Annotated[
    list[str] | None,
    typer.Option(
        "--environment",
        "-e",
        metavar="ENV",
        help="dev, staging, prod or sandbox; may be repeated. Default: dev, and with --base all that are declared.",
    ),
]
Fail = Annotated[bool, typer.Option("--fail", help="End with 1 when there is a difference.")]
Full = Annotated[
    bool, typer.Option("--full", help="Print everything: whole values, and what only follows from a replacement.")
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown, as for a pull request.")]
AskCloudFormation = Annotated[
    bool,
    typer.Option("--change-set", help="Also make a real change set, compare its verdicts with ours and delete it."),
]


_NO_LIMIT = 100_000_000


def diff(
    products: Products = None,
    environment: Environments = None,
    base: options.OptionalBase = None,
    merge_base: options.MergeBase = False,
    isolated: options.Isolated = False,
    modules: options.Modules = None,
    target: options.TargetName = None,
    profile: options.Profile = None,
    change_set: AskCloudFormation = False,
    on: options.On = None,
    fail: Fail = False,
    full: Full = False,
    markdown: AsMarkdown = False,
    json: options.Json = False,
) -> None:
    """Say what would change: against a git ref, offline, or against what is deployed.

    With --base, the cells are synthesized at the ref and now, and compared; that takes no credentials and no network.
    Without it, one product's cell is compared with the templates in its account. Order, hashes and ways of writing make
    no difference. A replacement is decided from the schemas of the resource types, and followed through references.
    Ends with 3 when data would be lost that no change file in cells/changes lets go.
    Example: cells diff --base main
    """
    if json and markdown:
        raise InputError("--json and --markdown cannot be combined", hint="choose one")
    workspace = open_workspace()
    quiet = json or markdown
    asked: tuple[Asked, ...] | None = None
    if base is not None:
        if change_set or target or profile:
            raise InputError(
                "--base compares with a commit, so --target, --profile and --change-set mean nothing",
                hint="leave them out, or leave --base out to compare with what is deployed",
            )
        from cells.cli.against import against_base

        found = against_base(
            workspace,
            base,
            products=products or (),
            environments=environment or (),
            modules=modules,
            merge_base=merge_base,
            isolated=isolated,
            quiet=quiet,
        )
    else:
        from cells.cli.against import against_deployed

        found, asked = against_deployed(
            workspace,
            _one(products, "product", "cells diff --base REF compares all products"),
            _one(environment or ["dev"], "environment", "compare one after the other"),
            modules=modules,
            target=target,
            profile=profile,
            change_set=change_set,
            quiet=quiet,
        )
    verdict = _judge(workspace, found, on)
    _print(found, verdict, asked, full=full, markdown=markdown, json=json)
    from cells.fleet.gate import exit_code

    code = exit_code(found, verdict, fail_on_change=fail)
    if code:
        raise typer.Exit(code)


def _one(names: list[str] | None, what: str, cure: str) -> str:
    """The one name that a comparison with an account takes."""
    if not names:
        raise InputError(f"no {what} is named", hint=f"name one: cells diff acme-crm -e dev; {cure}")
    if len(names) > 1:
        raise InputError(f"{len(names)} {what}s are named, but one account is looked at", hint=cure)
    return names[0]


def _judge(workspace: "Workspace", found: "FleetDiff", on: datetime | None) -> "Verdict":
    from cells.fleet.change_file import load_change_files
    from cells.fleet.gate import judge

    return judge(found, load_change_files(workspace.root), options.day(on))


def _print(
    found: "FleetDiff",
    verdict: "Verdict",
    asked: "tuple[Asked, ...] | None",
    *,
    full: bool,
    markdown: bool,
    json: bool,
) -> None:
    if json:
        from cells.fleet.diff import fleet_json
        from cells.fleet.gate import verdict_json

        result: dict[str, JsonValue] = {**fleet_json(found), "gate": verdict_json(verdict)}
        if asked is not None:
            result["change_set"] = [_asked_json(one) for one in asked]
        output.as_json(result)
    elif markdown:
        from cells.fleet.markdown import markdown as as_markdown

        typer.echo(as_markdown(found, verdict, limit=_NO_LIMIT), nl=False)
    else:
        from cells.cli.diff_report import show_fleet

        show_fleet(found, verdict, full=full)
        if asked is not None:
            _show_asked(asked)


def _asked_json(one: "Asked") -> dict[str, JsonValue]:
    return {
        "stack": one.stack,
        "logical_id": one.logical_id,
        "type": one.type,
        "ours": one.ours,
        "theirs": one.theirs,
        "agrees": one.agrees,
    }


def _show_asked(asked: "tuple[Asked, ...]") -> None:
    if not asked:
        output.say("CloudFormation was not asked: no stack that is there would be updated")
        return
    later = [one for one in asked if one.theirs == "decided later" and one.ours == "nothing"]
    different = [one for one in asked if not one.agrees]
    said = len(asked) - len(later)
    output.say(f"CloudFormation's change sets agree on {said - len(different)} of {said} resources")
    if different:
        rows = [(one.stack, one.logical_id, one.type, one.ours, one.theirs) for one in different]
        output.table(("stack", "resource", "type", "we say", "it says"), rows, indent="  ")
    if later:
        output.say(
            f"it lists {len(later)} more that read an attribute of something that changes in place, and looks when it "
            "comes to them"
        )
