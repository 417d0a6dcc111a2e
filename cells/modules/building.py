"""Says which module failed while a cell is built, and that it was the module and not the platform."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cells.modules.module import Module
from constructs_lib.specs.errors import CellsError


@contextmanager
def building(module: Module, step: str) -> Iterator[None]:
    """Run one step of a module: `data`, `service` or `edge`.

    Raises CellsError that names the module and the step for whatever the step raises. The errors of this project pass
    as they are: they say already what to change.
    """
    try:
        yield
    except CellsError:
        raise
    except Exception as error:
        where = f"{type(module).__module__}.{type(module).__qualname__}.{step}"
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), "no message")
        raise CellsError(
            f"module {module.name}@{module.major} failed in {where}: {type(error).__name__}: {first}",
            hint="mend the module, or take it out of the product file; --debug shows where",
        ) from error
