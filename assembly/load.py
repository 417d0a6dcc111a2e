"""A cloud assembly (the `cdk.out` directory that synth writes) as a typed model.

It keeps only what the checks need: the stacks in the order in which they deploy, each with its parsed template.
See https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assembly.document import SYNTHESIZE_AGAIN, JsonObject, as_list, as_object, as_text, read_object
from assembly.errors import AssemblyError

_STACK = "aws:cloudformation:stack"
_NESTED_ASSEMBLY = "cdk:cloud-assembly"
_LOGICAL_ID = "aws:cdk:logicalId"


@dataclass(frozen=True)
class Environment:
    """The AWS account and region of a stack."""

    account: str
    """Twelve digits, or `unknown-account`."""
    region: str
    """Such as `eu-west-1`, or `unknown-region`."""


@dataclass(frozen=True, eq=False)
class Stack:
    """One stack of an assembly."""

    id: str
    """The construct id, equal in every cell of one shape: `ProductCell-Data`."""
    stack_name: str
    """The name in CloudFormation, which carries the identity: `acme-crm-prod-data`."""
    environment: Environment
    template_path: Path
    template: JsonObject
    dependencies: tuple[str, ...]
    """Ids of the stacks that deploy before this one, sorted."""
    tags: Mapping[str, str]
    termination_protection: bool
    metadata: JsonObject
    """What constructs recorded beside the template: construct path (with a leading slash) to a list of entries."""

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.environment.region

    @cached_property
    def resources(self) -> Mapping[str, JsonObject]:
        """Logical id to resource, as the template has them."""
        section = as_object(self.template.get("Resources"))
        return {logical_id: as_object(resource) for logical_id, resource in section.items()}

    def resource_type(self, logical_id: str) -> str:
        """Return the type of a resource, such as `AWS::S3::Bucket`; empty when there is none."""
        return as_text(self.resources.get(logical_id, {}).get("Type"))

    @cached_property
    def paths(self) -> Mapping[str, str]:
        """Logical id to construct path: `FilesBucket6F0C2A1E` to `ProductCell-Data/Files/Bucket/Resource`."""
        return {
            as_text(as_object(entry).get("data")): path.lstrip("/")
            for path, entries in self.metadata.items()
            for entry in as_list(entries)
            if as_object(entry).get("type") == _LOGICAL_ID
        }


@dataclass(frozen=True, eq=False)
class CloudAssembly:
    """A loaded cloud assembly."""

    directory: Path
    stacks: tuple[Stack, ...]
    """In an order in which they can deploy: every stack after the ones that it depends on."""

    @classmethod
    def load(cls, path: Path | str) -> CloudAssembly:
        """Read the assembly in a directory.

        Raises AssemblyError when there is none, a file is missing or broken, stacks depend on each other, or a stage
        is nested in it (the project has one flat assembly).
        """
        directory = Path(path)
        if not (directory / "manifest.json").is_file():
            raise AssemblyError(f"no cloud assembly in {directory}", "synthesize first, or name another directory")
        artifacts = as_object(read_object(directory / "manifest.json").get("artifacts"))
        stacks: dict[str, Stack] = {}
        for id, value in artifacts.items():
            artifact = as_object(value)
            if artifact.get("type") == _NESTED_ASSEMBLY:
                raise AssemblyError(f"the assembly in {directory} nests another one, {id!r}", "do not use cdk.Stage")
            if artifact.get("type") == _STACK:
                stacks[id] = _read_stack(directory, id, artifact, artifacts)
        return cls(directory, _in_deploy_order(stacks))

    def stack(self, id: str) -> Stack:
        """Return the stack with this construct id. Raises AssemblyError when there is none."""
        for stack in self.stacks:
            if stack.id == id:
                return stack
        known = ", ".join(stack.id for stack in self.stacks)
        raise AssemblyError(f"no stack {id!r} in {self.directory}", f"the stacks are {known or 'none'}")

    def named(self, stack_name: str, region: str) -> Stack | None:
        """Return the stack that CloudFormation knows by this name in this region, or None."""
        for stack in self.stacks:
            if stack.stack_name == stack_name and stack.region == region:
                return stack
        return None


def _read_stack(directory: Path, id: str, artifact: JsonObject, artifacts: JsonObject) -> Stack:
    properties = as_object(artifact.get("properties"))
    template_file = as_text(properties.get("templateFile"))
    if not template_file:
        raise AssemblyError(f"stack {id!r} has no templateFile in {directory / 'manifest.json'}", SYNTHESIZE_AGAIN)
    metadata_file = as_text(artifact.get("additionalMetadataFile"))
    needed = (as_text(dependency) for dependency in as_list(artifact.get("dependencies")))
    return Stack(
        id=id,
        stack_name=as_text(properties.get("stackName"), id),
        environment=_environment(id, as_text(artifact.get("environment"))),
        template_path=directory / template_file,
        template=read_object(directory / template_file),
        dependencies=tuple(sorted(name for name in needed if as_object(artifacts.get(name)).get("type") == _STACK)),
        tags={key: as_text(value) for key, value in as_object(properties.get("tags")).items()},
        termination_protection=properties.get("terminationProtection") is True,
        metadata=read_object(directory / metadata_file) if metadata_file else as_object(artifact.get("metadata")),
    )


def _environment(id: str, text: str) -> Environment:
    found = re.fullmatch(r"aws://([^/]+)/([^/]+)", text)
    if not found:
        raise AssemblyError(f"stack {id!r} has the environment {text!r}", "it has to be aws://account/region")
    return Environment(account=found[1], region=found[2])


def _in_deploy_order(stacks: Mapping[str, Stack]) -> tuple[Stack, ...]:
    """Put producers before consumers; among equals the manifest decides, so that the answer is always the same."""
    ordered: dict[str, Stack] = {}
    waiting = dict(stacks)
    while waiting:
        ready = next((id for id, stack in waiting.items() if all(need in ordered for need in stack.dependencies)), None)
        if ready is None:
            circle = ", ".join(waiting)
            raise AssemblyError(f"these stacks wait for each other: {circle}", "take one of the dependencies away")
        ordered[ready] = waiting.pop(ready)
    return tuple(ordered.values())
