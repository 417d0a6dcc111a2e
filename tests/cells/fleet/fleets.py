"""Comparisons of many cells, written by hand."""

from collections.abc import Sequence
from datetime import date

from assembly.diff.change import AssemblyDiff, OutputChange, PropertyChange, ResourceChange, SecurityChange, StackDiff
from cells.fleet.cell_name import CellName
from cells.fleet.change_file import ChangeFile
from cells.fleet.diff import CellDiff, FleetDiff

DAY = date(2026, 11, 24)
STACK = "ProductCell-Data"


def name(text: str) -> CellName:
    product, _, environment = text.partition("/")
    return CellName(product, environment)


def resource(logical_id: str, action: str = "update", **others) -> ResourceChange:
    return ResourceChange(STACK, logical_id, "AWS::S3::Bucket", action, **others)


def bucket_goes(logical_id: str = "Files", **others) -> ResourceChange:
    """A bucket that gets another name, so that what it holds would be lost."""
    renamed = PropertyChange("BucketName", "old", "new", "replacement")
    return resource(logical_id, "replace", properties=(renamed,), holds="objects", **others)


def topic_renamed(logical_id: str = "Topic") -> ResourceChange:
    return resource(logical_id, properties=(PropertyChange("DisplayName", "News", "All the news", "in-place"),))


def assembly(
    *resources: ResourceChange,
    id: str = STACK,
    action: str = "update",
    outputs: Sequence[OutputChange] = (),
    security: Sequence[SecurityChange] = (),
) -> AssemblyDiff:
    stack = StackDiff(
        id, "data", "111122223333", "eu-west-1", action, resources, outputs=tuple(outputs), security=tuple(security)
    )
    return AssemblyDiff((stack,))


def changed(cell: str, *resources: ResourceChange, **others) -> CellDiff:
    product, _, environment = cell.partition("/")
    words = {product: "product", environment: "environment"}
    return CellDiff(name(cell), "changed", assembly(*resources, **others), words)


def same(cell: str) -> CellDiff:
    return CellDiff(name(cell), "same")


def failed(cell: str, error: str, *, wrong_input: bool = False) -> CellDiff:
    return CellDiff(name(cell), "failed", error=error, hint="mend it", wrong_input=wrong_input)


def fleet(*cells: CellDiff, notes: Sequence[str] = (), base: str = "main (0da4c61f3c20)") -> FleetDiff:
    return FleetDiff(base, "working tree on 9f2c11d0a7be", cells, tuple(notes))


def change_file(*resources: tuple[str, str], expires: date = DAY, stack: str = STACK) -> ChangeFile:
    """A change file that names resources of cells."""
    return ChangeFile(
        reason="The objects were copied to the new bucket.",
        owner="crm-team@example.com",
        expires=expires,
        resources=[{"cell": cell, "stack": stack, "resource": logical_id} for cell, logical_id in resources],
    )
