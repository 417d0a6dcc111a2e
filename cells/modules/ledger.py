"""Ledger: accounts, and postings in double entry."""

from cells.modules.module import Module


class LedgerModule(Module):
    """A double-entry ledger: each transaction's debits and credits are equal, and nothing posted is ever changed.

    It has no store of its own: a transaction has to commit with what it pays for, so its rows are in the cell's
    database, which the containers reach already. The module's migrations let the application user insert and select
    postings, not update or delete them; a mistake is posted the other way round. What an owner of the database could
    still change shows against the audit log, to which each posting goes, and whose bucket is locked.
    """

    name = "ledger"
    requires = ("audit-log", "events")
    summary = "A double-entry ledger in the cell's database, recorded in the locked audit log"
    reference = "https://www.postgresql.org/docs/current/ddl-constraints.html"
