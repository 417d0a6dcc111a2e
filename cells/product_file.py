"""Finds and reads product files."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from cells.spec import ProductSpec
from constructs_lib.specs.document import Document, load_document
from constructs_lib.specs.errors import InputError

PRODUCTS = Path(__file__).parent / "products"


class ProductFile:
    """A product and the document that declares it, so that each value can name its line."""

    def __init__(self, spec: ProductSpec, document: Document | None) -> None:
        self.spec = spec
        self.document = document

    def where(self, *location: str | int) -> str:
        """The file and line of a value."""
        return self.document.where(location) if self.document else "no product file"


def product_names(folder: Path = PRODUCTS) -> tuple[str, ...]:
    """The names of the products that have a file."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def load_product(name: str, folder: Path = PRODUCTS) -> ProductFile:
    """Read a product's file.

    Raises InputError when there is none (and names the closest), or when its name is not the file's name.
    """
    path = folder / f"{name}.yaml"
    if not path.is_file():
        names = product_names(folder)
        close = get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(names) or 'none yet'}"
        raise InputError(f"unknown product '{name}'", hint=f"{hint}; `cells new {name}` makes a new one")
    document = load_document(path)
    spec = document.parse(ProductSpec)
    if spec.name != name:
        raise document.error(
            ("name",), f"name is '{spec.name}', but the file is {path.name}", hint="give both the same name"
        )
    return ProductFile(spec, document)


def undeclared_product(name: str, modules: tuple[str, ...], fields: Mapping[str, str] | None = None) -> ProductFile:
    """A product without a file: it takes its modules from the command line. Its cell must be in the registry."""
    spec = ProductSpec.model_validate(
        {"name": name, "summary": f"{name} (no product file)", "owner": "unowned", "modules": modules, **(fields or {})}
    )
    return ProductFile(spec, None)
