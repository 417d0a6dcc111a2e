"""What stands under each field of a spec, read from its source."""

import ast
import inspect
from collections.abc import Iterator
from textwrap import dedent

from pydantic import BaseModel


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field, by the field's name; fields without a text are left out.

    Fields of the classes that a model extends count, and what the model says itself wins. Raises OSError for a model
    without a source, which nothing in a checkout is.
    """
    said: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base is not BaseModel and issubclass(base, BaseModel):
            said |= dict(_own(base))
    return {name: said[name] for name in model.model_fields if name in said}


def _own(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(dedent(inspect.getsource(model))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, below in zip(body, body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
