"""A method of an emulator's class, replaced for good."""

from collections.abc import Callable
from typing import ParamSpec

from moto.core import responses

P = ParamSpec("P")


def replace_method(owner: type, name: str, replacement: Callable[P, object]) -> None:
    """Let all objects of a class answer with another function. The type checker forbids the plain assignment."""
    setattr(owner, name, replacement)
    # `remember_lookups` keeps the names of the methods of a class.
    forget = getattr(responses.__dict__["method_names_from_class"], "cache_clear", None)
    if forget is not None:
        forget()
