"""Remembers which values a stack read from other stacks when it was last deployed.

CloudFormation reads `Fn::GetStackOutput` at create and update only, and the CDK CLI skips a stack whose template is the
same. So a stack that read an older value has to be deployed again by force.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assembly.load import CloudAssembly, Stack
from assembly.references import OutputReference, references, resolved_digest

if TYPE_CHECKING:
    from cells.deploy.clients import Clients
    from cells.deploy.stack import LiveStack

_LEAF = "ProductCell"

LiveStacks = Callable[[Stack], "LiveStack"]


class ResolvedValues:
    """The digests of the values that the stacks of an assembly read, in the Parameter Store of the home region."""

    def __init__(self, clients: Clients, path: str) -> None:
        """`path` is the folder of the parameters, such as `/cells/acme-crm/prod/eu-west-1/resolved`."""
        self._clients = clients
        self._path = path

    def digest(self, stack: Stack, assembly: CloudAssembly, live: LiveStacks) -> str:
        """The digest of what the stack would read now; empty when it reads nothing."""
        values: dict[OutputReference, str] = {}
        outputs: dict[str, dict[str, str]] = {}
        for reference in references(stack):
            producer = assembly.named(reference.producer, reference.region)
            if producer is None:
                continue
            if producer.id not in outputs:
                outputs[producer.id] = live(producer).outputs()
            values[reference] = outputs[producer.id].get(reference.output, "")
        return resolved_digest(values) if values else ""

    def recorded(self, stack: Stack) -> str:
        """The digest of its last deployment; empty when there is none."""
        from botocore.exceptions import ClientError

        try:
            return self._clients.ssm.get_parameter(Name=self._name(stack))["Parameter"].get("Value", "")
        except ClientError as error:
            if "ParameterNotFound" in str(error):
                return ""
            raise

    def record(self, stack: Stack, digest: str) -> None:
        """Note the digest of a deployment."""
        if digest and self.recorded(stack) != digest:
            self._clients.ssm.put_parameter(Name=self._name(stack), Value=digest, Type="String", Overwrite=True)

    def forget(self, stack: Stack) -> None:
        """Take the note away."""
        self._clients.ssm.delete_parameters(Names=[self._name(stack)])

    def _name(self, stack: Stack) -> str:
        return f"{self._path}/{stack.id.removeprefix(_LEAF).lstrip('-').lower() or 'cell'}"
