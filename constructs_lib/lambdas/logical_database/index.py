"""Creates a database and its user through the RDS Data API, as a CloudFormation custom resource.

The user signs in with IAM authentication, has no password, and makes its own tables in the schema `public` of this
database and of no other. The database belongs to the master user. All statements can be repeated. Deleting the
resource leaves database and user: what is in them is data.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NotRequired, Protocol, TypedDict

import boto3

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

_FIRST_DATABASE = "postgres"
"""A database that every cluster has: nobody is in a new one before it is there."""


class Properties(TypedDict):
    """The properties of the resource, as CloudFormation sends them."""

    ServiceToken: NotRequired[str]
    ClusterArn: str
    SecretArn: str
    Database: str
    UserName: str
    Code: NotRequired[str]


class Request(TypedDict):
    """What CloudFormation asks for."""

    RequestType: str
    ResponseURL: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    ResourceProperties: Properties


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


class Context(Protocol):
    """The part of the Lambda context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is stopped."""


class Session:
    """Runs statements on one database, and waits while the cluster resumes."""

    def __init__(
        self,
        client: DataApi,
        properties: Properties,
        *,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._properties = properties
        self._remaining_seconds = remaining_seconds
        self._sleep = sleep

    def run(self, sql: str, parameters: Sequence[Parameter] = (), *, database: str = _FIRST_DATABASE) -> Result:
        """Run one statement in a database; raise what the Data API raises when it is not transient or time is up."""
        while True:
            try:
                return self._client.execute_statement(
                    resourceArn=self._properties["ClusterArn"],
                    secretArn=self._properties["SecretArn"],
                    database=database,
                    sql=sql,
                    parameters=parameters,
                )
            except Exception as error:
                if not _is_transient(error) or self._remaining_seconds() < _RESERVE_SECONDS + _WAIT_SECONDS:
                    raise
                self._sleep(_WAIT_SECONDS)


def create_database(session: Session, *, name: str, user: str) -> None:
    """Create database and user when they are not there, and grant what the user may do. It can be repeated."""
    _create(
        session, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :name", user, f"CREATE ROLE {_quoted(user)} LOGIN"
    )
    _create(
        session, "SELECT 1 FROM pg_catalog.pg_database WHERE datname = :name", name, f"CREATE DATABASE {_quoted(name)}"
    )
    for statement in grants(name=name, user=user):
        session.run(statement, database=name)


def grants(*, name: str, user: str) -> Iterator[str]:
    """Yield the statements, for the new database itself, that let its user in and nobody else."""
    yield f"GRANT rds_iam TO {_quoted(user)}"
    yield f"REVOKE ALL ON DATABASE {_quoted(name)} FROM PUBLIC"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {_quoted(name)} TO {_quoted(user)}"
    yield f"GRANT USAGE, CREATE ON SCHEMA public TO {_quoted(user)}"


def _create(session: Session, known: str, name: str, statement: str) -> None:
    if session.run(known, [_text("name", name)]).get("records"):
        return
    try:
        session.run(statement)
    except Exception as error:
        if not any(state in str(error) for state in _ALREADY_THERE):
            raise


def handle(
    request: Request,
    *,
    client: DataApi,
    respond: Callable[[str, bytes], None],
    remaining_seconds: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do what CloudFormation asks for, and answer whatever happens: a request without an answer blocks for an hour."""
    properties = request["ResourceProperties"]
    status, reason = "SUCCESS", ""
    try:
        if request["RequestType"] != "Delete":
            session = Session(client, properties, remaining_seconds=remaining_seconds, sleep=sleep)
            create_database(session, name=properties["Database"], user=properties["UserName"])
    except Exception as error:
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    print(json.dumps({"request": request["RequestType"], "status": status, "reason": reason}))
    answer = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": f"{properties['Database']}/{properties['UserName']}",
        "StackId": request["StackId"],
        "RequestId": request["RequestId"],
        "LogicalResourceId": request["LogicalResourceId"],
    }
    respond(request["ResponseURL"], json.dumps(answer).encode())


def handler(request: Request, context: Context) -> None:
    """The entry point of the function."""
    handle(
        request,
        client=boto3.client("rds-data"),
        respond=_put,
        remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000,
    )


def _put(url: str, body: bytes) -> None:
    # The signature of the address covers an empty content type.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=10):
        return


def _is_transient(error: Exception) -> bool:
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", "")) in _TRANSIENT


def _text(name: str, value: str) -> Parameter:
    return {"name": name, "value": {"stringValue": value}}


def _quoted(identifier: str) -> str:
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'
