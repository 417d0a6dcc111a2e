"""Catalogue: products to sell, read far more often than written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.table import Table


class CatalogModule(Module):
    """Items by their number and by category, in a table that answers alike at any number of readers.

    The catalogue is the truth of what is offered at which price; orders keep their own copy of what was bought.
    """

    name = "catalog"
    summary = "A catalogue in DynamoDB, by item and by category"
    reference = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general.html"

    _items: Table

    def data(self, layer: DataLayer) -> None:
        """The table, paid by request, restorable to any second of the last 35 days."""
        from constructs_lib.specs.table import AttributeSpec, IndexSpec, TableSpec

        self._items = layer.add_table(
            self,
            "Items",
            TableSpec(
                partition_key=AttributeSpec(name="item_id"),
                indexes=(
                    IndexSpec(
                        name="by-category",
                        partition_key=AttributeSpec(name="category"),
                        sort_key=AttributeSpec(name="name_and_id"),
                    ),
                ),
            ),
            classification="internal",
        )

    def service(self, layer: ServiceLayer) -> None:
        """Both containers read and write items; nobody may scan."""
        layer.set_environment("CATALOG_TABLE", self._items.table.table_name)
        layer.grant_containers(self._items.grant_read_write)
