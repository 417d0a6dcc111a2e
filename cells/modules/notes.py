"""Notes: free text linked to anything."""

from cells.modules.module import Module


class NotesModule(Module):
    """Notes. Keeps its rows in the cell's database."""

    name = "notes"
    summary = "Notes on any entity"
    reference = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraPostgreSQL.html"
