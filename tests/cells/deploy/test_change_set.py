"""What CloudFormation itself says it would do, beside what we say."""

import json

import pytest
from botocore.exceptions import ClientError

from cells.deploy.change_set import Asked, ask
from cells.deploy.deployment import Deployment
from constructs_lib.specs.errors import CellsError
from tests.cells.deploy.conftest import ACCOUNT, HOME, FakeCdk, FakeStack, FakeTarget, Told, Write, Written

QUEUE = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}}
SLOWER = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs", "DelaySeconds": 5}}}
RENAMED = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "other"}}}
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


def row(action: str, logical_id: str = "Jobs", type: str = "AWS::SQS::Queue", **others) -> dict:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": type, **others}
    return {"Type": "Resource", "ResourceChange": change}


def modified(*details: tuple[str, str], replacement: str = "False") -> dict:
    """A row of a resource that is modified: the evaluation and the need for a new one of each detail."""
    targets = [
        {"Evaluation": evaluation, "Target": {"Attribute": "Properties", "RequiresRecreation": recreation}}
        for evaluation, recreation in details
    ]
    return row("Modify", Replacement=replacement, Details=targets)


@pytest.fixture
def cloud(target: FakeTarget):
    return target.clients(ACCOUNT, HOME).cloudformation


@pytest.fixture
def deployment(write: Write, target: FakeTarget, cdk: FakeCdk, told: Told):
    def of(*stacks: Written) -> Deployment:
        return Deployment(write(*stacks), target, cdk, told)

    return of


@pytest.fixture
def asked(deployment, cloud, cdk: FakeCdk):
    """Asks for a stack that is there, and whose change set has these pages."""

    def of(
        *pages: list[dict], there: dict = QUEUE, now: dict = SLOWER, status: str = "CREATE_COMPLETE"
    ) -> tuple[Asked, ...]:
        cloud.stacks["data"] = FakeStack({"Resources": there}, status)
        cdk.change_sets["Data"] = list(pages)
        run = deployment(Written("Data", now))
        return ask(run, run.changes())

    return of


def answers(found: tuple[Asked, ...]) -> dict[str, tuple[str, str]]:
    return {one.logical_id: (one.ours, one.theirs) for one in found}


@pytest.mark.parametrize(
    "name, answer, theirs",
    [
        ("a new resource", row("Add"), "create"),
        ("a resource that goes", row("Remove"), "remove"),
        ("a resource that goes and is kept", row("Remove", PolicyAction="Retain"), "remove"),
        ("a value that may change", modified(("Static", "Never")), "update"),
        ("a value that may not", modified(("Static", "Always"), replacement="True"), "replace"),
        ("one of several", modified(("Static", "Never"), ("Static", "Always"), replacement="True"), "replace"),
        ("it depends", modified(("Static", "Conditionally"), replacement="Conditional"), "perhaps replace"),
        ("a value that is read later", modified(("Dynamic", "Always"), replacement="Conditional"), "decided later"),
        (
            "what is read later decides nothing now",
            modified(("Static", "Never"), ("Dynamic", "Always"), replacement="Conditional"),
            "update",
        ),
        (
            "what is sure decides",
            modified(("Static", "Always"), ("Dynamic", "Never"), replacement="True"),
            "replace",
        ),
        (
            "what is sure decides, whatever is said of the whole",
            modified(("Static", "Always"), ("Dynamic", "Never"), replacement="Conditional"),
            "replace",
        ),
        ("no details", modified(replacement="False"), "update"),
        ("no details, a new one", modified(replacement="True"), "replace"),
        ("no details, it depends", modified(replacement="Conditional"), "perhaps replace"),
        ("no more than that it is modified", row("Modify"), "update"),
        ("tags", row("Modify", Details=[{"Evaluation": "Static", "Target": {"Attribute": "Tags"}}]), "update"),
        ("a detail without a target", row("Modify", Details=[{"Evaluation": "Static"}]), "update"),
    ],
)
def test_a_row_of_a_change_set_is_an_answer(asked, name: str, answer: dict, theirs: str) -> None:
    assert answers(asked([answer])) == {"Jobs": ("update", theirs)}


def test_all_pages_are_read_and_hooks_are_no_resources(asked) -> None:
    found = asked([modified(("Static", "Never"))], [{"Type": "Hook"}], [row("Add", "Topic", "AWS::SNS::Topic")])

    assert answers(found) == {"Jobs": ("update", "update"), "Topic": ("nothing", "create")}
    assert [one.type for one in found] == ["AWS::SQS::Queue", "AWS::SNS::Topic"]


@pytest.mark.parametrize(
    "now, answer, ours",
    [
        (SLOWER, modified(("Static", "Never")), "update"),
        (RENAMED, modified(("Static", "Always"), replacement="True"), "replace"),
        (SLOWER | TOPIC, modified(("Static", "Never")), "update"),
    ],
)
def test_what_we_say_stands_beside_it(asked, now: dict, answer: dict, ours: str) -> None:
    found = {one.logical_id: one for one in asked([answer, row("Add", "Topic")], now=now)}

    assert found["Jobs"].ours == ours
    assert found["Jobs"].agrees
    assert found["Topic"].agrees == ("Topic" in now)


def test_what_only_we_say_has_our_type_and_disagrees(asked) -> None:
    [one] = asked([])

    assert one == Asked("Data", "Jobs", "AWS::SQS::Queue", "update", "nothing")
    assert not one.agrees


@pytest.mark.parametrize(
    "ours, theirs, agrees",
    [
        ("update", "update", True),
        ("update", "replace", False),
        ("replace", "perhaps replace", False),
        ("nothing", "decided later", True),
        ("replace", "decided later", True),
        ("nothing", "update", False),
    ],
)
def test_both_agree_as_far_as_cloudformation_can_say(ours, theirs, agrees: bool) -> None:
    assert Asked("Data", "Jobs", "AWS::SQS::Queue", ours, theirs).agrees == agrees


def test_a_resource_that_moved_is_a_new_one_and_one_that_goes_to_both(asked) -> None:
    moved = {"Work": QUEUE["Jobs"], **TOPIC}

    found = asked([row("Add", "Work"), row("Remove", "Jobs")], there=QUEUE | TOPIC, now=moved)

    assert answers(found) == {"Jobs": ("remove", "remove"), "Work": ("create", "create")}


def test_a_change_set_is_asked_of_the_cdk_for_one_stack_without_anything_being_done(asked, cloud, cdk: FakeCdk) -> None:
    asked([modified(("Static", "Never"))])

    [line] = cdk.lines
    assert line[line.index("--exclusively") + 1] == "Data"
    assert line[line.index("--method") + 1] == "prepare-change-set"
    assert line[line.index("--require-approval") + 1] == "never"
    assert line[-2:] == ["--profile", "fake"]
    assert json.dumps(cloud.stacks["data"].template) == json.dumps({"Resources": QUEUE})


def test_the_change_set_is_deleted(asked, cloud) -> None:
    asked([modified(("Static", "Never"))])

    assert cloud.calls == ["describe_change_set data", "delete_change_set data"]
    assert cloud.stacks["data"].change_sets == {}


def test_the_change_set_is_deleted_also_after_a_failure(asked, cloud, cdk: FakeCdk) -> None:
    cdk.fail["Data"] = []

    with pytest.raises(CellsError, match="no change set could be made for data: it failed") as failed:
        asked([])

    assert failed.value.exit_code == 1
    assert cloud.calls == ["delete_change_set data"]
    assert cloud.stacks["data"].change_sets == {}


def test_the_change_set_is_deleted_also_when_it_cannot_be_read(asked, cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(operation: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

    monkeypatch.setattr(cloud, "get_paginator", denied)

    with pytest.raises(ClientError, match="AccessDenied"):
        asked([modified(("Static", "Never"))])
    assert cloud.stacks["data"].change_sets == {}


def test_a_change_set_in_which_the_cdk_finds_nothing_to_do_says_nothing(deployment, cloud, cdk: FakeCdk) -> None:
    cloud.stacks["data"] = FakeStack({"Resources": QUEUE})
    cdk.change_sets["Data"] = None
    run = deployment(Written("Data", SLOWER))

    assert answers(ask(run, run.changes())) == {"Jobs": ("update", "nothing")}


@pytest.mark.parametrize(
    "status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"]
)
def test_a_stack_of_which_cloudformation_makes_no_change_set_is_refused(asked, cdk: FakeCdk, status: str) -> None:
    with pytest.raises(CellsError, match=f"data is {status}, so CloudFormation makes no change set for it") as refused:
        asked([], status=status)

    assert "`cells diff` without --change-set works" in refused.value.hint
    assert cdk.lines == []


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_in_a_good_state_is_asked_about(asked, cdk: FakeCdk, status: str) -> None:
    asked([], status=status)

    assert len(cdk.lines) == 1


@pytest.mark.parametrize(
    "name, there",
    [
        ("created", None),
        ("kept", FakeStack({"Resources": SLOWER})),
        ("created anew", FakeStack({"Resources": QUEUE}, "ROLLBACK_COMPLETE")),
    ],
)
def test_nothing_is_asked_for_a_stack_that_is_not_updated(
    deployment, cloud, cdk: FakeCdk, name: str, there: FakeStack | None
) -> None:
    if there:
        cloud.stacks["data"] = there
    run = deployment(Written("Data", SLOWER))

    assert ask(run, run.changes()) == ()
    assert cdk.lines == []


def test_each_stack_that_is_updated_is_asked_about(deployment, cloud, cdk: FakeCdk) -> None:
    for id in ("Data", "Edge"):
        cloud.stacks[id.lower()] = FakeStack({"Resources": QUEUE})
        cdk.change_sets[id] = [[modified(("Static", "Never"))]]
    cloud.stacks["kept"] = FakeStack({"Resources": QUEUE})
    run = deployment(Written("Data", SLOWER), Written("Kept", QUEUE), Written("Edge", SLOWER))

    assert [(one.stack, one.theirs) for one in ask(run, run.changes())] == [("Data", "update"), ("Edge", "update")]
