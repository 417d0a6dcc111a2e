"""The order of a deployment, and what it does to stacks that earlier runs left behind."""

import json

import pytest

from assembly.stateful import stack_policy
from cells.deploy.deployment import Deployment
from cells.deploy.resolved import ResolvedValues
from constructs_lib.specs.errors import CellsError, DataLossError, InputError
from tests.cells.deploy.conftest import ACCOUNT, HOME, FakeCdk, FakeStack, FakeTarget, Told, Write, Written

QUEUE = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}}
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
OUTPUT = {"Arn": {"Value": {"Ref": "Jobs"}}}


def _reader(output: str = "Arn"):
    call = {"Fn::GetStackOutput": {"StackName": "data", "OutputName": output, "Region": HOME}}
    return {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": call}}}


DATA = Written("Data", QUEUE, outputs=OUTPUT)
SERVICE = Written("Service", _reader(), needs=("Data",))
EDGE = Written("Edge", TOPIC, needs=("Service",), region="us-east-1")


@pytest.fixture
def deployment(write: Write, target: FakeTarget, cdk: FakeCdk, told: Told):
    def of(*stacks: Written, **options) -> Deployment:
        assembly = write(*(stacks or (EDGE, SERVICE, DATA)))
        resolved = ResolvedValues(target.clients(ACCOUNT, HOME), "/cells/x/resolved")
        return Deployment(assembly, target, cdk, told, resolved=resolved, **options)

    return of


def test_stacks_go_one_by_one_after_what_they_need(deployment, cdk: FakeCdk) -> None:
    deployment().run()

    assert cdk.deployed == ["Data", "Service", "Edge"]
    for line in cdk.lines:
        assert line[line.index("--require-approval") + 1] == "never"
        assert line[-2:] == ["--profile", "fake"]


@pytest.fixture
def plain(write: Write, target: FakeTarget, cdk: FakeCdk, told: Told):
    """A deployment of stacks that read nothing of each other."""

    def of(*stacks: Written) -> Deployment:
        return Deployment(write(*stacks), target, cdk, told)

    return of


HUB = Written("Hub", TOPIC)
FIRST, SECOND = Written("Hub-first", QUEUE, needs=("Hub",)), Written("Hub-second", TOPIC, needs=("Hub",))
FAR = Written("Far", TOPIC, needs=("Hub-second",), region="us-east-1")


def test_neighbours_with_the_same_credentials_go_in_one_run_when_nothing_is_between_them(plain, cdk: FakeCdk) -> None:
    results = plain(HUB, FIRST, SECOND, FAR).run()

    assert cdk.batches == [["Hub", "Hub-first", "Hub-second"], ["Far"]]
    assert cdk.lines[0][cdk.lines[0].index("--concurrency") + 1] == "4"
    assert "--concurrency" not in cdk.lines[1]
    assert [result.action for result in results] == ["create"] * 4


def test_of_a_run_for_several_only_those_that_change_are_deployed(plain, cdk: FakeCdk, target: FakeTarget) -> None:
    run = plain(HUB, FIRST, SECOND)
    run.run()
    target.clients(ACCOUNT, HOME).cloudformation.stacks["hub-first"].template = {}

    results = run.run()

    assert cdk.batches[1:] == [["Hub-first"]]
    assert [result.action for result in results] == ["keep", "update", "keep"]


def test_every_stack_of_a_run_for_several_gets_its_policy(plain, target: FakeTarget) -> None:
    run = plain(HUB, FIRST, SECOND)
    run.run()

    live = target.clients(ACCOUNT, HOME).cloudformation.stacks
    for stack in run.assembly.stacks:
        assert json.loads(live[stack.stack_name].policy) == stack_policy(stack.template)


def test_the_one_that_fails_in_a_run_for_several_is_named(plain, cdk: FakeCdk) -> None:
    cdk.fail["Hub-first"] = [("Jobs", "CREATE_FAILED", "no more queues")]

    with pytest.raises(CellsError, match=r"^hub-first was not deployed: Jobs .*no more queues"):
        plain(HUB, FIRST, SECOND).run()


def test_each_stack_gets_its_policy(deployment, target: FakeTarget) -> None:
    run = deployment()
    run.run()

    live = target.clients(ACCOUNT, HOME).cloudformation.stacks["data"]
    assert json.loads(live.policy) == stack_policy(run.assembly.stack("Data").template)
    assert "LogicalResourceId/Jobs" in live.policy


def test_a_policy_that_does_not_stick_is_an_error(deployment, target: FakeTarget) -> None:
    target.clients(ACCOUNT, HOME).cloudformation.loses_policies = True

    with pytest.raises(CellsError, match="stack policy of data was set, but is not there"):
        deployment().run()


def test_an_unchanged_stack_is_left_alone(deployment, cdk: FakeCdk) -> None:
    deployment().run()
    cdk.lines.clear()

    results = deployment().run()

    assert cdk.lines == []
    assert {result.action for result in results} == {"keep"}


def test_a_reader_is_forced_when_only_the_value_changed(deployment, cdk: FakeCdk, target: FakeTarget) -> None:
    cdk.outputs["Data"] = {"Arn": "one"}
    deployment().run()
    cdk.lines.clear()

    target.clients(ACCOUNT, HOME).cloudformation.stacks["data"].outputs["Arn"] = "two"
    deployment().run()
    deployment().run()

    assert cdk.deployed == ["Service"]
    assert "--force" in cdk.lines[0]


def test_an_output_that_is_still_read_cannot_go(deployment) -> None:
    deployment().run()
    run = deployment(Written("Data", QUEUE), Written("Service", TOPIC, needs=("Data",)))

    with pytest.raises(InputError, match="service reads Arn of data"):
        run.check(run.changes())


def test_replacing_what_holds_data_is_refused_before_anything_runs(deployment, cdk: FakeCdk) -> None:
    deployment().run()
    renamed = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "other"}}}
    run = deployment(Written("Data", renamed, outputs=OUTPUT), SERVICE, EDGE)

    with pytest.raises(DataLossError, match=r"replace Jobs \(QueueName cannot change in place\)") as refused:
        run.check(run.changes())
    assert refused.value.exit_code == 3


def test_data_that_was_given_up_may_go_and_the_policy_comes_back(deployment, target: FakeTarget, told: Told) -> None:
    deployment().run()
    renamed = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "other"}}}
    run = deployment(Written("Data", renamed, outputs=OUTPUT), SERVICE, EDGE, release=True)

    run.check(run.changes())
    run.run()

    assert told.notes == ["data: the stack policy lets Jobs go"]
    policy = target.clients(ACCOUNT, HOME).cloudformation.stacks["data"].policy
    assert "LogicalResourceId/Jobs" in policy


def test_data_that_goes_because_another_stack_replaces_something_is_given_up_too(
    deployment, target: FakeTarget, cdk: FakeCdk, told: Told
) -> None:
    call = {"Fn::GetStackOutput": {"StackName": "data", "OutputName": "Arn", "Region": HOME}}
    files = {"Files": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": call}}}
    service = Written("Service", files, needs=("Data",))
    cdk.outputs["Data"] = {"Arn": "one"}
    deployment(DATA, service).run()
    renamed = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "other"}}}
    run = deployment(Written("Data", renamed, outputs=OUTPUT), service, release=True)

    lost = [(change.stack.id, one.logical_id) for change in run.changes() for one in change.endangered]
    cdk.outputs["Data"] = {"Arn": "other"}
    run.run()

    assert lost == [("Data", "Jobs"), ("Service", "Files")]
    assert "service: the stack policy lets Files go" in told.notes
    stacks = target.clients(ACCOUNT, HOME).cloudformation.stacks
    assert "LogicalResourceId/Files" in stacks["service"].policy


def test_what_stays_outside_the_stack_is_no_loss(deployment) -> None:
    kept = {"Jobs": {**QUEUE["Jobs"], "DeletionPolicy": "Retain"}, **TOPIC}
    deployment(Written("Data", kept)).run()
    run = deployment(Written("Data", TOPIC))

    run.check(run.changes())

    assert [result.action for result in run.run()] == ["update"]


def test_a_gate_stops_before_its_stack_and_the_next_run_goes_on(deployment, cdk: FakeCdk) -> None:
    def closed(_) -> None:
        raise InputError("a secret is empty")

    with pytest.raises(InputError, match="a secret is empty"):
        deployment(before={"Service": closed}).run()
    assert cdk.deployed == ["Data"]
    deployment().run()

    assert cdk.deployed == ["Data", "Service", "Edge"]


def test_a_failed_first_create_is_removed_and_made_again(deployment, target: FakeTarget, cdk: FakeCdk) -> None:
    cloud = target.clients(ACCOUNT, HOME).cloudformation
    cloud.stacks["data"] = FakeStack({}, "ROLLBACK_COMPLETE", protected=True)

    deployment().run()

    assert "delete_stack data" in cloud.calls
    assert cloud.stacks["data"].status == "UPDATE_COMPLETE"


def test_a_failed_stack_that_still_holds_data_is_left_alone(deployment, target: FakeTarget) -> None:
    cloud = target.clients(ACCOUNT, HOME).cloudformation
    cloud.stacks["data"] = FakeStack({"Resources": QUEUE}, "DELETE_FAILED")

    with pytest.raises(CellsError, match="still has Jobs, which holds messages"):
        deployment().run()
    assert cloud.stacks["data"].status == "DELETE_FAILED"


def test_a_stack_in_progress_is_waited_for(deployment, target: FakeTarget, cdk: FakeCdk, told: Told) -> None:
    cloud = target.clients(ACCOUNT, HOME).cloudformation
    cloud.stacks["data"] = FakeStack({}, "CREATE_IN_PROGRESS", after=["CREATE_IN_PROGRESS", "CREATE_COMPLETE"])

    deployment().run()

    assert told.notes[0] == "data is CREATE_IN_PROGRESS: waiting for it to end"
    assert cdk.deployed[0] == "Data"


def test_an_update_that_could_not_go_back_is_explained(deployment, target: FakeTarget, cdk: FakeCdk) -> None:
    target.clients(ACCOUNT, HOME).cloudformation.stacks["data"] = FakeStack({}, "UPDATE_ROLLBACK_FAILED")

    with pytest.raises(CellsError, match="UPDATE_ROLLBACK_FAILED") as told:
        deployment().run()
    assert "continue-update-rollback --stack-name data --region eu-west-1" in told.value.hint
    assert cdk.lines == []


def test_a_failure_names_the_resource_and_not_what_was_cancelled(deployment, cdk: FakeCdk) -> None:
    cdk.fail["Data"] = [
        ("Jobs", "CREATE_FAILED", "the name is taken"),
        ("Other", "CREATE_FAILED", "Resource creation cancelled"),
    ]

    with pytest.raises(CellsError) as failed:
        deployment().run()

    assert "Jobs (AWS::SNS::Topic): the name is taken" in failed.value.message
    assert "Other" not in failed.value.message
    assert failed.value.exit_code == 1
    deployment().run()
    assert cdk.deployed == ["Data", "Data", "Service", "Edge"]


def test_only_some_stacks_can_be_deployed_and_unknown_ones_are_refused(deployment, cdk: FakeCdk) -> None:
    run = deployment()
    with pytest.raises(InputError, match="no stack 'Servic' in this cell"):
        run.changes(["Servic"])

    run.run(["Data"])

    assert cdk.deployed == ["Data"]
