"""Where cells are deployed to."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cells.deploy.clients import Clients
from cells.plan import CellPlan


class Target(Protocol):
    """An AWS: the real one, or the embedded one. Nothing else needs to know which."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    @property
    def options(self) -> Sequence[str]:
        """What the CDK CLI gets on its command line, such as a profile."""

    def verify(self, account: str) -> None:
        """Refuse credentials that are missing or belong to another account. Changes nothing."""

    def can_use(self, account: str) -> bool:
        """Whether `clients` of this account work: one set of real credentials is for one account."""

    def clients(self, account: str, region: str) -> Clients:
        """boto3 clients of an account and region."""

    def variables(self, account: str, region: str) -> Mapping[str, str]:
        """The environment variables of a program that works in the account and region."""

    def name_servers(self, plan: CellPlan) -> tuple[str, ...]:
        """The name servers that the parent zone delegates the cell's domain to; empty before it does."""
