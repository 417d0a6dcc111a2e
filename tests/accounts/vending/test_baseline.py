"""What the stack sets say of an account; AWS's answers are made up here, the embedded AWS gives real ones."""

import boto3
import pytest
from botocore.stub import Stubber

from accounts.vending.baseline import baseline_states
from accounts.vending.clients import VendingClients
from constructs_lib.specs.errors import CellsError

DEV, PROD = "111122223333", "777788889999"
HOME, EDGE = "eu-west-1", "us-east-1"


@pytest.fixture
def clients():
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=HOME)
    clients = VendingClients(session)
    client = session.client("cloudformation")
    clients.cloudformation = lambda region: client
    with Stubber(client) as stub:
        yield clients, stub


def instance(account, region, status="CURRENT", detailed="SUCCEEDED"):
    return {
        "Account": account,
        "Region": region,
        "Status": status,
        "StackInstanceStatus": {"DetailedStatus": detailed},
    }


def answer(stub, name, regions, *pages):
    stub.add_response(
        "describe_stack_set", {"StackSet": {"Regions": regions}}, {"StackSetName": name, "CallAs": "SELF"}
    )
    for number, page in enumerate(pages):
        wanted = {"StackSetName": name, "CallAs": "SELF"} | ({"NextToken": str(number)} if number else {})
        more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        stub.add_response("list_stack_instances", {"Summaries": page, **more}, wanted)


@pytest.mark.parametrize(
    ("status", "detailed", "state"),
    [
        ("CURRENT", "SUCCEEDED", "current"),
        ("OUTDATED", "RUNNING", "outdated"),
        ("OUTDATED", "PENDING", "outdated"),
        ("OUTDATED", "SKIPPED_SUSPENDED_ACCOUNT", "outdated"),
        ("OUTDATED", "FAILED", "failed"),
        ("OUTDATED", "CANCELLED", "failed"),
        ("INOPERABLE", "INOPERABLE", "failed"),
    ],
)
def test_an_account_is_as_its_stack(clients, status, detailed, state):
    clients, stub = clients
    answer(stub, "Global", [HOME], [instance(DEV, HOME, status, detailed)])

    assert baseline_states(clients, ["Global"], region=HOME) == {DEV: state}


def test_all_pages_of_all_stack_sets_count(clients):
    clients, stub = clients
    answer(stub, "Global", [HOME], [instance(DEV, HOME)], [instance(PROD, HOME)])
    answer(
        stub,
        "Regional",
        [HOME, EDGE],
        [instance(DEV, HOME), instance(PROD, HOME)],
        [instance(DEV, EDGE), instance(PROD, EDGE, "OUTDATED", "RUNNING")],
    )

    assert baseline_states(clients, ["Global", "Regional"], region=HOME) == {DEV: "current", PROD: "outdated"}


def test_an_account_without_the_stack_of_one_region_lacks_its_baseline(clients):
    clients, stub = clients
    answer(stub, "Regional", [HOME, EDGE], [instance(DEV, HOME), instance(PROD, HOME), instance(PROD, EDGE)])

    assert baseline_states(clients, ["Regional"], region=HOME) == {DEV: "missing", PROD: "current"}


def test_an_account_that_only_one_stack_set_reached_lacks_its_baseline(clients):
    clients, stub = clients
    answer(stub, "Global", [HOME], [instance(DEV, HOME)])
    answer(stub, "Regional", [HOME], [])

    assert baseline_states(clients, ["Global", "Regional"], region=HOME) == {DEV: "missing"}


def test_a_failure_is_told_before_what_is_missing(clients):
    clients, stub = clients
    answer(stub, "Regional", [HOME, EDGE], [instance(DEV, HOME, "OUTDATED", "FAILED")])

    assert baseline_states(clients, ["Regional"], region=HOME) == {DEV: "failed"}


def test_before_the_stack_set_is_there_no_account_has_it(clients):
    clients, stub = clients
    stub.add_client_error("describe_stack_set", "StackSetNotFoundException")

    assert baseline_states(clients, ["Global"], region=HOME) == {}


def test_another_error_is_told(clients):
    clients, stub = clients
    stub.add_client_error("describe_stack_set", "AccessDenied", "no")

    with pytest.raises(CellsError, match="the account baselines cannot be read"):
        baseline_states(clients, ["Global"], region=HOME)
