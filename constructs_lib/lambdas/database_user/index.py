"""Creates the application's database user through the RDS Data API, as a CloudFormation custom resource.

The user signs in with IAM authentication and has no password. It reads and writes the tables that migrations make;
it makes none. All statements can be repeated. Deleting the resource leaves the user: it goes with its database.

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

_ALREADY_THERE = "42710"
"""The SQL state of a role that another request created in between."""


class User(TypedDict):
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
    ResourceProperties: User


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
        user: User,
        *,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._user = user
        self._remaining_seconds = remaining_seconds
        self._sleep = sleep

    def run(self, sql: str, parameters: Sequence[Parameter] = ()) -> Result:
        """Run one statement; raise what the Data API raises when it is not transient or time is up."""
        while True:
            try:
                return self._client.execute_statement(
                    resourceArn=self._user["ClusterArn"],
                    secretArn=self._user["SecretArn"],
                    database=self._user["Database"],
                    sql=sql,
                    parameters=parameters,
                )
            except Exception as error:
                if not _is_transient(error) or self._remaining_seconds() < _RESERVE_SECONDS + _WAIT_SECONDS:
                    raise
                self._sleep(_WAIT_SECONDS)


def create_user(session: Session, *, name: str, database: str) -> None:
    """Create the user when it is not there, and grant what it may do. Repeating it changes nothing."""
    known = session.run("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :name", [_text("name", name)])
    if not known.get("records"):
        try:
            session.run(f"CREATE ROLE {_quoted(name)} LOGIN")
        except Exception as error:
            if _ALREADY_THERE not in str(error):
                raise
    for statement in grants(name=name, database=database):
        session.run(statement)


def grants(*, name: str, database: str) -> Iterator[str]:
    """Yield the statements that let the user sign in with IAM and use the tables of the schema `public`."""
    role = _quoted(name)
    yield f"GRANT rds_iam TO {role}"
    yield f"REVOKE ALL ON DATABASE {_quoted(database)} FROM PUBLIC"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {_quoted(database)} TO {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    # Tables that are already there, and those that later migrations make.
    for objects, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        yield f"GRANT {rights} ON ALL {objects} IN SCHEMA public TO {role}"
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {objects} TO {role}"


def handle(
    request: Request,
    *,
    client: DataApi,
    respond: Callable[[str, bytes], None],
    remaining_seconds: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do what CloudFormation asks for, and answer whatever happens: a request without an answer blocks for an hour."""
    user = request["ResourceProperties"]
    status, reason = "SUCCESS", ""
    try:
        if request["RequestType"] != "Delete":
            session = Session(client, user, remaining_seconds=remaining_seconds, sleep=sleep)
            create_user(session, name=user["UserName"], database=user["Database"])
    except Exception as error:
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    print(json.dumps({"request": request["RequestType"], "status": status, "reason": reason}))
    answer = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": f"{user['Database']}/{user['UserName']}",
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
