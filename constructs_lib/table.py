"""A table of key-value items."""

from aws_cdk import Aws, RemovalPolicy, Tags
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from cdk_monitoring_constructs import ErrorCountThreshold, MonitoringFacade, ThrottledEventsThreshold
from constructs import Construct

from constructs_lib.backup_selection import back_up, leave_out_of_backups
from constructs_lib.removal import removal_policy
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.table import AttributeKind, AttributeSpec, IndexSpec, TableSpec

_KINDS: dict[AttributeKind, dynamodb.AttributeType] = {
    "string": dynamodb.AttributeType.STRING,
    "number": dynamodb.AttributeType.NUMBER,
    "binary": dynamodb.AttributeType.BINARY,
}
_VIEWS = {
    "new": dynamodb.StreamViewType.NEW_IMAGE,
    "old": dynamodb.StreamViewType.OLD_IMAGE,
    "both": dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    "keys": dynamodb.StreamViewType.KEYS_ONLY,
}
_PROJECTIONS = {"all": dynamodb.ProjectionType.ALL, "keys": dynamodb.ProjectionType.KEYS_ONLY}

_READ = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
_ADD = ["dynamodb:PutItem"]
_REMEMBER = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
_CHANGE = ["dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"]


class Table(Construct):
    """A DynamoDB table, paid by request, encrypted with a customer key, with point-in-time recovery.

    A retained table refuses to be deleted, and AWS Backup copies it where it can be restored at all. Changes can be
    read from its stream where the spec asks for one.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: TableSpec,
        key: kms.IKey,
        protection: ProtectionSpec,
        classification: DataClassification = "confidential",
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        # Imported: the grants of a table would write each reader into the real key's policy, a cycle between stacks.
        self._key = kms.Key.from_key_arn(self, "Key", key.key_arn)
        self.table = self._build_table(protection)
        if spec.recovery_days is None:
            leave_out_of_backups(self.table, protection, reason="its spec says that it need not be restored")
        else:
            back_up(self.table, protection)
        Tags.of(self).add("data-classification", classification)

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Let the grantee get items by their key and query table and indexes; nobody may scan."""
        self._grant(grantee, _READ)

    def grant_add(self, grantee: iam.IGrantable) -> None:
        """Let the grantee put items. One with the key of another replaces it: a stream shows both."""
        self._grant(grantee, _ADD)

    def grant_read_write(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read, put, change and delete items."""
        self._grant(grantee, [*_READ, *_ADD, *_CHANGE])

    def grant_remember(self, grantee: iam.IGrantable) -> None:
        """Let the grantee keep in it what it has done, one item for each: get, put, change and delete by key.

        https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
        """
        self._grant(grantee, _REMEMBER)

    def grant_stream(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read the changes. Raises InputError for a table without a stream."""
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                resources=[self.stream_arn],
            )
        )
        self._grant_key(grantee)

    @property
    def stream_arn(self) -> str:
        """The ARN of the stream. Raises InputError for a table without one."""
        # The CDK has a token for it even where there is none.
        arn = self.table.table_stream_arn if self._spec.stream else None
        if arn is None:
            raise InputError(f"table {self.node.id} has no stream", hint="set `stream` in its spec")
        return arn

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add alarms: DynamoDB fails by its own fault, or holds requests back."""
        facade.monitor_dynamo_table(
            table=self.table,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            human_readable_name=self.node.path.partition("/")[2],
            alarm_friendly_name=self.node.path.partition("/")[2].replace("/", "-"),
            add_system_error_count_alarm={"Warning": ErrorCountThreshold(max_error_count=0)},
            add_read_throttled_events_count_alarm={
                "Warning": ThrottledEventsThreshold(max_throttled_events_threshold=0)
            },
            add_write_throttled_events_count_alarm={
                "Warning": ThrottledEventsThreshold(max_throttled_events_threshold=0)
            },
        )

    def _build_table(self, protection: ProtectionSpec) -> dynamodb.TableV2:
        spec = self._spec
        policy = removal_policy(protection, has_snapshots=False)
        return dynamodb.TableV2(
            self,
            "Table",
            partition_key=_attribute(spec.partition_key),
            sort_key=_attribute(spec.sort_key) if spec.sort_key else None,
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(self._key),
            point_in_time_recovery_specification=_recovery(spec.recovery_days),
            time_to_live_attribute=spec.time_to_live,
            global_secondary_indexes=[_index(index) for index in spec.indexes],
            dynamo_stream=_VIEWS[spec.stream] if spec.stream else None,
            deletion_protection=protection.deletion_protection and policy is not RemovalPolicy.DESTROY,
            removal_policy=policy,
        )

    def _grant(self, grantee: iam.IGrantable, actions: list[str]) -> None:
        # Not the grants of the CDK: they allow every index and take wildcard actions of the key along.
        indexes = [f"{self.table.table_arn}/index/{index.name}" for index in self._spec.indexes]
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(actions=actions, resources=[self.table.table_arn, *indexes])
        )
        self._grant_key(grantee)

    def _grant_key(self, grantee: iam.IGrantable) -> None:
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                # DynamoDB reads and writes the table's own key in the caller's name.
                actions=["kms:Decrypt", "kms:DescribeKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{Aws.REGION}.amazonaws.com"}},
            )
        )


def _attribute(spec: AttributeSpec) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=spec.name, type=_KINDS[spec.kind])


def _index(spec: IndexSpec) -> dynamodb.GlobalSecondaryIndexPropsV2:
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name=spec.name,
        partition_key=_attribute(spec.partition_key),
        sort_key=_attribute(spec.sort_key) if spec.sort_key else None,
        projection_type=_PROJECTIONS[spec.projection],
    )


def _recovery(days: int | None) -> dynamodb.PointInTimeRecoverySpecification:
    if days is None:
        return dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=False)
    return dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True, recovery_period_in_days=days)
