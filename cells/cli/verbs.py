"""Every verb of the command line: where it lives and what it does in one line.

A verb is imported when it runs, so that `cells --help` reads this table and nothing else.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:  # typer has no public name for what its groups hold
    from typer._click import Command, Context, HelpFormatter


@dataclass(frozen=True)
class Verb:
    """One verb. `where` is `module:name` of a function, or of a `typer.Typer` when it has verbs of its own."""

    name: str
    where: str
    summary: str

    def load(self) -> "Command":
        """Import it and make it a command."""
        module, _, attribute = self.where.partition(":")
        target = getattr(import_module(module), attribute)
        if isinstance(target, typer.Typer):
            return typer.main.get_command(target)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(self.name)(target)
        return typer.main.get_command(app)


VERBS = (
    Verb("up", "cells.cli.up:up", "Start the embedded AWS, lay the ground and deploy the example cell."),
    Verb("new", "cells.cli.new:new", "Declare a product: its file, its address ranges, its place in the registry."),
    Verb(
        "modules",
        "cells.cli.modules:modules",
        "List the modules that a product can pick, their users, and the move to a major.",
    ),
    Verb("new-module", "cells.cli.new_module:new_module", "Write a package with a module of your own."),
    Verb("show", "cells.cli.show:show", "Print what a cell will be, and where each value comes from."),
    Verb("synth", "cells.cli.synth:synth", "Synthesize a cell's templates, offline."),
    Verb("check", "cells.cli.check:check", "Run every check on a cell's templates."),
    Verb("diff", "cells.cli.diff:diff", "Say what would change, against a git ref or what is deployed."),
    Verb("affected", "cells.cli.affected:affected", "List the cells that a change touches, with the reason."),
    Verb("ci", "cells.cli.ci:ci", "Run what a pull request has to pass, and write its comment."),
    Verb("deploy", "cells.cli.deploy:deploy", "Plan, ask and deploy a cell."),
    Verb("destroy", "cells.cli.destroy:destroy", "Plan, ask and take a cell away. Data needs two keys."),
    Verb("secrets", "cells.cli.secrets:app", "Set and check the secrets that come from outside."),
    Verb("frontend", "cells.cli.frontend:app", "Release the pages of a cell."),
    Verb("org", "cells.cli.org:app", "Plan, build, prove and show the organization around the cells."),
    Verb("product", "cells.cli.product:app", "Walk a product to its end."),
    Verb("local", "cells.cli.local:app", "Start, stop and look at the embedded AWS on this machine."),
    Verb("schema", "cells.cli.schema:schema", "Write or check the JSON Schemas that editors complete files with."),
    Verb("doctor", "cells.cli.doctor:doctor", "Look whether this machine has everything that the commands need."),
)


class VerbGroup(TyperGroup):
    """The root command. Knows its verbs by the table."""

    def list_commands(self, ctx: "Context") -> list[str]:
        """The verbs, in the order of the table."""
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command":
        """Import a verb. Raises InputError that names the closest one."""
        verb = next((verb for verb in VERBS if verb.name == cmd_name), None)
        if verb is None:
            close = get_close_matches(cmd_name, self.list_commands(ctx), n=1)
            hint = f"did you mean '{close[0]}'?" if close else "`cells --help` lists the commands"
            raise InputError(f"unknown command '{cmd_name}'", hint=hint)
        return verb.load()

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """The verbs in `cells --help`, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb.name, verb.summary) for verb in VERBS])
