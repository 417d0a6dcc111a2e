"""Says which module failed while a cell is built, and that it was the module and not the platform."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

from cells.modules.module import Module
from constructs_lib.specs.errors import CellsError, InputError

_PLATFORM = f"{__package__}."


@contextmanager
def building(module: Module, step: str) -> Iterator[None]:
    """Run one step of a module: `data`, `service` or `edge`.

    Whatever the step raises becomes an error that names the module, the step and the line. A custom module is input,
    so that is an InputError. The errors of this project pass as they are: they say already what to change.
    """
    try:
        yield
    except CellsError:
        raise
    except Exception as error:
        own = type(module).__module__.startswith(_PLATFORM)
        where = f"{type(module).__module__}.{type(module).__qualname__}.{step}{_line(module, error)}"
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), "no message")
        raise (CellsError if own else InputError)(
            f"module {module.name}@{module.major} failed in {where}: {type(error).__name__}: {first}",
            hint="mend the module, or take it out of the product file; --debug shows where",
        ) from error


def _line(module: Module, error: Exception) -> str:
    """The last line of the module's own file that was on the way to the error, as ` (loyalty.py:12)`."""
    try:
        file = inspect.getfile(type(module))
    except (OSError, TypeError):  # made without a file
        return ""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == file]
    return f" ({Path(file).name}:{lines[-1]})" if lines else ""
