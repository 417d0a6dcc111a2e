"""Organizations: the tenants of a product."""

from cells.modules.module import Module


class OrganizationsModule(Module):
    """Tenants. No infrastructure of its own: rows in the cell's database, kept apart by row-level security."""

    name = "organizations"
    core = True
    requires = ("users",)
    summary = "Organizations, the tenants of a product"
    reference = "https://www.postgresql.org/docs/current/ddl-rowsecurity.html"
