"""The database user that the application signs in with."""

from constructs import Construct

from constructs_lib.database_statements import DatabaseStatements, StatementTarget


class DatabaseUser(DatabaseStatements):
    """Creates a user for IAM authentication, which reads and writes the tables that migrations make.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
    """

    def __init__(
        self, scope: Construct, id: str, *, target: StatementTarget, database_name: str, user_name: str
    ) -> None:
        super().__init__(
            scope,
            id,
            target=target,
            handler="statements.user.handler",
            description="Creates the application's database user",
            resource_type="Custom::DatabaseUser",
            database_name=database_name,
            user_name=user_name,
        )
