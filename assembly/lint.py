"""Findings of cfn-lint for the region of each stack. See https://github.com/aws-cloudformation/cfn-lint."""

import os
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]  # the package has no py.typed marker
from cfnlint.decode import cfn_json  # type: ignore[import-untyped]  # the package has no py.typed marker
from cfnlint.helpers import REGIONS  # type: ignore[import-untyped]  # the package has no py.typed marker
from cfnlint.rules import Rules  # type: ignore[import-untyped]  # the package has no py.typed marker
from cfnlint.runner import Runner, run_template_by_data  # type: ignore[import-untyped]  # the package has no py.typed marker

from assembly.errors import AssemblyError
from assembly.findings import Finding
from assembly.load import CloudAssembly, Stack


class _Rule(Protocol):
    id: str
    severity: str


class _Match(Protocol):
    rule: _Rule
    message: str
    path: Sequence[str | int]


def lint(assembly: CloudAssembly) -> list[Finding]:
    """Every warning and error of cfn-lint, in the order of the stacks.

    Neither a `.cfnlintrc` file nor `cfn-lint` metadata in a template silences it: the register of exceptions is the
    only way. Raises AssemblyError for a region that cfn-lint does not know.
    """
    return [finding for stack in assembly.stacks for finding in _lint_stack(stack)]


def _lint_stack(stack: Stack) -> list[Finding]:
    if stack.region not in REGIONS:
        raise AssemblyError(
            f"stack {stack.id!r} is in the region {stack.region!r}, which cfn-lint does not know",
            "give the stack an explicit region",
        )
    # Decoded with line numbers, because cfn-lint drops matches that have one message and one line.
    template = cfn_json.loads(stack.template_path.read_text(encoding="utf-8"))
    return [_finding(stack, match) for match in run_template_by_data(template, _config(stack.region), _rules())]


def _config(region: str) -> ConfigMixIn:
    return ConfigMixIn(["--config-file", os.devnull], regions=[region], mandatory_checks=["E", "W"])


@cache
def _rules() -> Rules:
    return Runner(_config("us-east-1")).rules  # 0.25 s, and the same for every region


def _finding(stack: Stack, match: _Match) -> Finding:
    path = [str(part) for part in getattr(match, "path", [])]
    in_resource = len(path) > 1 and path[0] == "Resources"
    return Finding.about(
        stack,
        path[1] if in_resource else "",
        rule=match.rule.id,
        message=match.message,
        severity="error" if match.rule.severity == "error" else "warning",
        source="cfn-lint",
        location=".".join(path[2:] if in_resource else path),
    )
