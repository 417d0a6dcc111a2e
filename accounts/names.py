"""Names that two accounts of the platform have to agree on. Both sides take them from here, so that they cannot differ.

What a cell has to know as well is in `constructs_lib.specs.landing`.
"""

BREAK_GLASS_ROLE_NAME = "BreakGlassRole"
"""What a person becomes in an account when everything else has failed."""

SECURITY_SETTINGS_ROLE_NAME = "SecuritySettingsRole"
"""What sets the organization's trail and detectors, in the security tooling account, where CloudFormation cannot."""


def security_bus_name(organization: str) -> str:
    """The event bus of the security tooling account, in the home region, that every account may send events to."""
    return f"{organization}-security"


def trail_name(organization: str) -> str:
    """The organization's trail. It belongs to the management account, whoever made it."""
    return f"{organization}-organization"


BASELINE_GLOBAL = "BaselineGlobal"
"""The stack set of what an account has once: roles, policies, the hook over data. In the home region."""

BASELINE_REGIONAL = "BaselineRegional"
"""The stack set of what an account has in every governed region: recorder, vault, the rule over break-glass; the hook
over data where the home region's does not see."""

BASELINE_STACK_SETS = (BASELINE_GLOBAL, BASELINE_REGIONAL)
"""The stack sets that bring the account baseline, in the order in which an account gets them."""

BREAK_GLASS_OPERATOR_NAME = "BreakGlassOperator"
"""The role of the security tooling account that may become the break-glass role of every account."""

AUDITOR_ROLE_NAME = "AuditorRole"
"""What an auditor reads an account with."""


def baseline_rules_bucket_name(organization: str, account: str) -> str:
    """The bucket of the security tooling account that every account reads the rules of its hook from."""
    return f"{organization}-baseline-rules-{account}"


def regional_rules_bucket_name(organization: str, account: str, region: str) -> str:
    """The bucket beside it in another governed region: a hook reads its rules where it is."""
    return f"{baseline_rules_bucket_name(organization, account)}-{region}"


BASELINE_STACKS = "StackSet-Baseline"
"""How the names of the baseline's stacks begin, and of what CloudFormation names after them; lower case in buckets.

The stacks of the management account, which no stack set reaches, have such names too.
"""

PLATFORM_EXECUTION_POLICY_NAME = "platform-cloudformation-execution"
"""The managed policy that CloudFormation executes the stacks of a platform account with."""

PLATFORM_BOUNDARY_NAME = "platform-permission-boundary"
"""The managed policy that bounds every role that a stack of a platform account makes."""
