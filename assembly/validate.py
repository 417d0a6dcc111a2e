"""Findings of CloudFormation Validate, AWS's offline validator (schemas, references, best practice).

See https://github.com/aws-cloudformation/cloudformation-validate.
"""

from functools import cache

from cloudformation_validate import (  # type: ignore[import-untyped]  # the package has no py.typed marker
    CompositeEngine,
    Diagnostic,
    PseudoParameterOverrides,
    ReportStatus,
    ValidateConfig,
)
from cloudformation_validate import Severity as ValidateSeverity

from assembly.errors import AssemblyError
from assembly.findings import Finding
from assembly.load import CloudAssembly, Stack


def validate(assembly: CloudAssembly) -> list[Finding]:
    """Every warning and error of the validator, in the order of the stacks.

    Raises AssemblyError when the validator gives up on a template, because then its silence would mean nothing.
    """
    return [finding for stack in assembly.stacks for finding in _validate_stack(stack)]


@cache
def _engine() -> CompositeEngine:
    return CompositeEngine()  # compiles 318 rules, 0.25 s


def _validate_stack(stack: Stack) -> list[Finding]:
    report = _engine().validate_template(stack.template_path, _config(stack))
    if report.status == ReportStatus.ANALYSIS_INCOMPLETE:
        raise AssemblyError(
            f"cloudformation-validate could not analyse all of {stack.template_path}",
            f"make stack {stack.id!r} smaller, or split it",
        )
    return [_finding(stack, diagnostic) for diagnostic in report.diagnostics]


def _config(stack: Stack) -> ValidateConfig:
    environment = stack.environment
    return ValidateConfig(
        severity_level=ValidateSeverity.WARN,
        pseudo_parameter_overrides=PseudoParameterOverrides(
            account_id=environment.account, region=environment.region, stack_name=stack.stack_name
        ),
    )


def _finding(stack: Stack, diagnostic: Diagnostic) -> Finding:
    return Finding.about(
        stack,
        diagnostic.entity.logical_id if diagnostic.entity else "",
        rule=diagnostic.rule_id,
        message=diagnostic.message,
        severity="warning" if diagnostic.severity == ValidateSeverity.WARN else "error",
        source="cloudformation-validate",
        location=diagnostic.property_path or "",
    )
