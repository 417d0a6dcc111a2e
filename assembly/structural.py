"""Exceptions that are structural to the project: they hold for every resource of a type, by design.

Everything else is declared beside the one resource that it excuses.
"""

from datetime import date

from assembly.exceptions import RuleException

STRUCTURAL: tuple[RuleException, ...] = (
    RuleException(
        rule="W3010",
        reason=(
            "the zones of a cell are values of its plan: synth has no lookups, a zone that moves would move "
            "the subnets and the data in them, and two cells of one shape have to have equal templates"
        ),
        owner="platform",
        expires=date(2027, 12, 31),
        resource_types=frozenset({"AWS::EC2::Subnet"}),
    ),
    RuleException(
        rule="W3005",
        reason=(
            "the CDK writes that a function depends on its role, although the reference to the role says so already; "
            "saying it twice changes nothing"
        ),
        owner="platform",
        expires=date(2027, 12, 31),
        resource_types=frozenset({"AWS::Lambda::Function"}),
    ),
)
