"""Writes a bare CDK app with the resources of an assembly: what a person writes who uses each resource's own class.

Every resource is one call of its L1 class (`s3.CfnBucket`) with typed properties, and nothing is derived: no grant, no
policy, no check. What has no class, such as a custom resource, is a `CfnResource`.
"""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from aws_cdk import IResolvable

HEAD = """import aws_cdk
from aws_cdk import App, CfnOutput, CfnResource, Environment, Stack, Token
{imports}

app = App(analytics_reporting=False, tree_metadata=False, stack_traces=False, builtin_cloud_formation_validation=False)
{stacks}
app.synth()
"""


def bare_app(folder: Path) -> str:
    """The source of the app that makes what the assembly in a folder has."""
    stacks = []
    for name, artifact in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            template = json.loads((folder / artifact["properties"]["templateFile"]).read_text(encoding="utf-8"))
            stacks += _stack(name, artifact["environment"], template)
    text = "\n".join(stacks)
    imports = sorted(set(re.findall(r"\baws_cdk\.aws_\w+", text)))
    return HEAD.format(imports="\n".join(f"import {module}" for module in imports), stacks=text)


def _stack(name: str, environment: str, template: dict) -> Iterator[str]:
    account, region = environment.removeprefix("aws://").split("/")
    yield f"stack = Stack(app, {name!r}, env=Environment(account={account!r}, region={region!r}))"
    for id, resource in template["Resources"].items():
        yield _resource(id, resource["Type"], resource.get("Properties", {}))
    for id, output in template.get("Outputs", {}).items():
        yield f"CfnOutput(stack, {id!r}, value={_value(output['Value'], str)})"


def _resource(id: str, type: str, properties: dict) -> str:
    owner = _class(type)
    if owner is None:
        return f"CfnResource(stack, {id!r}, type={type!r}, properties={properties!r})"
    return f"{owner.__module__}.{owner.__qualname__}(stack, {id!r}, {_arguments(properties, owner)})"


def _class(type: str) -> type | None:
    """The L1 class of a resource type; None for a custom resource."""
    if not type.startswith("AWS::"):
        return None
    _, service, name = type.split("::")
    return getattr(importlib.import_module(f"aws_cdk.aws_{service.lower()}"), f"Cfn{name}", None)


def _arguments(properties: dict, owner: type) -> str:
    # The types that the CDK checks arguments against stand in a function beside each constructor.
    stub = re.search(r"_typecheckingstub__\w+", inspect.getsource(owner.__init__))
    hints = get_type_hints(owner.__init__.__globals__[stub.group()])
    names = {name.replace("_", ""): name for name in hints}
    given = {names[key.lower()]: value for key, value in properties.items()}
    return ", ".join(f"{name}={_value(value, hints[name])}" for name, value in given.items())


def _value(value: object, wanted: object) -> str:
    accepted = list(_alternatives(wanted))
    if _is_intrinsic(value):
        return f"Token.as_string({value!r})" if str in accepted else f"Token.as_any({value!r})"
    if isinstance(value, dict):
        return _object(value, accepted)
    if isinstance(value, list):
        items = _inside(accepted, Sequence)
        return repr(value) if items is None else f"[{', '.join(_value(one, items[0]) for one in value)}]"
    if isinstance(value, str) and str not in accepted and {int, float} & set(accepted):
        return value
    return repr(value)


def _object(value: dict, accepted: list) -> str:
    for one in accepted:
        if inspect.isclass(one) and hasattr(one, "__jsii_type__") and one is not IResolvable:
            return f"{one.__module__}.{one.__qualname__}({_arguments(value, one)})"
    items = _inside(accepted, Mapping)
    if items is None or items[1] is Any:
        return repr(value)
    return "{" + ", ".join(f"{key!r}: {_value(one, items[1])}" for key, one in value.items()) + "}"


def _inside(accepted: list, kind: type) -> tuple | None:
    return next((get_args(one) for one in accepted if get_origin(one) is kind), None)


def _alternatives(wanted: object) -> Iterator[object]:
    if get_origin(wanted) is Union:
        for one in get_args(wanted):
            yield from _alternatives(one)
    else:
        yield wanted


def _is_intrinsic(value: object) -> bool:
    return isinstance(value, dict) and len(value) == 1 and re.match(r"Ref$|Fn::", next(iter(value))) is not None


if __name__ == "__main__" and len(sys.argv) == 2:
    sys.stdout.write(bare_app(Path(sys.argv[1])))
