"""Users: profiles and preferences."""

from cells.modules.module import Module


class UsersModule(Module):
    """Profiles and preferences. No infrastructure of its own: rows in the cell's database, credentials in auth."""

    name = "users"
    core = True
    requires = ("auth",)
    summary = "Profiles and preferences of users"
    reference = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraPostgreSQL.html"
