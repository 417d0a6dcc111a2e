"""Synthesizes many cells in one process, with the code of whatever checkout it is pointed at.

It runs as a script and puts that checkout first on the path, so it imports nothing of this project and relies on one
thing only: that the checkout has a CDK app `app.py`, which builds the cell that its context names. That is what
`npx cdk deploy ProductCell --context …` relies on, too.

Reads one JSON object from standard input: `root`, `flags` (the context of cdk.json) and `jobs`, each with `cell`,
`context` and `folder`. Writes one JSON line for each job: `cell`, `error` (empty when it went well) and `hint`.
"""

import json
import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from aws_cdk import App

_ROOMS = ("accounts", "assembly", "cells", "constructs_lib", "local")
_RULES = {
    "analytics_reporting": False,
    "tree_metadata": False,
    "stack_traces": False,
    "builtin_cloud_formation_validation": False,
}


class _Where:
    """What the next `App()` gets from the command line of the CDK, which is not there."""

    folder = ""
    context: dict[str, object] = {}


def main() -> None:
    """Synthesize every job and say of each how it went."""
    answers = _own_output()
    asked = json.load(sys.stdin)
    root = Path(asked["root"])
    sys.path.insert(0, str(root))
    os.chdir(root)
    try:
        _replace_app()
    except Exception as error:
        for job in asked["jobs"]:
            _answer(answers, job["cell"], f"aws_cdk cannot be imported: {_first_line(error)}", "make setup")
        return
    for job in asked["jobs"]:
        _Where.folder, _Where.context = job["folder"], {**asked["flags"], **job["context"]}
        _answer(answers, job["cell"], *_synthesize(root))


def _own_output() -> TextIO:
    """Standard output for answers only: what the app prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(answers: TextIO, cell: str, error: str, hint: str) -> None:
    answers.write(json.dumps({"cell": cell, "error": error, "hint": hint}) + "\n")
    answers.flush()


def _replace_app() -> None:
    """Give every `App()` its context and output folder. Node reads the CLI's variables once, so they cannot change."""
    import aws_cdk

    original = aws_cdk.App

    def app(**_: object) -> "App":
        return original(outdir=_Where.folder, context=_Where.context, **_RULES)  # type: ignore[arg-type]  # booleans

    aws_cdk.App = app  # type: ignore[misc,assignment]  # a function in the place of the class, on purpose


def _synthesize(root: Path) -> tuple[str, str]:
    """Run the app once. Returns what went wrong and the cure, both empty when nothing did."""
    try:
        runpy.run_path(str(root / "app.py"), run_name="__main__")
    except SystemExit as stopped:
        said, _, hint = str(stopped.code or "").partition("\nhint: ")
        if stopped.code:
            return said.removeprefix("error: "), hint
    except Exception as error:
        return f"{_first_line(error)} ({_place(error, root)})", ""
    return _mixed(root) or _unwritten(), ""


def _unwritten() -> str:
    """Say that the app ended well, but without an assembly: it does not call `synth`, or stopped before."""
    there = (Path(_Where.folder) / "manifest.json").is_file()
    return "" if there else "app.py has ended without writing an assembly"


def _mixed(root: Path) -> str:
    """Say which module did not come from the checkout that has it: such templates would belong to no commit.

    A checkout that declares products only, and takes the code from an installed package, has none to mix.
    """
    own = [room for room in _ROOMS if (root / room / "__init__.py").is_file()]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] in own and file and not Path(file).resolve().is_relative_to(root.resolve()):
            return f"the module {name} is not in this checkout and came from somewhere else"
    return ""


def _first_line(error: BaseException) -> str:
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), "no message")
    return f"{type(error).__name__}: {line}"


def _place(error: BaseException, root: Path) -> str:
    """The last line of the checkout's own code that the error came through."""
    found, trace = "app.py", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            found = f"{path.relative_to(root)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


if __name__ == "__main__":
    main()
