"""A schedule that calls a function."""

import jsii
from aws_cdk import Duration, TimeZone
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.failure_queue import FailureQueue
from constructs_lib.specs.events import ScheduleSpec

_MOST_RETRIES = 2
_OLDEST_MINUTES = 360
"""Lambda tries an event at most three times, in at most six hours."""


class Schedule(Construct):
    """An EventBridge schedule that calls a function, with a role that may do just that.

    The schedule only hands the event over, and Lambda calls the function: so both have tries of their own, and both
    tell `failures` of an event for which these are over. A function has one schedule.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        description: str,
        spec: ScheduleSpec,
        function: lambda_.IFunction,
        failures: FailureQueue,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self.role = self._build_role(function, failures)
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            description=description,
            schedule=scheduler.ScheduleExpression.expression(spec.expression, TimeZone.of(spec.time_zone)),
            time_window=_window(spec.window_minutes),
            target=_Call(function, role=self.role, failures=failures, spec=spec),
            key=kms.Key.from_key_arn(self, "Key", key.key_arn),
        )
        failures.grant_send(function)
        lambda_.EventInvokeConfig(
            self,
            "Calls",
            function=function,
            retry_attempts=min(spec.retries, _MOST_RETRIES),
            max_event_age=Duration.minutes(min(spec.max_age_minutes, _OLDEST_MINUTES)),
            on_failure=_Failed(failures),
        )

    def _build_role(self, function: lambda_.IFunction, failures: FailureQueue) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"),
            description="Calls a function on schedule",
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        )
        failures.grant_send(role)
        return role


@jsii.implements(scheduler.IScheduleTarget)
class _Call:
    """Calls a function. Not the CDK's target: that one may call every version of it, by a wildcard."""

    def __init__(
        self, function: lambda_.IFunction, *, role: iam.Role, failures: FailureQueue, spec: ScheduleSpec
    ) -> None:
        self._function, self._role, self._failures, self._spec = function, role, failures, spec

    def bind(self, schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:
        """Say what is called, by whom, how often and what becomes of a failure."""
        return scheduler.ScheduleTargetConfig(
            arn=self._function.function_arn,
            role=self._role,
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self._failures.queue.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_retry_attempts=self._spec.retries,
                maximum_event_age_in_seconds=self._spec.max_age_minutes * 60,
            ),
        )


@jsii.implements(lambda_.IDestination)
class _Failed:
    """Where Lambda puts an event that the function failed on. Not the CDK's: its grant is wider than it has to be."""

    def __init__(self, failures: FailureQueue) -> None:
        self._failures = failures

    def bind(
        self, scope: Construct, fn: lambda_.IFunction, *, type: lambda_.DestinationType
    ) -> lambda_.DestinationConfig:
        """Name the queue; its permission is granted already."""
        return lambda_.DestinationConfig(destination=self._failures.queue.queue_arn)


def _window(minutes: int | None) -> scheduler.TimeWindow:
    return scheduler.TimeWindow.off() if minutes is None else scheduler.TimeWindow.flexible(Duration.minutes(minutes))
