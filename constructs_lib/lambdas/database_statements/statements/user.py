"""Creates the application's database user, as a CloudFormation custom resource.

The user signs in with IAM authentication and has no password. It reads and writes the tables that migrations make;
it makes none. All statements can be repeated. Deleting the resource leaves the user: it goes with its database.
"""

from __future__ import annotations

from collections.abc import Iterator

from .custom_resource import Context, Properties, Request, serve
from .data_api import Cluster, quoted


def create_user(cluster: Cluster, properties: Properties) -> None:
    """Create the user when it is not there, and grant what it may do. Repeating it changes nothing."""
    name, database = properties["UserName"], properties["Database"]
    cluster.create_role(name, database=database)
    for statement in grants(name=name, database=database):
        cluster.run(statement, database=database)


def grants(*, name: str, database: str) -> Iterator[str]:
    """Yield the statements that let the user sign in with IAM and use the tables of the schema `public`."""
    role = quoted(name)
    yield f"GRANT rds_iam TO {role}"
    yield f"REVOKE ALL ON DATABASE {quoted(database)} FROM PUBLIC"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {quoted(database)} TO {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    # Tables that are already there, and those that later migrations make.
    for objects, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        yield f"GRANT {rights} ON ALL {objects} IN SCHEMA public TO {role}"
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {objects} TO {role}"


def handler(request: Request, context: Context) -> None:
    """The entry point of the function."""
    serve(request, context, create_user)
