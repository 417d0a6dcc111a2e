"""Teams: groups of users inside an organization."""

from cells.modules.module import Module


class TeamsModule(Module):
    """Groups of users inside an organization. No infrastructure of its own: rows in the cell's database."""

    name = "teams"
    core = True
    requires = ("organizations",)
    summary = "Teams inside an organization"
    reference = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraPostgreSQL.html"
