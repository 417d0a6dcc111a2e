"""The RDS Data API: statements are recorded and answered as done, no database runs."""

from dataclasses import dataclass

from ministack.services import rds, secretsmanager

from local.properties import Json, Properties, parse_object

PATHS = frozenset({"/Execute", "/BatchExecute", "/BeginTransaction", "/CommitTransaction", "/RollbackTransaction"})


@dataclass(frozen=True)
class Statement:
    """A statement that a caller asked a cluster to run."""

    cluster: str
    secret: str
    database: str
    sql: str


class RdsData:
    """Answers the Data API for clusters that exist and have it enabled."""

    def __init__(self) -> None:
        self._statements: list[Statement] = []
        self._failures: list[str] = []
        self._transactions = 0

    def answer(self, path: str, body: bytes) -> tuple[int, Json]:
        """Answer one request in the account and region of the caller."""
        request = Properties(parse_object(body) if body else {})
        refused = _refusal(request.text("resourceArn"), request.text("secretArn"))
        if refused:
            return 400, {"__type": "BadRequestException", "message": refused}
        if path == "/BeginTransaction":
            self._transactions += 1
            return 200, {"transactionId": f"transaction-{self._transactions}"}
        if path == "/CommitTransaction":
            return 200, {"transactionStatus": "Transaction Committed"}
        if path == "/RollbackTransaction":
            return 200, {"transactionStatus": "Rollback Complete"}
        if self._failures:
            return 400, {"__type": "DatabaseErrorException", "message": self._failures.pop(0)}
        self._record(request)
        if path == "/BatchExecute":
            return 200, {"updateResults": [{"generatedFields": []} for _ in request.children("parameterSets")]}
        return 200, {"numberOfRecordsUpdated": 0, "records": [], "generatedFields": []}

    def statements(self) -> Json:
        """List every recorded statement, oldest first."""
        return {
            "statements": [
                {"cluster": item.cluster, "secret": item.secret, "database": item.database, "sql": item.sql}
                for item in self._statements
            ]
        }

    def fail_next(self, body: Properties) -> Json:
        """Let the next statement fail with `message`."""
        self._failures.append(body.text("message", "ERROR: the statement failed"))
        return {"pending": len(self._failures)}

    def _record(self, request: Properties) -> None:
        self._statements.append(
            Statement(
                cluster=request.text("resourceArn"),
                secret=request.text("secretArn"),
                database=request.text("database"),
                sql=request.text("sql"),
            )
        )


def _refusal(cluster_arn: str, secret_arn: str) -> str:
    """Say why AWS would refuse; empty where it would not."""
    cluster = rds._clusters.get(cluster_arn.rsplit(":", 1)[-1])
    if cluster is None:
        return f"HttpEndpoint is not enabled for resource {cluster_arn}"
    if not cluster.get("HttpEndpointEnabled"):
        return f"HttpEndpoint is not enabled for cluster {cluster['DBClusterIdentifier']}"
    known = {secret.get("ARN") for secret in secretsmanager._secrets.values()} | set(secretsmanager._secrets)
    if secret_arn not in known:
        return f"Error fetching secret {secret_arn} : Secrets Manager can't find the specified secret"
    return ""
