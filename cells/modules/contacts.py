"""Contacts: leads, clients, vendors and partners in one table."""

from cells.modules.module import Module


class ContactsModule(Module):
    """Contacts and leads. Keeps its rows in the cell's database."""

    name = "contacts"
    summary = "Contacts, leads and pipelines"
    reference = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraPostgreSQL.html"
