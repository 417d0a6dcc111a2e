"""What a stack policy allows."""

import json

import pytest

from local.stack_policy import Action, StackPolicy

_ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def policy(*statements: object) -> StackPolicy:
    return StackPolicy.parse(json.dumps({"Statement": list(statements)}))


@pytest.mark.parametrize(
    ("case", "statement", "action", "denied"),
    [
        ("the action", {"Action": "Update:Replace"}, "Update:Replace", True),
        ("another action", {"Action": "Update:Replace"}, "Update:Modify", False),
        ("one of several actions", {"Action": ["Update:Replace", "Update:Delete"]}, "Update:Delete", True),
        ("every action but one", {"NotAction": "Update:Modify"}, "Update:Replace", True),
        ("the one action that is excepted", {"NotAction": "Update:Modify"}, "Update:Modify", False),
        ("any action", {"Action": "Update:*"}, "Update:Modify", True),
    ],
)
def test_a_denial_names_actions(case: str, statement: dict[str, str], action: Action, denied: bool) -> None:
    refusal = policy(_ALLOW, {"Effect": "Deny", "Principal": "*", "Resource": "*", **statement}).refusal(
        action, "Database", "AWS::RDS::DBCluster"
    )

    assert bool(refusal) is denied, case


@pytest.mark.parametrize(
    ("resource", "denied"),
    [("LogicalResourceId/Database", True), ("LogicalResourceId/Data*", True), ("LogicalResourceId/Cache", False)],
)
def test_a_denial_names_logical_ids(resource: str, denied: bool) -> None:
    statement = {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": resource}

    assert bool(policy(_ALLOW, statement).refusal("Update:Replace", "Database", "AWS::RDS::DBCluster")) is denied


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"StringEquals": {"ResourceType": ["AWS::RDS::DBCluster"]}}, True),
        ({"StringEquals": {"ResourceType": "AWS::S3::Bucket"}}, False),
        ({"StringLike": {"ResourceType": ["AWS::RDS::*"]}}, True),
    ],
)
def test_a_denial_names_resource_types(condition: dict[str, object], denied: bool) -> None:
    statement = {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*", "Condition": condition}

    assert bool(policy(_ALLOW, statement).refusal("Update:Replace", "Database", "AWS::RDS::DBCluster")) is denied


def test_what_no_statement_allows_is_protected() -> None:
    only_cache = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "LogicalResourceId/Cache"}

    assert "No statement allows [Update:Modify]" in policy(only_cache).refusal("Update:Modify", "Database", "X")


def test_the_refusal_says_which_statement_denies() -> None:
    deny = {"Effect": "Deny", "Action": "Update:Delete", "Principal": "*", "Resource": "*"}

    assert policy(_ALLOW, deny).refusal("Update:Delete", "Database", "X") == (
        "Action denied by stack policy: Statement [#2] does not allow [Update:Delete] "
        "for resource [LogicalResourceId/Database]"
    )


def test_an_unknown_condition_is_an_error_and_never_an_allowance() -> None:
    odd = {**_ALLOW, "Condition": {"NumericEquals": {"ResourceType": "1"}}}

    with pytest.raises(ValueError, match="NumericEquals"):
        policy(odd).refusal("Update:Modify", "Database", "X")
