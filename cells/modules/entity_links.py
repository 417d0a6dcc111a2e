"""Entity links: anything linked to anything, across modules."""

from cells.modules.module import Module


class EntityLinksModule(Module):
    """Links between any two entities. No infrastructure of its own: rows in the cell's database, changes on the bus."""

    name = "entity-links"
    core = True
    requires = ("audit-log", "events")
    summary = "Links between entities of any two modules"
    reference = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraPostgreSQL.html"
