"""Statements through the RDS Data API, on a cluster that may be asleep.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NotRequired, Protocol, TypedDict

_WAIT_SECONDS = 5.0
_RESERVE_SECONDS = 20.0
"""What is kept to answer CloudFormation before the function is stopped."""

_TRANSIENT = (
    "DatabaseResumingException",
    "DatabaseUnavailableException",
    "InternalServerErrorException",
    "ServiceUnavailableError",
    "StatementTimeoutException",
    "ThrottlingException",
)
"""Error codes of a cluster that wakes up from zero capacity, or of a service that is busy."""

_ALREADY_THERE = ("42710", "42P04")
"""The SQL states of a role and of a database that another request created in between."""


class Parameter(TypedDict):
    """A named text parameter of a statement."""

    name: str
    value: dict[str, str]


class Result(TypedDict):
    """What a statement returned; `records` has a row for each line."""

    records: NotRequired[Sequence[Sequence[Mapping[str, str]]]]


class DataApi(Protocol):
    """The part of the RDS Data API that is used."""

    def execute_statement(
        self,
        *,
        resourceArn: str,  # noqa: N803
        secretArn: str,  # noqa: N803
        database: str,
        sql: str,
        parameters: Sequence[Parameter],
    ) -> Result:
        """Run one statement."""


class Cluster:
    """Runs statements on one cluster, and waits while it resumes."""

    def __init__(
        self,
        client: DataApi,
        *,
        arn: str,
        secret_arn: str,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._arn = arn
        self._secret_arn = secret_arn
        self._remaining_seconds = remaining_seconds
        self._sleep = sleep

    def run(self, sql: str, parameters: Sequence[Parameter] = (), *, database: str) -> Result:
        """Run one statement in a database; raise what the Data API raises when it is not transient or time is up."""
        while True:
            try:
                return self._client.execute_statement(
                    resourceArn=self._arn, secretArn=self._secret_arn, database=database, sql=sql, parameters=parameters
                )
            except Exception as error:
                if not _is_transient(error) or self._remaining_seconds() < _RESERVE_SECONDS + _WAIT_SECONDS:
                    raise
                self._sleep(_WAIT_SECONDS)

    def create_role(self, name: str, *, database: str) -> None:
        """Create a role that may sign in when it is not there. Roles are the cluster's, whatever the database."""
        known = "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :name"
        self.create(f"CREATE ROLE {quoted(name)} LOGIN", name, known=known, database=database)

    def create(self, sql: str, name: str, *, known: str, database: str) -> None:
        """Run a statement that creates something, unless the query `known` finds its `:name`."""
        parameter: Parameter = {"name": "name", "value": {"stringValue": name}}
        if self.run(known, [parameter], database=database).get("records"):
            return
        try:
            self.run(sql, database=database)
        except Exception as error:
            if not any(state in str(error) for state in _ALREADY_THERE):
                raise


def quoted(identifier: str) -> str:
    """Return a name of any characters as an identifier of a statement."""
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'


def _is_transient(error: Exception) -> bool:
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", "")) in _TRANSIENT
