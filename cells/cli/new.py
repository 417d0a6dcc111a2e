"""`cells new`: declare a product."""

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace

if TYPE_CHECKING:
    from cells.cli.declaration import Declaration

Summary = Annotated[str | None, typer.Option("--summary", metavar="TEXT", help="What the product is, in one line.")]
Owner = Annotated[str | None, typer.Option("--owner", metavar="TEAM", help="The team or address that answers for it.")]
Subdomain = Annotated[
    str | None, typer.Option("--subdomain", metavar="LABEL", help="Its label under the base domain. Default: its name.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and change nothing.")]


def new(
    product: options.Product,
    modules: options.Modules = None,
    summary: Summary = None,
    owner: Owner = None,
    subdomain: Subdomain = None,
    region: options.Region = None,
    dry_run: DryRun = False,
    yes: options.Yes = False,
    json: options.Json = False,
) -> None:
    """Declare a product: its file, its address ranges, its place in the registry.

    Prints the plan and asks, also what it means for the organization: its unit, its accounts, what they are given. Its
    cells are pending until their accounts are vended: they can be synthesized, checked
    and compared, not deployed. Run again, it finishes what was interrupted, or says that there is nothing to do.
    """
    from cells.cli.declaration import declare

    declaration = declare(
        open_workspace(),
        product,
        modules=modules,
        summary=summary,
        owner=owner,
        subdomain=subdomain,
        region=region,
    )
    if json:
        output.as_json(_machine(declaration))
    else:
        _print(declaration)
    if dry_run or not declaration.changes:
        return
    if not yes:
        _ask(json)
    declaration.apply()
    if not json:
        output.say(f"done; next: cells show {product} -e {declaration.cells[0].identity.environment}")


def _ask(json: bool) -> None:
    from constructs_lib.specs.errors import InputError

    if json:
        raise InputError("nobody can be asked with --json", hint="add --yes, or --dry-run for the plan only")
    if not typer.confirm("Declare it?"):
        raise typer.Exit(1)


def _print(declaration: "Declaration") -> None:
    if not declaration.changes:
        output.say(f"product '{declaration.product}' exists: nothing to do")
        return
    output.title("plan")
    path = declaration.short_path
    output.say(f"  {'write' if declaration.text else 'keep '} {path}")
    for line in (declaration.text or "").splitlines():
        output.say(f"      | {line}".rstrip())
    for cell in declaration.cells:
        verb = "keep " if cell.recorded else "record"
        output.say(f"  {verb} {cell.identity.key}  {cell.cidr}  {cell.domain}  ({cell.state})")
    _print_organization(declaration)


def _print_organization(declaration: "Declaration") -> None:
    from accounts.vending.words import is_irreversible, line_of, sign_of
    from cells.cli.new_accounts import given_to, steps_for

    output.title("then `cells org apply` will do")
    for step in steps_for(declaration):
        mark = "  (cannot be undone)" if is_irreversible(step) else ""
        output.say(f"  {sign_of(step)} {line_of(step)}{mark}")
    for what, for_whom in given_to(declaration):
        output.say(f"  + {what}: {for_whom}")


def _machine(declaration: "Declaration") -> dict[str, JsonValue]:
    from accounts.vending.words import is_irreversible, line_of, name_of
    from cells.cli.new_accounts import given_to, steps_for

    return {
        "product": declaration.product,
        "changes": declaration.changes,
        "file": {"path": declaration.short_path, "write": declaration.text is not None, "text": declaration.text},
        "cells": [
            {
                "key": cell.identity.key,
                "cidr": cell.cidr,
                "domain": cell.domain,
                "state": cell.state,
                "recorded": cell.recorded,
            }
            for cell in declaration.cells
        ],
        "organization": [
            {"name": name_of(step), "line": line_of(step), "irreversible": is_irreversible(step)}
            for step in steps_for(declaration)
        ],
        "given": [{"what": what, "for": for_whom} for what, for_whom in given_to(declaration)],
    }
