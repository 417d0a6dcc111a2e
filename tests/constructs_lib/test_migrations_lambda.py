"""The function that runs the migrations, with ECS, SSM and CloudFormation that are fakes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.lambdas.migrations import index

PROPERTIES = {
    "ServiceToken": "function",
    "Digest": "sha256:new",
    "TaskDefinition": "definition:2",
    "Cluster": "cluster",
    "Container": "app",
    "Subnets": ["subnet-1", "subnet-2"],
    "SecurityGroups": ["sg-1"],
    "LockName": "/cells/acme-crm/dev/migrations-lock",
    "TimeoutMinutes": "10",
    "LogGroup": "migrations-log",
    "LogStreamPrefix": "task",
}
OLD = {**PROPERTIES, "Digest": "sha256:old", "TaskDefinition": "definition:1"}
START = datetime(2026, 11, 21, tzinfo=UTC)


def error(code, message="refused"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class FakeTime:
    """A clock that moves only when somebody sleeps; the function lives for `life` seconds."""

    def __init__(self, life=900.0):
        self.passed = 0.0
        self.life = life

    def clock(self):
        return index.Clock(lambda: self.life - self.passed, sleep=self.sleep, now=self.now)

    def sleep(self, seconds):
        self.passed += seconds

    def now(self):
        return START + timedelta(seconds=self.passed)


class FakeEcs:
    """Runs tasks that end after `seconds` with `exit_code`; knows a client token again."""

    def __init__(
        self, time, *, seconds=20.0, exit_code=0, refusals=(), failures=(), reason="Essential container exited"
    ):
        self.time = time
        self.seconds = seconds
        self.exit_code = exit_code
        self.refusals = list(refusals)
        self.failures = list(failures)
        self.reason = reason
        self.tasks = {}
        self.started = []
        self.stopped = []

    def run_task(self, **call):
        if self.refusals:
            raise self.refusals.pop(0)
        if self.failures:
            return {"tasks": [], "failures": self.failures}
        arn = f"arn:aws:ecs:eu-west-1:111122223333:task/cluster/{call['clientToken']}"
        if arn not in self.tasks:
            self.started.append(call)
            self.add(arn, started_by=call["startedBy"], ends=self.time.passed + self.seconds, code=self.exit_code)
        return {"tasks": [self.describe(arn)], "failures": []}

    def add(self, arn, *, started_by, ends, code=0):
        self.tasks[arn] = {"startedBy": started_by, "ends": ends, "code": code}

    def describe(self, arn):
        task = self.tasks[arn]
        described = {"taskArn": arn, "startedBy": task["startedBy"], "lastStatus": "RUNNING"}
        if self.time.passed < task["ends"]:
            return described
        container = {"name": "app"} if task["code"] is None else {"name": "app", "exitCode": task["code"]}
        return {**described, "lastStatus": "STOPPED", "stoppedReason": self.reason, "containers": [container]}

    def describe_tasks(self, *, cluster, tasks):
        assert cluster == "cluster"
        return {"tasks": [self.describe(arn) for arn in tasks if arn in self.tasks]}

    def stop_task(self, *, cluster, task, reason):
        self.stopped.append(task)


class FakeSsm:
    """Parameters, with the time of their last change."""

    def __init__(self, time):
        self.time = time
        self.parameters = {}
        self.history = []

    def put_parameter(self, *, Name, Value, Overwrite, **_):
        if Name in self.parameters and not Overwrite:
            raise error("ParameterAlreadyExists")
        self.parameters[Name] = {"Value": Value, "LastModifiedDate": self.time.now()}
        self.history.append(Value)

    def get_parameter(self, *, Name):
        if Name not in self.parameters:
            raise error("ParameterNotFound")
        return {"Parameter": self.parameters[Name]}

    def delete_parameter(self, *, Name):
        if Name not in self.parameters:
            raise error("ParameterNotFound")
        del self.parameters[Name]


class FakeCloudFormation:
    def __init__(self, status="UPDATE_IN_PROGRESS"):
        self.status = status

    def describe_stacks(self, *, StackName):
        return {"Stacks": [{"StackName": StackName, "StackStatus": self.status}]}


class World:
    """One account with one lock, from CloudFormation's side."""

    def __init__(self, *, life=900.0, status="UPDATE_IN_PROGRESS", **ecs):
        self.time = FakeTime(life)
        self.ecs = FakeEcs(self.time, **ecs)
        self.ssm = FakeSsm(self.time)
        self.cloudformation = FakeCloudFormation(status)

    @property
    def lock(self):
        parameter = self.ssm.parameters.get(PROPERTIES["LockName"])
        return parameter and parameter["Value"]

    @lock.setter
    def lock(self, value):
        self.ssm.put_parameter(Name=PROPERTIES["LockName"], Value=value, Overwrite=True)

    def send(self, type="Create", *, request_id="request-1", properties=PROPERTIES, old=None):
        request = {
            "RequestType": type,
            "ResponseURL": "https://answers.example.com/1",
            "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/Service/1",
            "RequestId": request_id,
            "LogicalResourceId": "Migrations",
            "ResourceProperties": properties,
        }
        if old:
            request["OldResourceProperties"] = old
        answers = []
        index.handle(
            request,
            ecs=self.ecs,
            ssm=self.ssm,
            cloudformation=self.cloudformation,
            clock=self.time.clock(),
            respond=lambda url, body: answers.append((url, json.loads(body))),
        )
        ((url, answer),) = answers
        assert url == "https://answers.example.com/1"
        return answer


def test_a_new_stack_runs_the_migrations_in_the_app_subnets():
    world = World()

    assert world.send("Create")["Status"] == "SUCCESS"
    (call,) = world.ecs.started
    assert call["taskDefinition"] == "definition:2"
    assert call["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "DISABLED",
    }


def test_the_answer_waits_until_the_task_has_stopped():
    world = World(seconds=60)
    world.send()

    assert world.time.passed >= 60


@pytest.mark.parametrize("old", [OLD, PROPERTIES])
def test_every_update_runs_the_migrations_even_when_a_failed_one_left_the_same_properties(old):
    world = World()

    assert world.send("Update", old=old)["Status"] == "SUCCESS"
    assert len(world.ecs.started) == 1


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
def test_a_rollback_runs_nothing_because_the_database_is_ahead(status):
    world = World(status=status)

    assert world.send("Update", properties=OLD, old=PROPERTIES)["Status"] == "SUCCESS"
    assert world.ecs.started == []


def test_deleting_the_resource_runs_nothing():
    world = World()

    assert world.send("Delete")["Status"] == "SUCCESS"
    assert (world.ecs.started, world.ssm.history) == ([], [])


def test_the_physical_id_never_changes_so_that_cloudformation_never_deletes():
    world = World()
    answers = [world.send("Create"), world.send("Update", request_id="request-2", old=OLD), world.send("Delete")]

    assert {answer["PhysicalResourceId"] for answer in answers} == {"migrations"}


def test_the_answer_names_the_request_that_it_is_for():
    answer = World().send(request_id="request-7")

    assert (answer["RequestId"], answer["LogicalResourceId"]) == ("request-7", "Migrations")


def test_a_failing_migration_says_its_exit_code_and_where_its_log_is():
    world = World(exit_code=3)
    answer = world.send()

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        "the migrations ended with exit code 3: Essential container exited; "
        "log group migrations-log, stream task/app/request-1"
    )
    assert world.lock is None


def test_a_task_that_never_started_says_why():
    answer = World(exit_code=None, reason="CannotPullContainerError: not found").send()

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("the migrations did not start: CannotPullContainerError: not found")


def test_a_task_that_cannot_be_placed_fails_and_leaves_no_lock():
    world = World(failures=[{"reason": "Capacity is unavailable at this time"}])
    answer = world.send()

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "the task could not be placed: Capacity is unavailable at this time"
    assert world.lock is None


def test_a_role_that_is_not_known_yet_is_tried_again():
    unknown = error("ClientException", "ECS was unable to assume the role that was provided for this task")
    world = World(refusals=[unknown, unknown])

    assert world.send()["Status"] == "SUCCESS"


def test_a_role_that_stays_unknown_fails_in_time():
    unknown = error("ClientException", "ECS was unable to assume the role that was provided for this task")
    world = World(refusals=[unknown] * 1000)

    assert world.send()["Status"] == "FAILED"
    assert world.time.passed < 900


def test_any_other_refusal_fails_at_once_and_leaves_no_lock():
    world = World(refusals=[error("AccessDeniedException")])
    answer = world.send()

    assert (answer["Status"], world.time.passed, world.lock) == ("FAILED", 0, None)
    assert "AccessDeniedException" in answer["Reason"]


def test_a_migration_that_takes_too_long_is_stopped_and_keeps_its_lock():
    world = World(seconds=3600)
    answer = world.send()

    (task,) = world.ecs.stopped
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("the migrations did not end within 10 minutes and were stopped; log group")
    assert world.lock == task


def test_the_task_is_stopped_before_the_function_is():
    world = World(seconds=3600, life=120)

    assert world.send()["Status"] == "FAILED"
    assert len(world.ecs.stopped) == 1
    assert world.time.passed < 120


def test_a_finished_migration_takes_its_lock_away():
    world = World()
    world.send()

    assert world.lock is None


def test_the_lock_stands_for_the_task_while_it_runs():
    world = World()
    world.send(request_id="request-1")

    assert world.ssm.history == ["starting request-1", "arn:aws:ecs:eu-west-1:111122223333:task/cluster/request-1"]


def test_a_lock_that_a_running_task_holds_is_waited_for():
    world = World(seconds=20)
    world.ecs.add("other", started_by="request-0", ends=60)
    world.lock = "other"

    assert world.send()["Status"] == "SUCCESS"
    assert world.time.passed >= 80


def test_a_lock_that_is_held_for_too_long_fails_and_stays():
    world = World()
    world.ecs.add("other", started_by="request-0", ends=100_000)
    world.lock = "other"
    answer = world.send()

    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "another migration holds the lock /cells/acme-crm/dev/migrations-lock: other"
    assert (world.ecs.started, world.ecs.stopped, world.lock) == ([], [], "other")


def test_the_lock_of_a_task_that_stopped_is_taken_over():
    world = World()
    world.ecs.add("other", started_by="request-0", ends=0)
    world.lock = "other"

    assert world.send()["Status"] == "SUCCESS"
    assert len(world.ecs.started) == 1


def test_the_lock_of_a_task_that_is_forgotten_is_taken_over():
    world = World()
    world.lock = "forgotten"

    assert world.send()["Status"] == "SUCCESS"
    assert len(world.ecs.started) == 1


def test_the_lock_of_a_request_that_just_starts_its_task_is_waited_for():
    world = World(life=300)
    world.lock = "starting request-0"

    assert world.send()["Reason"].startswith("another migration holds the lock")
    assert world.ecs.started == []


def test_the_lock_of_a_request_that_died_before_its_task_is_taken_over():
    world = World()
    world.lock = "starting request-0"
    world.ssm.parameters[PROPERTIES["LockName"]]["LastModifiedDate"] = START - timedelta(minutes=15)

    assert world.send()["Status"] == "SUCCESS"


def test_a_lock_that_goes_while_it_is_looked_at_is_no_error():
    world = World()
    world.lock = "other"
    vanishing = world.ssm.get_parameter

    def get_parameter(*, Name):
        world.ssm.parameters.pop(Name)
        return vanishing(Name=Name)

    world.ssm.get_parameter = get_parameter

    assert world.send()["Status"] == "SUCCESS"


def test_the_same_event_delivered_again_while_the_task_runs_follows_that_task():
    world = World(seconds=60)
    arn = "arn:aws:ecs:eu-west-1:111122223333:task/cluster/request-1"
    world.ecs.add(arn, started_by="request-1", ends=60)
    world.lock = arn

    assert world.send(request_id="request-1")["Status"] == "SUCCESS"
    assert world.ecs.started == []
    assert world.time.passed >= 60


def test_the_same_event_delivered_again_before_the_task_was_written_down_runs_one_task():
    world = World()
    world.lock = "starting request-1"

    assert world.send(request_id="request-1")["Status"] == "SUCCESS"
    assert len(world.ecs.started) == 1


def test_the_same_event_delivered_again_after_the_task_gives_the_same_answer():
    world = World(exit_code=3)
    first = world.send(request_id="request-1")

    assert world.send(request_id="request-1") == first
    assert len(world.ecs.started) == 1


def test_what_nobody_expected_is_answered_as_a_failure():
    world = World()
    world.ssm.put_parameter = None

    assert world.send()["Status"] == "FAILED"


def test_a_long_reason_is_cut_to_what_cloudformation_takes():
    answer = World(refusals=[error("AccessDeniedException", "x" * 5000)]).send()

    assert len(answer["Reason"]) == 1000


@given(seconds=st.integers(0, 5000), code=st.sampled_from([0, 1, None]), life=st.integers(40, 900))
def test_whatever_happens_there_is_one_answer_in_time_and_success_means_exit_code_0(seconds, code, life):
    world = World(seconds=seconds, exit_code=code, life=life)
    answer = world.send()

    assert world.time.passed < life
    assert (answer["Status"] == "SUCCESS") == (code == 0 and not world.ecs.stopped)


@given(st.lists(st.tuples(st.sampled_from(["request-1", "request-2", "request-3"]), st.integers(0, 3000)), max_size=4))
def test_however_requests_follow_each_other_no_task_starts_while_another_runs(deliveries):
    world = World(seconds=700)
    for request_id, pause in deliveries:
        before = [arn for arn, task in world.ecs.tasks.items() if world.time.passed < task["ends"]]
        count = len(world.ecs.started)
        world.time.life = world.time.passed + 900
        world.send(request_id=request_id)
        if len(world.ecs.started) > count:
            started = world.ecs.tasks[f"arn:aws:ecs:eu-west-1:111122223333:task/cluster/{request_id}"]
            assert all(world.ecs.tasks[arn]["ends"] <= started["ends"] - 700 for arn in before)
        world.time.passed += pause
