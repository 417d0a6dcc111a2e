"""Permissions: who may do what with which entity."""

from cells.modules.module import Module


class PermissionsModule(Module):
    """Relations of users to entities. No infrastructure of its own: rows in the cell's database, read at each check."""

    name = "permissions"
    core = True
    requires = ("organizations", "teams")
    summary = "Relations that say who may do what"
    reference = "https://openfga.dev/docs/concepts"
