"""Findings of cdk-nag's AwsSolutions pack. The only file of this room that imports `aws_cdk` (which starts Node).

cdk-nag 3 is a validation plug-in: registered on an app, it makes `app.synth()` raise, and its report groups what it
found. Its pack can also be asked directly, for the same rules on the same constructs, and then answers with data.
See https://github.com/cdklabs/cdk-nag.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from aws_cdk import Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from assembly.document import Json, as_list, as_object
from assembly.errors import AssemblyError
from assembly.findings import Finding, Severity
from assembly.identity import neutral
from assembly.load import CloudAssembly, Stack

PREFIX = "AwsSolutions-"
"""What the ids of the pack start with."""


def nag(app: IConstruct, assembly: CloudAssembly, names: Mapping[str, str] | None = None) -> list[Finding]:
    """Every finding of the pack on a synthesized app, one for each resource, in the order of the stacks.

    `assembly` is what that app synthesized; `names` are further values of identity (`assembly.identity.neutral`).
    A finding that was acknowledged in the construct tree, where cdk-nag would drop it, makes a finding of its own.
    Raises AssemblyError when app and assembly do not belong together.
    """
    resources = {path: (stack, id) for stack in assembly.stacks for id, path in stack.paths.items()}
    findings = list(_acknowledged(app, assembly))
    for violation in AwsSolutionsChecks(app).validate_scope(app).violations:
        severity: Severity = "warning" if violation.severity == "warning" else "error"
        for resource in violation.violating_resources:
            path = resource.construct_path or ""
            if path not in resources:
                raise AssemblyError(
                    f"the construct {path!r} is not in the assembly in {assembly.directory}",
                    "load the assembly that this app synthesized",
                )
            stack, logical_id = resources[path]
            rule = neutral(violation.rule_name, stack, assembly, names or {})
            evidence = "" if rule == violation.rule_name else f" [found {violation.rule_name}]"
            findings.append(
                Finding.about(
                    stack,
                    logical_id,
                    rule=rule,
                    message=violation.description + evidence,
                    severity=severity,
                    source="cdk-nag",
                )
            )
    order = {stack.id: position for position, stack in enumerate(assembly.stacks)}
    return sorted(findings, key=lambda finding: (order[finding.stack], finding))


def _acknowledged(app: IConstruct, assembly: CloudAssembly) -> Iterator[Finding]:
    for entry in app.node.metadata:
        if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
            yield from _acknowledgments(cast(Json, entry.data), assembly.stacks[0], "the app")  # jsii types it Any
    for stack in assembly.stacks:
        for path, entries in stack.metadata.items():
            for recorded in map(as_object, as_list(entries)):
                if recorded.get("type") == Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
                    yield from _acknowledgments(recorded.get("data"), stack, path.lstrip("/"))


def _acknowledgments(data: Json, stack: Stack, path: str) -> Iterator[Finding]:
    for id in as_object(data):
        _, prefix, rest = id.partition(PREFIX)  # CDK writes `Annotation::AwsSolutions-S1`
        if prefix:
            message = f"{PREFIX}{rest} is acknowledged on {path}, outside the register of exceptions"
            yield Finding.about(
                stack, "", rule="cells-acknowledgment", message=message, severity="error", source="exceptions"
            )
