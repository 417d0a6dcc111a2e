"""A method of an emulator's class, replaced for good."""

from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def replace_method(owner: type, name: str, replacement: Callable[P, object]) -> None:
    """Let all objects of a class answer with another function. The type checker forbids the plain assignment."""
    setattr(owner, name, replacement)
