"""Weak references between stacks: what each stack reads of another one, and whether it is still there.

`Fn::GetStackOutput` reads a value when the consumer is created or updated, and never again. Two things follow: an
output must outlive its last reader by one release, and a consumer has to be deployed again when a value that it read
has changed, although its template has not.
See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assembly.document import Json, JsonObject, as_object, as_text
from assembly.load import CloudAssembly

_FUNCTION = "Fn::GetStackOutput"


class TemplateInRegion(Protocol):
    """A template as the stack of a name in a region; `assembly.load.Stack` and `DeployedStack` are."""

    @property
    def stack_name(self) -> str:
        """The name in CloudFormation."""

    @property
    def region(self) -> str:
        """The region of the stack."""

    @property
    def template(self) -> JsonObject:
        """The parsed template."""


@dataclass(frozen=True)
class DeployedStack:
    """A stack as CloudFormation has it now, with the template that it was last deployed with."""

    stack_name: str
    region: str
    template: JsonObject


@dataclass(frozen=True, order=True)
class OutputReference:
    """One output that one stack reads of another."""

    consumer: str
    """The stack name of the reader."""
    consumer_region: str
    producer: str
    """The stack name of the owner of the output."""
    region: str
    """The region of the producer."""
    output: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.consumer} reads {self.output} of {self.producer} in {self.region}"


def references(stack: TemplateInRegion) -> tuple[OutputReference, ...]:
    """Return every output that a template reads of another stack, sorted, each once."""
    found = {
        OutputReference(
            consumer=stack.stack_name,
            consumer_region=stack.region,
            producer=as_text(call.get("StackName")),
            region=as_text(call.get("Region"), stack.region),
            output=as_text(call.get("OutputName")),
        )
        for call in _calls(stack.template)
    }
    return tuple(sorted(found))


def missing_outputs(assembly: CloudAssembly) -> tuple[OutputReference, ...]:
    """Return the references of an assembly to an output, or to a whole stack, that the assembly does not define."""
    return _broken((reference for stack in assembly.stacks for reference in references(stack)), assembly.stacks, True)


def retired_too_early(
    deployed: Iterable[TemplateInRegion], new: Iterable[TemplateInRegion]
) -> tuple[OutputReference, ...]:
    """Return the references of deployed stacks to an output that the new template of its producer has no more.

    The consumer may not be in `new`, or may fail and roll back to the template that still reads the output; so an
    output goes one release after its last reader. A producer that is not in `new` does not change.
    """
    return _broken((reference for stack in deployed for reference in references(stack)), new, False)


def resolved_digest(values: Mapping[OutputReference, str]) -> str:
    """Return a digest of the values that a consumer reads, to compare with the one of its last deployment.

    It does not depend on the order of the values.
    """
    rows = sorted([key.producer, key.region, key.output, value] for key, value in values.items())
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def _broken(
    found: Iterable[OutputReference], producers: Iterable[TemplateInRegion], stack_has_to_exist: bool
) -> tuple[OutputReference, ...]:
    outputs = {
        (producer.stack_name, producer.region): as_object(producer.template.get("Outputs")) for producer in producers
    }
    return tuple(
        reference
        for reference in found
        if (stack_has_to_exist or (reference.producer, reference.region) in outputs)
        and reference.output not in outputs.get((reference.producer, reference.region), {})
    )


def _calls(value: Json) -> Iterator[JsonObject]:
    if isinstance(value, dict):
        if _FUNCTION in value:
            yield as_object(value[_FUNCTION])
        for child in value.values():
            yield from _calls(child)
    elif isinstance(value, list):
        for child in value:
            yield from _calls(child)
