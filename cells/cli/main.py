"""The console script `cells`."""

import os
import sys
from collections.abc import Sequence

import typer

from cells.cli.errors import EXIT_INTERRUPTED, show
from cells.cli.verbs import VerbGroup

app = typer.Typer(
    name="cells",
    cls=VerbGroup,
    help="Declare products in YAML; stamp identical, proven AWS cells from typed constructs.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(debug: bool = typer.Option(False, "--debug", help="Show tracebacks. May stand anywhere on the line.")) -> None:
    """Declare products in YAML; stamp identical, proven AWS cells from typed constructs."""


def main() -> None:
    """Run the command line of this process, and end the process with its exit code."""
    code = run(sys.argv[1:])
    if code == EXIT_INTERRUPTED:
        # Ctrl-C ended Node as well, and at exit jsii complains at length that it cannot say good-bye to it.
        sys.stderr.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code: 0 done, 1 failed, 2 wrong input, 3 data would be lost."""
    debug = "--debug" in arguments
    words = [word for word in arguments if word != "--debug"]
    try:
        code = typer.main.get_command(app).main(words, prog_name="cells", standalone_mode=False)
    except KeyboardInterrupt as error:
        return show(error, debug=debug)
    except Exception as error:
        return _failed(error, debug=debug)
    if code == EXIT_INTERRUPTED:
        return show(KeyboardInterrupt(), debug=debug)
    return code if isinstance(code, int) else 0


def _failed(error: Exception, *, debug: bool) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(str(getattr(error, "message", "")))
        return 0
    return show(error, debug=debug)
