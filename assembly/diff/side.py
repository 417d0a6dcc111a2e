"""One side of a comparison: the stacks as they were, or as they will be, with their values settled and named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from assembly.diff.assets import assets_of
from assembly.diff.value import GET_ATT, JOIN, pseudo_parameters, settled
from assembly.document import Json, JsonObject, as_list, as_object, as_text
from assembly.load import CloudAssembly, Stack

STACK_OUTPUT = "Fn::GetStackOutput"

_IDENTITIES = frozenset({"", "Arn", "GroupId", "Id", "KeyId", "QueueArn", "TopicArn", "RoleArn"})
"""Attributes that mean the resource itself, so that a sentence need not say them."""

_GENERATED = frozenset({"Resource", "Default"})
"""The last step of a construct path that the CDK adds."""


def label_of(path: str, logical_id: str) -> str:
    """What a person calls a resource: its construct path without the stack, else its logical id."""
    return "/".join(step for step in path.split("/")[1:] if step not in _GENERATED) or logical_id


@dataclass(frozen=True, order=True)
class Place:
    """A resource: the construct id of its stack, and its logical id."""

    stack: str
    logical_id: str

    def __str__(self) -> str:
        """`ProductCell-Data/FilesBucket6F0C2A1E`."""
        return f"{self.stack}/{self.logical_id}"


@dataclass(frozen=True)
class Reference:
    """One mention of a resource in the properties of another one."""

    path: tuple[str, ...]
    """Where in the properties; the items of a list are `*`."""
    target: Place
    attribute: str
    """Empty for `Ref`."""


@dataclass(frozen=True, order=True)
class Output:
    """An output of a stack, by the construct id of the stack."""

    stack: str
    name: str

    def __str__(self) -> str:
        """`ProductCell-Data/output QueueUrl`."""
        return f"{self.stack}/output {self.name}"


@dataclass(eq=False)
class Side:
    """All stacks of one assembly, or those that are deployed."""

    assembly: CloudAssembly
    paths: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Construct paths by stack id and logical id, for templates that come without metadata."""

    @cached_property
    def stacks(self) -> Mapping[str, StackSide]:
        """The stacks by construct id."""
        return {stack.id: StackSide(stack, self, self.paths.get(stack.id, {})) for stack in self.assembly.stacks}

    def producer(self, call: Json) -> tuple[StackSide, Json] | None:
        """The stack whose output a `Fn::GetStackOutput` reads, and the value of the output, settled."""
        found = self.output(as_object(call).get(STACK_OUTPUT))
        return (self.stacks[found.stack], self.stacks[found.stack].outputs[found.name]) if found else None

    def output(self, argument: Json) -> Output | None:
        """The output that a `Fn::GetStackOutput` of these arguments reads, when anything says what it is."""
        found = self._output(argument)
        return None if found in self._circular else found

    def _output(self, argument: Json) -> Output | None:
        wanted = as_object(argument)
        stack, region = as_text(wanted.get("StackName")), as_text(wanted.get("Region"))
        for id, side in self.stacks.items():
            if side.stack.stack_name == stack and region in ("", side.stack.region):
                name = as_text(wanted.get("OutputName"))
                return None if side.outputs.get(name) is None else Output(id, name)
        return None

    @cached_property
    def _circular(self) -> Collection[Output]:
        """The outputs that read each other in a circle, and those that read them: nothing says what they are."""
        waiting = {
            Output(id, name): {self._output(call) for _, kind, call in _calls(value, ()) if kind == STACK_OUTPUT}
            for id, side in self.stacks.items()
            for name, value in side.outputs.items()
        }
        while known := [output for output, read in waiting.items() if not read & waiting.keys()]:
            for output in known:
                del waiting[output]
        return waiting.keys()


@dataclass(eq=False)
class StackSide:
    """One stack of a side."""

    stack: Stack
    side: Side
    other_paths: Mapping[str, str] = field(default_factory=dict)
    _resources: dict[str, JsonObject] = field(default_factory=dict)

    @cached_property
    def pseudo(self) -> Mapping[str, str]:
        """What the pseudo parameters are here."""
        return pseudo_parameters(self.stack)

    @cached_property
    def outputs(self) -> Mapping[str, Json]:
        """The values of the outputs, settled."""
        section = as_object(self.stack.template.get("Outputs"))
        return {name: settled(as_object(output).get("Value"), self.pseudo) for name, output in section.items()}

    @cached_property
    def assets(self) -> Mapping[str, Path]:
        """Where the content of each asset lies, by the object key that the template names."""
        return assets_of(self.stack)

    def resource(self, logical_id: str) -> JsonObject:
        """A resource with all its values settled; empty when there is none."""
        if logical_id not in self._resources:
            self._resources[logical_id] = as_object(settled(self.stack.resources.get(logical_id), self.pseudo))
        return self._resources[logical_id]

    def properties(self, logical_id: str) -> JsonObject:
        """The settled properties of a resource."""
        return as_object(self.resource(logical_id).get("Properties"))

    def path(self, logical_id: str) -> str:
        """The construct path of a resource, from the stack on; empty when nothing says."""
        return self.stack.paths.get(logical_id) or self.other_paths.get(logical_id, "")

    def label(self, logical_id: str) -> str:
        """What a person calls a resource: its construct path without the stack, else its logical id."""
        return label_of(self.path(logical_id), logical_id)

    def words(self, value: Json) -> str:
        """A value as a person would say it: a reference by the label of what it means, a text as it is."""
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and len(value) == 1:
            name, argument = next(iter(value.items()))
            said = self._call(name, argument)
            if said:
                return said
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return ", ".join(self.words(item) for item in value)
        if isinstance(value, dict):
            return ", ".join(f"{key}: {self.words(item)}" for key, item in sorted(value.items()))
        return "" if value is None else str(value)

    def _call(self, name: str, argument: Json) -> str:
        if name == "Ref":
            return self.label(as_text(argument))
        if name == GET_ATT:
            logical_id, _, attribute = as_text(argument).partition(".")
            return self.label(logical_id) + ("" if attribute in _IDENTITIES else f".{attribute}")
        if name == JOIN:
            return "".join(self.words(part) for pair in as_list(argument)[1:] for part in as_list(pair))
        if name == STACK_OUTPUT:
            found = self.side.producer({name: argument})
            if found:
                return found[0].words(found[1])
            wanted = as_object(argument)
            return f"{as_text(wanted.get('StackName'))}.{as_text(wanted.get('OutputName'))}"
        return ""

    def references(self, value: Json) -> Iterator[Reference]:
        """Every mention of a resource in a settled value, also through an output of another stack."""
        for path, name, argument in _calls(value, ()):
            if name != STACK_OUTPUT:
                logical_id, _, attribute = _target(argument).partition(".")
                yield Reference(path, Place(self.stack.id, logical_id), attribute)
            elif found := self.side.producer({name: argument}):
                producer, output = found
                yield from (Reference(path, one.target, one.attribute) for one in producer.references(output))

    def readings(self, value: Json) -> Iterator[tuple[tuple[str, ...], Output]]:
        """Every output that a settled value reads, with the path; also one that another output repeats."""
        for path, name, argument in _calls(value, ()):
            output = self.side.output(argument) if name == STACK_OUTPUT else None
            if output:
                yield path, output
                producer = self.side.stacks[output.stack]
                yield from ((path, one) for _, one in producer.readings(producer.outputs[output.name]))


def _calls(value: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Json]]:
    """Every call that means something outside of a settled value. The path ends where a function starts."""
    if isinstance(value, list):
        for item in value:
            yield from _calls(item, (*path, "*"))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("Ref", GET_ATT, STACK_OUTPUT):
                yield path, key, item
            elif key.startswith("Fn::"):
                yield from ((path, name, argument) for _, name, argument in _calls(item, ()))
            else:
                yield from _calls(item, (*path, key))


def _target(argument: Json) -> str:
    """What a reference means; an attribute whose name is not known yet is left out."""
    return as_text(argument[0]) if isinstance(argument, list) and argument else as_text(argument)
