"""A function of a module: a handler in Python with Powertools, its log, its role and its alarms."""

from collections.abc import Mapping
from pathlib import Path

import jsii
from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from cdk_monitoring_constructs import ErrorCountThreshold, ErrorRateThreshold, LatencyThreshold, MonitoringFacade
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.failure_queue import FailureQueue
from constructs_lib.function import write_logs
from constructs_lib.log_retention import log_retention
from constructs_lib.network import Network
from constructs_lib.queue import Queue
from constructs_lib.specs.function import (
    POWERTOOLS_PUBLISHER,
    FunctionSpec,
    QueueConsumerSpec,
    StreamConsumerSpec,
    check_visibility,
    powertools_layer_version,
)
from constructs_lib.table import Table

_HTTPS = 443
_THROTTLED_PERIODS = 3
"""Of five minutes each."""
_STARTS = {
    "latest": lambda_.StartingPosition.LATEST,
    "oldest": lambda_.StartingPosition.TRIM_HORIZON,
}


LAMBDAS = Path(__file__).parent / "lambdas"
"""Where the code of the platform's own functions is."""


_IN_A_VPC = "service-role/AWSLambdaVPCAccessExecutionRole"


@jsii.implements(ec2.IConnectable)
class Handler(Construct):
    """A Lambda function on ARM64 with the public Powertools layer and X-Ray, from a folder with an `index.py`.

    Its environment is not secret: a secret is read by ARN at run time. What it may do is its own role and nothing else.
    With a `network` it runs in the app subnets, and reaches what lets it in (`connections`) and AWS by HTTPS.

    https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        code: Path,
        spec: FunctionSpec,
        log_key: kms.IKey,
        environment: Mapping[str, str],
        network: Network | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self.log_group = logs.LogGroup(
            self,
            "LogGroup",
            encryption_key=log_key,
            retention=log_retention(spec.log_retention_days),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = self._build_role(description)
        self.security_group = self._build_security_group(description, network) if network else None
        self.function = self._build_function(description, code, environment, network)
        self._excuse_runtime()

    @property
    def connections(self) -> ec2.Connections:
        """Whom it may reach in the network. Raises for a function that is in none."""
        return self.function.connections

    def remember(self, table: Table) -> None:
        """Let the function keep in a table what it has done, so that a message which comes twice does nothing twice."""
        self.function.add_environment("IDEMPOTENCY_TABLE", table.table.table_name)
        table.grant_remember(self.role)

    def consume(self, queue: Queue, spec: QueueConsumerSpec) -> lambda_.EventSourceMapping:
        """Call the function with the messages of a queue. It answers which of a batch failed; only those come again.

        Raises InputError when the queue hides a message for less than six timeouts of the function.
        """
        check_visibility(
            visibility_seconds=int(queue.visibility_timeout.to_seconds()), timeout_seconds=self._spec.timeout_seconds
        )
        queue.grant_consume(self.role)
        return lambda_.EventSourceMapping(
            self,
            "Consumer",
            target=self.function,
            event_source_arn=queue.queue.queue_arn,
            batch_size=spec.batch_size,
            max_batching_window=Duration.seconds(spec.batching_window_seconds),
            max_concurrency=spec.max_concurrency,
            report_batch_item_failures=True,
        )

    def follow(
        self, table: Table, spec: StreamConsumerSpec, *, failures: FailureQueue, only_expired: bool = False
    ) -> lambda_.EventSourceMapping:
        """Call the function with the changes of a table. A batch that fails for good is told to `failures`.

        With `only_expired` it is called only with the items that DynamoDB deletes because their time is over.
        """
        table.grant_stream(self.role)
        failures.grant_send(self.role)
        return lambda_.EventSourceMapping(
            self,
            "Consumer",
            target=self.function,
            event_source_arn=table.stream_arn,
            starting_position=_STARTS[spec.starts_at],
            batch_size=spec.batch_size,
            max_batching_window=Duration.seconds(spec.batching_window_seconds),
            retry_attempts=spec.retries,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            on_failure=_Failures(failures),
            filters=[_expired()] if only_expired else None,
        )

    def monitor(self, facade: MonitoringFacade) -> None:
        """Add alarms: calls fail, come close to the time that they may take, or are turned away all the time.

        A call that is turned away once comes again. For a quarter of an hour it means that the concurrency is too low.
        """
        # The alarm wants a share of the calls.
        share = (self._spec.max_error_percent or 0) / 100
        facade.monitor_lambda_function(
            lambda_function=self.function,
            human_readable_name=self.node.path.partition("/")[2],
            alarm_friendly_name=self.node.path.partition("/")[2].replace("/", "-"),
            add_fault_count_alarm=None if share else {"Warning": ErrorCountThreshold(max_error_count=0)},
            add_fault_rate_alarm={"Warning": ErrorRateThreshold(max_error_rate=share)} if share else None,
            add_latency_p99_alarm={
                "Warning": LatencyThreshold(max_latency=Duration.millis(self._spec.timeout_seconds * 800))
            },
            add_throttles_count_alarm={
                "Warning": ErrorCountThreshold(
                    max_error_count=0, evaluation_periods=_THROTTLED_PERIODS, datapoints_to_alarm=_THROTTLED_PERIODS
                )
            },
        )

    def _build_role(self, description: str) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=description)
        role.add_to_principal_policy(write_logs(self.log_group))
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="X-Ray takes traces without a resource; the two actions only write traces",
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
        return role

    def _build_security_group(self, description: str, network: Network) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=network.vpc, description=description, allow_all_outbound=False
        )
        self.role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(_IN_A_VPC))
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS), "AWS and the load balancer, by HTTPS")
        excuse(
            self.role,
            rule=f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_IN_A_VPC}]",
            reason="Lambda documents this policy for functions in a VPC; it handles network interfaces and logs only",
            owner="platform",
            expires="2027-11-30",
        )
        return group

    def _build_function(
        self, description: str, code: Path, environment: Mapping[str, str], network: Network | None
    ) -> lambda_.Function:
        return lambda_.Function(
            self,
            "Function",
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            # Tests import the handler, and what Python leaves behind must not change the asset's hash.
            code=lambda_.Code.from_asset(str(code), exclude=["__pycache__", "*.pyc"]),
            handler="index.handler",
            role=self.role,
            log_group=self.log_group,
            layers=[lambda_.LayerVersion.from_layer_version_arn(self, "Powertools", self._powertools())],
            environment={"POWERTOOLS_LOG_LEVEL": "INFO", **environment},
            memory_size=self._spec.memory_mib,
            timeout=Duration.seconds(self._spec.timeout_seconds),
            reserved_concurrent_executions=self._spec.reserved_concurrency,
            tracing=lambda_.Tracing.ACTIVE,
            vpc=network.vpc if network else None,
            vpc_subnets=network.app_subnets if network else None,
            security_groups=[self.security_group] if self.security_group else None,
        )

    def _powertools(self) -> str:
        region = Stack.of(self).region
        layer = "AWSLambdaPowertoolsPythonV3-python313-arm64"
        version = powertools_layer_version(region)
        return f"arn:{Aws.PARTITION}:lambda:{region}:{POWERTOOLS_PUBLISHER}:layer:{layer}:{version}"

    def _excuse_runtime(self) -> None:
        excuse(
            self.function,
            rule="AwsSolutions-L1",
            reason="Python 3.13 is supported until October 2029; runtimes move together for all functions",
            owner="platform",
            expires="2027-11-30",
        )


@jsii.implements(lambda_.IEventSourceDlq)
class _Failures:
    """Where a stream tells of a batch that failed for good. Not the CDK's: its grant takes wildcard actions along."""

    def __init__(self, queue: FailureQueue) -> None:
        self._queue = queue

    def bind(
        self, target: lambda_.IEventSourceMapping, target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        """Name the queue; its permission is granted already."""
        return lambda_.DlqDestinationConfig(destination=self._queue.queue.queue_arn)


def _expired() -> Mapping[str, str]:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
    service = {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}
    return lambda_.FilterCriteria.filter({"userIdentity": service})
