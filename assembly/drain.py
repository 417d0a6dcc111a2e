"""A template without what holds data: the step between releasing data and deleting a stack.

The Guard hook of an account refuses to delete data unless a change set was judged before; `delete-stack` makes none.
So a stack first loses its data by a change set, and is deleted when it holds none.
"""

import re
from collections.abc import Iterator

from assembly.document import Json, JsonObject, as_object
from assembly.stateful import stateful

_IN_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}")

# A stack must hold a resource; this one is nothing in AWS.
_NOTHING: JsonObject = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}


def without_data(template: JsonObject) -> JsonObject:
    """Return the template without the resources that hold data, and without everything that refers to them.

    Outputs that refer to them go too. A template that holds no data is returned as it is.
    """
    resources = as_object(template.get("Resources"))
    gone = set(stateful(template))
    if not gone:
        return template
    references = {id: set(_references(resource)) for id, resource in resources.items()}
    while more := {id for id, named in references.items() if id not in gone and named & gone}:
        gone |= more
    left: JsonObject = {id: resource for id, resource in resources.items() if id not in gone}
    outputs = as_object(template.get("Outputs"))
    kept: JsonObject = {name: output for name, output in outputs.items() if not set(_references(output)) & gone}
    return {**template, "Resources": left or _NOTHING, "Outputs": kept}


def _references(value: Json) -> Iterator[str]:
    """Every logical id that a value names."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        yield from _named(key, item)
        yield from _references(item)


def _named(key: str, item: Json) -> Iterator[str]:
    if key == "Ref" and isinstance(item, str):
        yield item
    elif key == "Fn::GetAtt":
        first = item[0] if isinstance(item, list) and item else item
        if isinstance(first, str):
            yield first.partition(".")[0]
    elif key == "DependsOn":
        yield from (name for name in (item if isinstance(item, list) else [item]) if isinstance(name, str))
    elif key == "Fn::Sub":
        text = item[0] if isinstance(item, list) and item else item
        if isinstance(text, str):
            yield from _IN_SUBSTITUTION.findall(text)
