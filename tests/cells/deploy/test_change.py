"""What a deployment would change, from the templates that are there and the ones that come."""

import pytest

from cells.deploy.change import StackChange, compare_with_live, compare_with_nothing
from cells.deploy.stack import ABSENT, LiveStack
from constructs_lib.specs.errors import InputError
from tests.cells.deploy.conftest import ACCOUNT, HOME, FakeStack, FakeTarget, Write, Written

QUEUE = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}}
RENAMED = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "other"}}}
SLOWER = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs", "DelaySeconds": 5}}}
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "News"}}}
OUTPUT = {"Arn": {"Value": {"Fn::GetAtt": ["Jobs", "Arn"]}}}


def _reader(type: str, property: str) -> dict:
    """A resource of another stack that reads the output."""
    call = {"Fn::GetStackOutput": {"StackName": "data", "OutputName": "Arn", "Region": HOME}}
    return {"Reader": {"Type": type, "Properties": {property: call}}}


@pytest.fixture
def compare(write: Write, target: FakeTarget):
    """Compares stacks with what is there, by id. `there` has a template, or a stack with its state."""

    def of(*stacks: Written, there: dict | None = None, only: tuple[str, ...] = ()) -> dict[str, StackChange]:
        assembly = write(*stacks)
        cloud = target.clients(ACCOUNT, HOME).cloudformation
        for id, stack in (there or {}).items():
            cloud.stacks[id.lower()] = stack if isinstance(stack, FakeStack) else FakeStack({"Resources": stack})
        live = {one.id: LiveStack(target.clients(ACCOUNT, one.region), one.stack_name) for one in assembly.stacks}
        found = compare_with_live(assembly, live, only)
        return {id: StackChange(assembly.stack(id), status, diff) for id, (status, diff) in found.items()}

    return of


def fates(change: StackChange) -> dict[str, str]:
    return {one.logical_id: one.action for one in change.changes}


def test_what_is_not_there_is_created(compare) -> None:
    change = compare(Written("Data", QUEUE))["Data"]

    assert (change.status, change.action) == (ABSENT, "create")
    assert fates(change) == {"Jobs": "create"}
    assert change.note == ""


def test_a_stack_that_is_as_its_template_says_is_kept(compare) -> None:
    change = compare(Written("Data", QUEUE), there={"Data": QUEUE})["Data"]

    assert (change.status, change.action, change.changes) == ("CREATE_COMPLETE", "keep", ())


def test_a_stack_that_is_otherwise_is_updated_and_counts_what_changes(compare) -> None:
    change = compare(Written("Data", SLOWER | TOPIC), there={"Data": QUEUE})["Data"]

    assert change.action == "update"
    assert fates(change) == {"Jobs": "update", "Topic": "create"}
    assert {action: change.count(action) for action in ("create", "update", "replace", "remove")} == {
        "create": 1,
        "update": 1,
        "replace": 0,
        "remove": 0,
    }


def test_the_same_template_with_new_values_to_read_is_refreshed(compare) -> None:
    kept = compare(Written("Data", QUEUE), there={"Data": QUEUE})["Data"]

    assert StackChange(kept.stack, kept.status, kept.diff, force=True).action == "refresh"


def test_only_an_output_that_changed_is_an_update(compare) -> None:
    there = FakeStack({"Resources": QUEUE, "Outputs": OUTPUT})

    change = compare(Written("Data", QUEUE), there={"Data": there})["Data"]

    assert change.action == "update"
    assert change.changes == ()
    assert [(one.name, one.after) for one in change.diff.outputs] == [("Arn", None)]


@pytest.mark.parametrize(
    "was, will_be, action", [(True, True, "keep"), (False, True, "update"), (True, False, "update")]
)
def test_termination_protection_is_compared_with_what_the_stack_has(
    compare, was: bool, will_be: bool, action: str
) -> None:
    there = FakeStack({"Resources": QUEUE}, protected=was)

    assert compare(Written("Data", QUEUE, protected=will_be), there={"Data": there})["Data"].action == action


@pytest.fixture
def cascade(compare):
    """A queue is replaced whose URL or ARN another stack reads."""

    def of(reader: dict, **options) -> dict[str, StackChange]:
        there = {"Data": FakeStack({"Resources": QUEUE, "Outputs": OUTPUT}), "Service": reader}
        service = Written("Service", reader, needs=("Data",))
        return compare(Written("Data", RENAMED, outputs=OUTPUT), service, there=there, **options)

    return of


@pytest.mark.parametrize(
    "type, property, fate",
    [("AWS::Lambda::EventSourceMapping", "EventSourceArn", "replace"), ("AWS::SNS::Topic", "DisplayName", "update")],
)
def test_a_replacement_that_cascades_into_another_stack_is_seen_before_anything_runs(
    cascade, type: str, property: str, fate: str
) -> None:
    changes = cascade(_reader(type, property))

    assert fates(changes["Data"]) == {"Jobs": "replace"}
    assert [one.logical_id for one in changes["Data"].endangered] == ["Jobs"]
    assert changes["Service"].action == "update"
    assert fates(changes["Service"]) == {"Reader": fate}
    assert changes["Service"].changes[0].follows == ("Data/Jobs",)


def test_what_another_stack_replaces_is_not_seen_when_only_one_is_looked_at(cascade) -> None:
    changes = cascade(_reader("AWS::SNS::Topic", "DisplayName"), only=("Service",))

    assert {id: change.action for id, change in changes.items()} == {"Service": "keep"}


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"])
def test_a_stack_that_was_never_made_is_compared_with_nothing_and_told(compare, status: str) -> None:
    there = FakeStack({"Resources": SLOWER}, status)

    change = compare(Written("Data", QUEUE), there={"Data": there})["Data"]

    assert fates(change) == {"Jobs": "create"}
    assert change.endangered == ()
    assert change.note == f"data is {status}: it is compared with nothing, because a deployment makes it anew"


@pytest.mark.parametrize(
    "status, note",
    [
        ("CREATE_COMPLETE", ""),
        ("UPDATE_COMPLETE", ""),
        ("UPDATE_ROLLBACK_COMPLETE", ""),
        ("IMPORT_COMPLETE", ""),
        ("UPDATE_ROLLBACK_FAILED", "data is UPDATE_ROLLBACK_FAILED: what is there may not be what its template says"),
        ("UPDATE_FAILED", "data is UPDATE_FAILED: what is there may not be what its template says"),
        ("UPDATE_IN_PROGRESS", "data is UPDATE_IN_PROGRESS: it is compared with a template that is on its way"),
        (
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "data is UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: it is compared with a template that is on its way",
        ),
    ],
)
def test_the_state_of_a_stack_is_told_when_it_is_no_good_one(compare, status: str, note: str) -> None:
    change = compare(Written("Data", SLOWER), there={"Data": FakeStack({"Resources": QUEUE}, status)})["Data"]

    assert change.note == note
    assert fates(change) == {"Jobs": "update"}


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"])
def test_a_stack_of_which_only_a_name_is_left_is_not_there(compare, status: str) -> None:
    change = compare(Written("Data", QUEUE), there={"Data": FakeStack({}, status)})["Data"]

    assert (change.status, change.action, change.note) == (ABSENT, "create", "")


def test_a_stack_of_that_name_that_something_else_made_is_wrong_input(compare) -> None:
    with pytest.raises(InputError, match="the stack data in eu-west-1 has none of this cell's resources") as refused:
        compare(Written("Data", QUEUE), there={"Data": TOPIC})

    assert refused.value.exit_code == 2
    assert "a deployment would delete what is in it" in refused.value.hint


def test_a_stack_without_resources_is_nobody_elses(compare) -> None:
    assert compare(Written("Data", QUEUE), there={"Data": {}})["Data"].action == "update"


@pytest.mark.parametrize("template", ["Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n", "{"])
def test_a_template_that_is_no_json_is_wrong_input(compare, template: str) -> None:
    with pytest.raises(InputError, match="the template of data in eu-west-1 is not JSON") as refused:
        compare(Written("Data", QUEUE), there={"Data": FakeStack(template)})

    assert "something else has made it" in refused.value.hint


def test_a_template_that_comes_as_a_text_of_json_is_read(compare) -> None:
    text = '{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}}}'

    assert compare(Written("Data", QUEUE), there={"Data": FakeStack(text)})["Data"].action == "keep"


def test_only_some_stacks_can_be_compared(compare) -> None:
    changes = compare(Written("Data", QUEUE), Written("Edge", TOPIC), there={"Edge": TOPIC}, only=("Edge",))

    assert {id: change.action for id, change in changes.items()} == {"Edge": "keep"}


def test_a_cell_without_an_account_is_compared_with_nothing(write: Write) -> None:
    change = compare_with_nothing(write(Written("Data", QUEUE)).stack("Data"))

    assert (change.status, change.action) == (ABSENT, "create")
    assert fates(change) == {"Jobs": "create"}
