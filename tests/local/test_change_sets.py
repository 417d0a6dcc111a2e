"""The offline diff and the embedded AWS agree on what becomes of each resource: a change set is asked for each file.

What they do not agree on stands in two tables, which are asserted exactly. The emulator has its own table of what
replaces a resource for most of these types; for the others (EC2, ECS, Route 53, Secrets Manager, logs) both read the
same schemas, so that there only the references and the attributes are compared.
"""

import json

import pytest
from botocore.client import BaseClient as Client

from tests.assembly.diff.change_files import STACK, ChangeFile, change_file, change_files
from tests.local.conftest import Local

ACCOUNT = "777788889999"
FILES = [file for file in change_files() if file.change_set]

TEXT = "a change set compares what is written; what it means is the same, so nothing happens"

MEANS_NOTHING = {
    ("asset-touched", "Function"): ("in-place", "the key of the code is another one; the code is the same"),
    ("construct-moved", "Queue"): ("in-place", "metadata is told like a property, and nothing reads it"),
    ("group-order", "Group"): ("in-place", TEXT),
    ("policy-order", "Policy"): ("in-place", TEXT),
    ("tag", "Topic"): ("in-place", TEXT),
    ("function-description", "Permission"): (
        "maybe",
        "what refers to an attribute of a changed resource is Dynamic, but the ARN of a function changes with its "
        "name only",
    ),
}
"""What AWS says as well, and we leave out, because nothing becomes of the resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
"""

NOT_RESOLVED = "the emulator resolves Fn::GetAtt to nothing here, so that two ARNs are one; AWS compares the ARNs"

EMULATOR_IS_WRONG = {
    ("bucket-key", "Files"): (None, NOT_RESOLVED),
    ("cache-replicas-placed", "Cache"): ("in-place", "AWS: with NodeGroupConfiguration it results in replacement"),
    ("cache-shards", "Cache"): ("maybe", "AWS: replaced, for there is no update policy UseOnlineResharding"),
    ("cache-shards-online", "Cache"): ("maybe", "AWS: with UseOnlineResharding it is updated without interruption"),
    ("database-key", "Cluster"): (None, NOT_RESOLVED),
    ("database-key", "Reader"): (None, NOT_RESOLVED),
    ("function-moved", "Schedule"): (None, NOT_RESOLVED),
    ("substitution", "Address"): ("in-place", "it does not resolve Fn::GetAtt; AWS compares what the functions return"),
    ("substitution", "Queue"): ("in-place", "60 and '60' are one value to CloudFormation"),
    ("search-version", "Search"): ("in-place", "AWS: replaced, for there is no update policy EnableVersionUpgrade"),
    ("table-attribute", "Tasks"): ("in-place", "AWS: another type of an attribute requires replacement of the table"),
}
"""Where AWS says what we say. The pages are in the files.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html
It also takes the file `type`, which AWS refuses, so that one is not asked.
"""

OTHERWISE = {**MEANS_NOTHING, **EMULATOR_IS_WRONG}


@pytest.fixture(scope="module")
def cloudformation(local: Local) -> Client:
    return local.session(ACCOUNT).client("cloudformation", endpoint_url=local.server.endpoint)


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_change_set_says_what_the_diff_says(cloudformation: Client, file: ChangeFile) -> None:
    asked = _change_set(cloudformation, file)

    ours = _ours(file)
    otherwise = {id: says for (name, id), (says, _) in OTHERWISE.items() if name == file.name}
    assert {id: asked.get(id) for id in {*asked, *ours}} == {**ours, **otherwise}
    assert all(says != ours.get(id) for id, says in otherwise.items()), "they agree now: take it out of the table"


def test_many_are_asked_and_the_tables_name_only_those() -> None:
    assert len(FILES) >= 10
    for name, _ in OTHERWISE:
        assert change_file(name).change_set, name


def _ours(file: ChangeFile) -> dict[str, str]:
    """What the file expects, as a change set would count it: what has moved is created, and removed where it was."""
    removed = dict.fromkeys(file.moved.values(), "remove")
    return {id: "create" if id in file.moved else verdict for id, verdict in file.expect.items()} | removed


def _change_set(client: Client, file: ChangeFile) -> dict[str, str]:
    """Deploy the template before, ask for a change set with the one after, and delete everything again."""
    name = f"change-{file.name}"
    options = {"StackName": name, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    try:
        client.create_stack(TemplateBody=json.dumps(file.before[STACK]), **options)
        assert client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
        client.create_change_set(ChangeSetName="after", TemplateBody=json.dumps(file.after[STACK]), **options)
        changes = client.describe_change_set(StackName=name, ChangeSetName="after")["Changes"]
    finally:
        client.delete_stack(StackName=name)
    return {change["ResourceChange"]["LogicalResourceId"]: _said(change["ResourceChange"]) for change in changes}


def _said(change: dict[str, str]) -> str:
    if change["Action"] != "Modify":
        return {"Add": "create", "Remove": "remove"}[change["Action"]]
    return {"True": "replace", "False": "in-place", "Conditional": "maybe"}[change["Replacement"]]
