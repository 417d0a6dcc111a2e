"""A module says what it needs in a few lines; how it is built is said once, in `constructs_lib`."""

import inspect

import pytest

from cells.modules.module import Module
from cells.modules.registry import known_modules

MOST_LINES = 80


@pytest.mark.parametrize("module", known_modules(), ids=lambda module: f"{module.name}@{module.major}")
def test_a_module_is_read_at_one_glance(module: type[Module]) -> None:
    source = inspect.getsource(inspect.getmodule(module))

    assert len(source.splitlines()) <= MOST_LINES
