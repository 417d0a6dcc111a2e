"""The two halves of the organization's stacks. A file of its own: who divides the work has not loaded the CDK yet."""

from enum import Enum


class Half(Enum):
    """A half of the stacks. No stack depends on one of the other half."""

    CORE = "core"
    """Guardrails, people and cost, and what records and connects: log archive, security tooling, network hub."""
    ACCOUNTS = "accounts"
    """What accounts are given: shared services, CI/CD, sandboxes and the baseline."""
