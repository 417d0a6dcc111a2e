"""Reads a cell's choice from CDK context: `--context environment=prod --context modules=tasks,contacts`."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import get_args

from pydantic import JsonValue

from cells.cell_declaration import Context
from cells.cli.app_target import ORGANIZATION
from cells.cli.workspace import CellChoice
from cells.sizes import SIZE_NAMES, Size
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Environment

ENVIRONMENTS: tuple[Environment, ...] = get_args(Environment)


def product_of(lookup: Callable[[str], JsonValue]) -> str | None:
    """The product that the context key `productName` names; None when the organization is meant.

    `target=organization` says that in so many words. Raises InputError for another target, or for both at once.
    """
    target, product = lookup("target"), lookup("productName")
    if target not in (None, ORGANIZATION):
        raise InputError(f"unknown target '{target}'", hint=f"write target={ORGANIZATION}, or productName=…")
    if target is not None and product is not None:
        raise InputError(
            f"target={ORGANIZATION} and productName={product} mean two different apps", hint="leave one of them out"
        )
    return None if product is None else str(product)


def context_of(lookup: Callable[[str], JsonValue]) -> CellChoice:
    """The choice that the context keys `environment`, `modules`, `region` and `size` make. Default: dev.

    Raises InputError for an unknown environment or size.
    """

    def text(name: str) -> str | None:
        value = lookup(name)
        return None if value is None else str(value)

    return choice(
        environment=text("environment") or "dev", modules=text("modules"), region=text("region"), size=text("size")
    )


def choice(
    *,
    environment: str,
    modules: str | None = None,
    region: str | None = None,
    size: str | None = None,
    settings: Sequence[str] = (),
) -> CellChoice:
    """The choice that these words make, each as it stands on a command line: `settings` are `name=value`.

    Raises InputError for an unknown environment or size, or a setting without a value.
    """
    known = next((name for name in ENVIRONMENTS if name == environment), None)
    if known is None:
        raise InputError(f"unknown environment '{environment}'", hint=f"choose one of {', '.join(ENVIRONMENTS)}")
    context = Context(
        modules=split_modules(modules),
        region=region,
        size=_size(size),
        settings=dict(_setting(text) for text in settings),
    )
    return CellChoice(known, context)


def split_modules(text: str | None) -> tuple[str, ...] | None:
    """`tasks, contacts` as names. None when nothing was said; the empty text chooses the core modules only."""
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _size(text: str | None) -> Size | None:
    if text is None:
        return None
    known = next((name for name in SIZE_NAMES if name == text), None)
    if known is None:
        raise InputError(f"unknown size '{text}'", hint=f"choose one of {', '.join(SIZE_NAMES)}")
    return known


def _setting(text: str) -> tuple[str, JsonValue]:
    """`database.max_acu=8` as name and value. The value is read as YAML, as in a product file."""
    from cells.modules.registry import module_settings
    from cells.settings import setting_fields
    from constructs_lib.specs.document import parse_value

    name, separator, value = text.partition("=")
    name = name.strip()
    if not separator or not value.strip():
        raise InputError(f"'--set {text}' has no value", hint="write it as database.max_acu=8")
    if name not in (known := setting_fields()) and name not in (known := known | module_settings()):
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else "`cells show` lists every setting"
        raise InputError(f"'{name}' is not a known setting", hint=hint)
    return name, parse_value(value)
