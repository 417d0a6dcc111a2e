"""Writes the pages that come from the code: `docs/commands.md`, `docs/guardrails.md` and `docs/modules.md`.

python -m cells.cli.reference           write them
python -m cells.cli.reference --check   fail when they are stale
"""

import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cells.cli.cost_page import cost_page
from cells.cli.guardrail_page import guardrails_page
from cells.cli.markdown import table
from cells.cli.project import find_project
from cells.cli.verbs import VERBS
from cells.modules.module import Module
from cells.modules.registry import MODULES
from constructs_lib.specs.field_docs import field_docs

if TYPE_CHECKING:  # typer has no public name for what its groups hold
    from typer._click import Command

GENERATED = "<!-- Generated from the code: python -m cells.cli.reference -->"

_EXIT_CODES = (
    ("0", "done"),
    ("1", "the work failed"),
    ("2", "wrong input; nothing was touched"),
    ("3", "data would be lost; nothing was touched"),
    ("130", "interrupted"),
)


def pages() -> dict[Path, str]:
    """Every generated page by its path in the checkout. Equal code gives equal bytes."""
    return {
        Path("docs/commands.md"): commands_page(),
        Path("docs/cost.md"): cost_page(GENERATED),
        Path("docs/guardrails.md"): guardrails_page(GENERATED),
        Path("docs/modules.md"): modules_page(),
    }


def commands_page() -> str:
    """Every command with its options."""
    lines = [
        "# Commands",
        "",
        GENERATED,
        "",
        "`cells --help` lists the commands, `cells COMMAND --help` says what one takes. Results go to standard output, "
        "progress and notes to standard error. `--debug`, anywhere on the line, shows where an error came from.",
        "",
        *table(("exit code", "meaning"), _EXIT_CODES),
    ]
    for verb in VERBS:
        lines += _command(f"cells {verb.name}", verb.load())
    return "\n".join(lines) + "\n"


def modules_page() -> str:
    """Every module of the platform, from its class."""
    lines = [
        "# Modules",
        "",
        GENERATED,
        "",
        "A product picks modules by name. Core modules are always on, and what a module requires comes with it. A name "
        "without a major means the first one; `documents@2` picks that major. [custom-modules.md](custom-modules.md) "
        "says how to add one of your own and how majors live side by side.",
        "",
        *table(("module", "core", "requires", "what it is"), [_module_row(module) for module in MODULES]),
    ]
    for module in MODULES:
        lines += _module(module)
    return "\n".join(lines) + "\n"


def _command(path: str, command: "Command") -> Iterator[str]:
    yield from ("", f"## `{path}`", "", (command.help or "").strip())
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _command(f"{path} {name}", inner)
        return
    assert isinstance(command, TyperCommand), "every verb is a Typer command"
    rows = [row for parameter in command.params for row in _parameter(parameter)]
    if rows:
        yield ""
        yield from table(("argument or option", "meaning"), rows)


def _parameter(parameter: object) -> Iterator[tuple[str, str]]:
    if isinstance(parameter, TyperArgument):
        yield f"`{parameter.metavar or parameter.name.upper()}`", parameter.help or ""
    elif isinstance(parameter, TyperOption) and not parameter.hidden:
        value = "" if parameter.is_flag else f" {parameter.metavar or 'VALUE'}"
        names = ", ".join(f"`{name}{value}`" for name in parameter.opts)
        default = parameter.default
        shown = f" Default: `{default}`." if not parameter.is_flag and isinstance(default, str | int | Path) else ""
        yield names, f"{parameter.help or ''}{shown}"


def _module_row(module: type[Module]) -> tuple[str, ...]:
    link = f"[{module.name}@{module.major}](#{_heading(module).replace('@', '')})"
    return link, "yes" if module.core else "", ", ".join(module.requires), module.summary


def _module(module: type[Module]) -> Iterator[str]:
    yield from ("", f"## {_heading(module)}", "", cleandoc(module.__doc__ or ""))
    if module.spec.model_fields:
        yield ""
        said = field_docs(module.spec)
        rows = [
            (f"`{module.name}.{name}`", f"`{field.default}`", said.get(name, ""))
            for name, field in module.spec.model_fields.items()
        ]
        yield from table(("setting", "default", "what it is"), rows)
    if module.secrets:
        yield ""
        rows = [(f"`{secret.name}`", secret.kind, secret.description) for secret in module.secrets]
        yield from table(("secret", "kind", "what it is"), rows)
    yield from ("", f"Health: `{module.health_path()}`. Reference: <{module.reference}>")


def _heading(module: type[Module]) -> str:
    return module.name if module.major == 1 else f"{module.name}@{module.major}"


def stale_pages(root: Path) -> list[Path]:
    """The generated pages of a checkout that do not say what the code says. A checkout without docs has none."""
    if not (root / "docs").is_dir():
        return []
    return [
        path
        for path, text in pages().items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]


def main() -> None:
    """Write the pages, or say which are stale."""
    root = find_project()
    stale = stale_pages(root)
    if "--check" in sys.argv:
        for path in stale:
            typer.echo(f"error: {path} is stale\nhint: make docs", err=True)
        sys.exit(1 if stale else 0)
    for path in stale:
        (root / path).write_text(pages()[path], encoding="utf-8")
        typer.echo(path)


if __name__ == "__main__":
    main()
