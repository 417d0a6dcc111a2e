"""A database of its own in the cell's cluster."""

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.database_statements import DatabaseStatements, StatementTarget


@jsii.implements(ec2.IConnectable)
class LogicalDatabase(DatabaseStatements):
    """A database in the cluster of the cell, with a user that signs in with IAM and makes its own tables.

    No other user gets into it, and its user gets into no other database: the application's neither. It shares capacity,
    backups and protection with its cluster. Taking the resource away keeps database and user: they go with the cluster.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
    """

    def __init__(
        self, scope: Construct, id: str, *, target: StatementTarget, connections: ec2.Connections, name: str
    ) -> None:
        super().__init__(
            scope,
            id,
            target=target,
            handler="statements.logical_database.handler",
            description="Creates a database and its user",
            resource_type="Custom::LogicalDatabase",
            database_name=name,
            user_name=name,
        )
        self.name = name
        self.user_name = name
        self.host = target.cluster.cluster_endpoint.hostname
        self._connections = connections

    @property
    def connections(self) -> ec2.Connections:
        """The door of the cluster: `service.connections.allow_to_default_port(database)` opens it."""
        return self._connections

    def grant_connect(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let the grantee sign in as this database's user, and as no other."""
        return self._target.cluster.grant_connect(grantee, self.user_name)
