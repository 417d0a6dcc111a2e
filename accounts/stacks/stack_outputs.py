"""The outputs of a platform account's common stack, for the stacks of products in the same account.

They are written out and read by name, because a reference that CDK makes by itself adds an output to the common stack
when the first product needs it: so a product would change a template that is everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Fn


@dataclass(frozen=True)
class StackOutputs:
    """Reads the outputs of a stack of the same account, from any region."""

    stack_name: str
    region: str

    def value(self, output: str) -> str:
        """A reference to the value, which CloudFormation reads when it deploys."""
        return Fn.get_stack_output(self.stack_name, output, self.region)
