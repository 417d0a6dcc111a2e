"""A CloudFormation in memory, a CDK CLI that only records, and assemblies written by hand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from assembly.load import CloudAssembly, Stack

ACCOUNT = "111122223333"
HOME = "eu-west-1"
START = datetime(2026, 11, 1)


@dataclass
class FakeStack:
    """A stack in the fake CloudFormation."""

    template: dict | str
    """A text when it is not JSON."""
    status: str = "CREATE_COMPLETE"
    protected: bool = False
    policy: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    after: list[str] = field(default_factory=list)
    """Statuses that it will have, one for each look."""
    events: list[dict] = field(default_factory=list)
    change_sets: dict[str, list[list[dict]]] = field(default_factory=dict)
    """The pages of each change set, by its name."""


class FakeCloudFormation:
    """What the engine asks of CloudFormation in one region."""

    def __init__(self) -> None:
        self.stacks: dict[str, FakeStack] = {}
        self.calls: list[str] = []
        self.loses_policies = False

    def describe_stacks(self, *, StackName: str):
        stack = self._stack(StackName)
        shown = stack.status
        if stack.after:
            stack.status = stack.after.pop(0)
        return {
            "Stacks": [
                {
                    "StackStatus": shown,
                    "EnableTerminationProtection": stack.protected,
                    "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()],
                }
            ]
        }

    def get_template(self, *, StackName: str, TemplateStage: str):
        return {"TemplateBody": self._stack(StackName).template}

    def get_stack_policy(self, *, StackName: str):
        policy = self._stack(StackName).policy
        return {"StackPolicyBody": policy} if policy else {}

    def set_stack_policy(self, *, StackName: str, StackPolicyBody: str) -> None:
        self.calls.append(f"set_stack_policy {StackName}")
        if not self.loses_policies:
            self._stack(StackName).policy = StackPolicyBody

    def update_termination_protection(self, *, StackName: str, EnableTerminationProtection: bool) -> None:
        self._stack(StackName).protected = EnableTerminationProtection

    def delete_stack(self, *, StackName: str) -> None:
        stack = self._stack(StackName)
        assert not stack.protected
        self.calls.append(f"delete_stack {StackName}")
        del self.stacks[StackName]

    def describe_stack_events(self, *, StackName: str):
        return {"StackEvents": self._stack(StackName).events[::-1]}

    def get_paginator(self, operation: str):
        return {"list_stack_resources": self, "describe_change_set": FakeChangeSets(self)}[operation]

    def delete_change_set(self, *, StackName: str, ChangeSetName: str) -> None:
        self.calls.append(f"delete_change_set {StackName}")
        self.change_set(StackName, ChangeSetName)
        del self.stacks[StackName].change_sets[ChangeSetName]

    def change_set(self, stack: str, name: str) -> list[list[dict]]:
        if name not in self._stack(stack).change_sets:
            error = {"Error": {"Code": "ChangeSetNotFound", "Message": f"ChangeSet [{name}] does not exist"}}
            raise ClientError(error, "DescribeChangeSet")
        return self._stack(stack).change_sets[name]

    def paginate(self, *, StackName: str):
        resources = self._stack(StackName).template.get("Resources", {})
        rows = [
            {
                "LogicalResourceId": id,
                "ResourceType": resource["Type"],
                "PhysicalResourceId": id.lower(),
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for id, resource in resources.items()
        ]
        return [{"StackResourceSummaries": rows}]

    def _stack(self, name: str) -> FakeStack:
        if name not in self.stacks:
            error = {"Error": {"Code": "ValidationError", "Message": f"Stack with id {name} does not exist"}}
            raise ClientError(error, "DescribeStacks")
        return self.stacks[name]


class FakeChangeSets:
    """The pages of change sets."""

    def __init__(self, cloudformation: FakeCloudFormation) -> None:
        self._cloudformation = cloudformation

    def paginate(self, *, StackName: str, ChangeSetName: str):
        self._cloudformation.calls.append(f"describe_change_set {StackName}")
        return [{"Changes": page} for page in self._cloudformation.change_set(StackName, ChangeSetName)]


class FakeParameters:
    """A Parameter Store."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get_parameter(self, *, Name: str):
        if Name not in self.values:
            raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": ""}}, "GetParameter")
        return {"Parameter": {"Value": self.values[Name]}}

    def put_parameter(self, *, Name: str, Value: str, Type: str, Overwrite: bool) -> None:
        self.values[Name] = Value

    def delete_parameters(self, *, Names: list[str]) -> None:
        for name in Names:
            self.values.pop(name, None)


class FakeClients:
    """The fakes of one region."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.cloudformation = FakeCloudFormation()
        self.ssm = FakeParameters()


class FakeTarget:
    """One account, any region."""

    name = "fake"
    options: Sequence[str] = ("--profile", "fake")

    def __init__(self) -> None:
        self.regions: dict[str, FakeClients] = {}

    def clients(self, account: str, region: str) -> FakeClients:
        return self.regions.setdefault(region, FakeClients(region))

    def variables(self, account: str, region: str):
        return {"AWS_REGION": region}


@dataclass(frozen=True)
class FakeOutcome:
    code: int
    lines: tuple[str, ...] = ()


class FakeCdk:
    """Records each line, and makes the fake CloudFormation look as if it had been run."""

    def __init__(self, target: FakeTarget) -> None:
        self.lines: list[list[str]] = []
        self.outputs: dict[str, dict[str, str]] = {}
        self.fail: dict[str, list[tuple[str, str, str]]] = {}
        """Construct id to (logical id, status, reason) of what fails."""
        self.change_sets: dict[str, list[list[dict]] | None] = {}
        """Construct id to the pages of the change set that is made; None where it finds nothing to do."""
        self._target = target

    @property
    def deployed(self) -> list[str]:
        return [id for batch in self.batches for id in batch]

    @property
    def batches(self) -> list[list[str]]:
        """The stacks that each run was for."""
        return [_stacks_of(line) for line in self.lines if line[0] == "deploy"]

    def run(
        self, arguments: Sequence[str], *, variables: dict[str, str], on_line: Callable[[str], None] | None = None
    ) -> FakeOutcome:
        self.lines.append(list(arguments))
        assembly = CloudAssembly.load(arguments[arguments.index("--app") + 1])
        outcomes = [self._one(assembly.stack(id), arguments, variables) for id in _stacks_of(arguments)]
        return next((one for one in outcomes if one.code), outcomes[-1])

    def _one(self, stack: Stack, arguments: Sequence[str], variables: dict[str, str]) -> FakeOutcome:
        live = self._target.clients(ACCOUNT, stack.region).cloudformation.stacks
        assert variables["AWS_REGION"] == stack.region
        known = live.setdefault(stack.stack_name, FakeStack({}, protected=stack.termination_protection))
        if "prepare-change-set" in arguments:
            return self._prepare(stack.id, known, arguments[arguments.index("--change-set-name") + 1])
        if stack.id in self.fail:
            known.status = "ROLLBACK_COMPLETE"
            known.events = [_event(number, *row) for number, row in enumerate(self.fail.pop(stack.id))]
            return FakeOutcome(1, ("it failed",))
        known.template = stack.template
        known.status = "UPDATE_COMPLETE"
        known.protected = stack.termination_protection
        known.outputs = dict(self.outputs.get(stack.id, {}))
        return FakeOutcome(0)

    def _prepare(self, id: str, known: FakeStack, name: str) -> FakeOutcome:
        if id in self.fail:
            known.change_sets[name] = []  # it is there, and it has failed
            return FakeOutcome(1, ("", "it failed", ""))
        pages = self.change_sets.get(id)
        if pages is not None:
            known.change_sets[name] = pages
        return FakeOutcome(0)


def _stacks_of(arguments: Sequence[str]) -> list[str]:
    after = arguments[arguments.index("--exclusively") + 1 :]
    return list(takewhile(lambda word: not word.startswith("--"), after))


def _event(number: int, logical_id: str, status: str, reason: str):
    return {
        "EventId": str(number),
        "Timestamp": START + timedelta(seconds=number),
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::SNS::Topic",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


class Told:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.steps: list[str] = []
        self.ended: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def done(self, text: str) -> None:
        self.ended.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def command(self, line: str) -> None:
        pass

    def event(self, event) -> None:
        pass


@dataclass
class Written:
    """One stack of an assembly to write."""

    id: str
    resources: dict
    needs: tuple[str, ...] = ()
    outputs: dict = field(default_factory=dict)
    region: str = HOME
    protected: bool = False


Write = Callable[..., CloudAssembly]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an assembly of these stacks. The stack name is the id in lower case."""

    def of(*stacks: Written, name: str = "cdk.out") -> CloudAssembly:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        artifacts = {}
        for stack in stacks:
            template = {"Resources": stack.resources, "Outputs": stack.outputs}
            (folder / f"{stack.id}.json").write_text(json.dumps(template))
            artifacts[stack.id] = {
                "type": "aws:cloudformation:stack",
                "environment": f"aws://{ACCOUNT}/{stack.region}",
                "dependencies": list(stack.needs),
                "properties": {
                    "templateFile": f"{stack.id}.json",
                    "stackName": stack.id.lower(),
                    "terminationProtection": stack.protected,
                },
            }
        (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
        return CloudAssembly.load(folder)

    return of


@pytest.fixture
def target() -> FakeTarget:
    return FakeTarget()


@pytest.fixture
def cdk(target: FakeTarget) -> FakeCdk:
    return FakeCdk(target)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cells.deploy.stack._PAUSE_SECONDS", 0.0)
