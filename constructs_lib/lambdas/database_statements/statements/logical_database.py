"""Creates a database and its user, as a CloudFormation custom resource.

The user signs in with IAM authentication, has no password, and makes its own tables in the schema `public` of this
database and of no other. The database belongs to the master user. All statements can be repeated. Deleting the
resource leaves database and user: what is in them is data.
"""

from __future__ import annotations

from collections.abc import Iterator

from .custom_resource import Context, Properties, Request, serve
from .data_api import Cluster, quoted

_FIRST_DATABASE = "postgres"
"""A database that every cluster has: nobody is in a new one before it is there."""


def create_database(cluster: Cluster, properties: Properties) -> None:
    """Create database and user when they are not there, and grant what the user may do. It can be repeated."""
    name, user = properties["Database"], properties["UserName"]
    cluster.create_role(user, database=_FIRST_DATABASE)
    known = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = :name"
    cluster.create(f"CREATE DATABASE {quoted(name)}", name, known=known, database=_FIRST_DATABASE)
    for statement in grants(name=name, user=user):
        cluster.run(statement, database=name)


def grants(*, name: str, user: str) -> Iterator[str]:
    """Yield the statements, for the new database itself, that let its user in and nobody else."""
    yield f"GRANT rds_iam TO {quoted(user)}"
    yield f"REVOKE ALL ON DATABASE {quoted(name)} FROM PUBLIC"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {quoted(name)} TO {quoted(user)}"
    yield f"GRANT USAGE, CREATE ON SCHEMA public TO {quoted(user)}"


def handler(request: Request, context: Context) -> None:
    """The entry point of the function."""
    serve(request, context, create_database)
