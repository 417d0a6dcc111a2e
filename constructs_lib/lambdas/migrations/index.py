"""Runs the migrations of a cell as an ECS task and waits for it, as a CloudFormation custom resource.

A task runs when the resource is made and whenever it changes, so with every image and task definition. It does not
run when CloudFormation rolls a stack back: the database is ahead by then, and an old image cannot take a migration
away. Deleting the resource does nothing.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, Protocol, TypedDict

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecs import ECSClient
    from types_boto3_ecs.type_defs import TaskTypeDef
    from types_boto3_ssm import SSMClient

_POLL_SECONDS = 2.0
_RESERVE_SECONDS = 30.0
"""What is kept to stop the task and to answer CloudFormation before the function is stopped."""

_STARTING = "starting "
_LIFE_OF_A_REQUEST = timedelta(minutes=15)
"""A function lives no longer. A request that still starts its task after that time is dead."""

_PHYSICAL_ID = "migrations"


class Properties(TypedDict):
    """The properties of the resource, as CloudFormation sends them: every number is text."""

    ServiceToken: NotRequired[str]
    Digest: str
    TaskDefinition: str
    Cluster: str
    Container: str
    Subnets: list[str]
    SecurityGroups: list[str]
    LockName: str
    TimeoutMinutes: str
    LogGroup: str
    LogStreamPrefix: str


class Request(TypedDict):
    """What CloudFormation asks for."""

    RequestType: str
    ResponseURL: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    ResourceProperties: Properties


class Context(Protocol):
    """The part of the Lambda context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is stopped."""


class MigrationError(Exception):
    """The migrations did not run, or not to their end."""


class Clock:
    """The time, and how much of it is left."""

    def __init__(
        self,
        remaining_seconds: Callable[[], float],
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._remaining_seconds = remaining_seconds
        self._sleep = sleep
        self.now = now

    def wait(self) -> bool:
        """Wait a little; return False, without waiting, when the function has to come to an end."""
        if self._remaining_seconds() < _RESERVE_SECONDS + _POLL_SECONDS:
            return False
        self._sleep(_POLL_SECONDS)
        return True


class Tasks:
    """The tasks of one request. A repeated request finds the task of the first."""

    def __init__(self, ecs: ECSClient, properties: Properties, *, request_id: str, clock: Clock) -> None:
        self._ecs = ecs
        self._properties = properties
        self._clock = clock
        self.request_id = request_id

    def start(self) -> str:
        """Start the task and return its ARN."""
        while True:
            try:
                return self._run()
            except ClientError as error:
                # A role that was made a moment ago is not known everywhere yet.
                if "assume" not in str(error) or not self._clock.wait():
                    raise

    def find(self, arn: str) -> TaskTypeDef | None:
        """Return a task of the cluster. None: it is gone, or was never there."""
        tasks = self._ecs.describe_tasks(cluster=self._properties["Cluster"], tasks=[arn])["tasks"]
        return tasks[0] if tasks else None

    def stop(self, arn: str) -> None:
        """Stop a task."""
        self._ecs.stop_task(cluster=self._properties["Cluster"], task=arn, reason="the migrations took too long")

    def _run(self) -> str:
        properties = self._properties
        result = self._ecs.run_task(
            cluster=properties["Cluster"],
            taskDefinition=properties["TaskDefinition"],
            launchType="FARGATE",
            count=1,
            clientToken=self.request_id,
            startedBy=self.request_id,
            enableECSManagedTags=True,
            propagateTags="TASK_DEFINITION",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": properties["Subnets"],
                    "securityGroups": properties["SecurityGroups"],
                    "assignPublicIp": "DISABLED",
                }
            },
        )
        if not result["tasks"]:
            reasons = ", ".join(failure.get("reason", "unknown") for failure in result["failures"])
            raise MigrationError(f"the task could not be placed: {reasons or 'no reason given'}")
        return result["tasks"][0]["taskArn"]


class Lock:
    """An SSM parameter that says which task migrates the database, so that no two do.

    It is created before the task, as `starting <request>`, and then holds the ARN of the task. Who finds it looks
    whether that task still runs, and takes it over when not: a lock that nobody took away blocks nobody.
    """

    def __init__(self, ssm: SSMClient, tasks: Tasks, *, name: str, clock: Clock) -> None:
        self._ssm = ssm
        self._tasks = tasks
        self._name = name
        self._clock = clock

    def acquire(self) -> None:
        """Wait until the lock is free and take it. Raises MigrationError when another task holds it for too long."""
        while not self._create():
            holder = self._holder()
            if holder is None:
                continue
            if not holder:
                return
            if not self._clock.wait():
                raise MigrationError(f"another migration holds the lock {self._name}: {holder}")

    def hold(self, task: str) -> None:
        """Write down which task the lock stands for."""
        self._put(task, overwrite=True)

    def release(self) -> None:
        """Take the lock away."""
        try:
            self._ssm.delete_parameter(Name=self._name)
        except ClientError as error:
            if _code(error) != "ParameterNotFound":
                raise

    def _create(self) -> bool:
        try:
            self._put(f"{_STARTING}{self._tasks.request_id}", overwrite=False)
        except ClientError as error:
            if _code(error) != "ParameterAlreadyExists":
                raise
            return False
        return True

    def _put(self, value: str, *, overwrite: bool) -> None:
        self._ssm.put_parameter(
            Name=self._name,
            Value=value,
            Type="String",
            Description="The task that migrates the database of the cell",
            Overwrite=overwrite,
        )

    def _holder(self) -> str | None:
        """Return who holds the lock; "" when this request does, None when nobody does any more."""
        try:
            parameter = self._ssm.get_parameter(Name=self._name)["Parameter"]
        except ClientError as error:
            if _code(error) != "ParameterNotFound":
                raise
            return None
        value = parameter["Value"]
        if value.startswith(_STARTING):
            mine = value == f"{_STARTING}{self._tasks.request_id}"
            running = self._clock.now() - parameter["LastModifiedDate"] < _LIFE_OF_A_REQUEST
        else:
            task = self._tasks.find(value)
            mine = task is not None and task.get("startedBy") == self._tasks.request_id
            running = task is not None and task.get("lastStatus") != "STOPPED"
        if mine:
            return ""
        if running:
            return value
        self.release()
        return None


def migrate(properties: Properties, *, tasks: Tasks, lock: Lock, clock: Clock) -> None:
    """Run the task to its end. Raises MigrationError when it fails, is not placed or takes too long."""
    lock.acquire()
    try:
        arn = tasks.start()
    except Exception:
        lock.release()
        raise
    lock.hold(arn)
    task = _wait(arn, properties, tasks=tasks, clock=clock)
    # Only now: as long as a task runs, the lock stands for it.
    lock.release()
    _judge(task, properties)


def is_needed(request: Request, cloudformation: CloudFormationClient) -> bool:
    """Whether there is something to migrate.

    The old properties do not matter: after a failed update without rollback they say nothing about the database.
    """
    if request["RequestType"] != "Update":
        return request["RequestType"] == "Create"
    stack = cloudformation.describe_stacks(StackName=request["StackId"])["Stacks"][0]
    return "ROLLBACK" not in stack["StackStatus"]


def handle(
    request: Request,
    *,
    ecs: ECSClient,
    ssm: SSMClient,
    cloudformation: CloudFormationClient,
    clock: Clock,
    respond: Callable[[str, bytes], None],
) -> None:
    """Do what CloudFormation asks for, and answer whatever happens: a request without an answer blocks the stack."""
    status, reason = "SUCCESS", ""
    try:
        if is_needed(request, cloudformation):
            properties = request["ResourceProperties"]
            tasks = Tasks(ecs, properties, request_id=request["RequestId"][:36], clock=clock)
            lock = Lock(ssm, tasks, name=properties["LockName"], clock=clock)
            migrate(properties, tasks=tasks, lock=lock, clock=clock)
    except MigrationError as error:
        status, reason = "FAILED", str(error)
    except Exception as error:
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    print(json.dumps({"request": request["RequestType"], "status": status, "reason": reason}))
    answer = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": _PHYSICAL_ID,
        "StackId": request["StackId"],
        "RequestId": request["RequestId"],
        "LogicalResourceId": request["LogicalResourceId"],
    }
    respond(request["ResponseURL"], json.dumps(answer).encode())


def handler(request: Request, context: Context) -> None:
    """The entry point of the function."""
    config = Config(retries={"mode": "standard", "max_attempts": 10})
    handle(
        request,
        ecs=boto3.client("ecs", config=config),
        ssm=boto3.client("ssm", config=config),
        cloudformation=boto3.client("cloudformation", config=config),
        clock=Clock(lambda: context.get_remaining_time_in_millis() / 1000),
        respond=_put,
    )


def _wait(arn: str, properties: Properties, *, tasks: Tasks, clock: Clock) -> TaskTypeDef:
    end = clock.now() + timedelta(minutes=int(properties["TimeoutMinutes"]))
    while True:
        task = tasks.find(arn)
        if task is not None and task.get("lastStatus") == "STOPPED":
            return task
        if clock.now() >= end or not clock.wait():
            tasks.stop(arn)
            minutes = properties["TimeoutMinutes"]
            raise MigrationError(
                f"the migrations did not end within {minutes} minutes and were stopped; {_logs(arn, properties)}"
            )


def _judge(task: TaskTypeDef, properties: Properties) -> None:
    containers = [found for found in task.get("containers", []) if found.get("name") == properties["Container"]]
    code = containers[0].get("exitCode") if containers else None
    if code == 0:
        return
    why = ", ".join(filter(None, [task.get("stoppedReason"), *(found.get("reason") for found in containers)]))
    ended = "the migrations did not start" if code is None else f"the migrations ended with exit code {code}"
    raise MigrationError(f"{ended}: {why or 'no reason given'}; {_logs(task['taskArn'], properties)}")


def _logs(arn: str, properties: Properties) -> str:
    task_id = arn.rsplit("/", 1)[-1]
    stream = f"{properties['LogStreamPrefix']}/{properties['Container']}/{task_id}"
    return f"log group {properties['LogGroup']}, stream {stream}"


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _put(url: str, body: bytes) -> None:
    # The signature of the address covers an empty content type.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=10):
        return
