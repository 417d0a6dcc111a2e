"""Search: full text over the entities of all modules."""

from cells.modules.module import Module


class SearchModule(Module):
    """Full-text search. No infrastructure of its own: tsvector columns and GIN indexes in the cell's database."""

    name = "search"
    core = True
    summary = "Full-text search in PostgreSQL"
    reference = "https://www.postgresql.org/docs/current/textsearch.html"
