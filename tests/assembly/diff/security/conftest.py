"""Two versions of one small stack, and what the security diff says of them."""

from pathlib import Path

import pytest

from assembly.diff.security import security_changes
from assembly.diff.side import Side
from assembly.load import CloudAssembly, Environment, Stack

PATHS = {
    "Role": "S/Api/TaskRole/Resource",
    "OtherRole": "S/Worker/TaskRole/Resource",
    "Files": "S/Storage/Files/Resource",
    "Key": "S/Encryption/Key/Resource",
    "Vpc": "S/Network/Vpc/Resource",
    "Group": "S/Api/SecurityGroup/Resource",
    "Peer": "S/LoadBalancer/SecurityGroup/Resource",
    "Database": "S/Database/Cluster/Resource",
}


def stack_of(resources, *, id="S", protected=False, paths=None, outputs=None):
    return Stack(
        id=id,
        stack_name=f"acme-{id}",
        environment=Environment("111122223333", "eu-west-1"),
        template_path=Path(f"{id}.template.json"),
        template={"Resources": resources, "Outputs": outputs or {}},
        dependencies=(),
        tags={},
        termination_protection=protected,
        metadata={
            f"/{path}": [{"type": "aws:cdk:logicalId", "data": logical_id}]
            for logical_id, path in (PATHS if paths is None else paths).items()
        },
    )


def side_of(*stacks):
    return Side(CloudAssembly(Path(), stacks))


@pytest.fixture(scope="session")
def stack():
    """A function that makes a stack of resources."""
    return stack_of


@pytest.fixture(scope="session")
def side():
    """A function that makes a side of stacks."""
    return side_of


@pytest.fixture(scope="session")
def changes():
    """A function from the resources, or the stacks, before and after to the security changes."""

    def changes(before, after, *, changed=None, id="S"):
        sides = [side_of(*(stacks if isinstance(stacks, list) else [stack_of(stacks)])) for stacks in (before, after)]
        old, new = (side.stacks[id] for side in sides)
        if changed is None:
            ids = old.stack.resources.keys() | new.stack.resources.keys()
            changed = {one for one in ids if old.stack.resources.get(one) != new.stack.resources.get(one)}
        return security_changes(old, new, changed)

    return changes


@pytest.fixture(scope="session")
def said(changes):
    """A function like `changes`, to the sentences alone, each as `direction: text`."""
    return lambda *args, **kwargs: [f"{change.direction}: {change.text}" for change in changes(*args, **kwargs)]


@pytest.fixture(scope="session")
def allows():
    """A function that makes the policy of a role: of statements, or of keywords of one statement."""

    def allows(*statements, roles=("Role",), **keywords):
        written = list(statements) or [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **keywords}]
        return {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyDocument": {"Statement": written}, "Roles": [{"Ref": role} for role in roles]},
        }

    return allows
