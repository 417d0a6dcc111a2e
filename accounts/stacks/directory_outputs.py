"""What the stack of shared services tells about the directories of users."""

from __future__ import annotations

from accounts.network_spec import segment_id
from constructs_lib.specs.identity import Segment


def shared_services_stack_name(organization: str) -> str:
    """The stack `SharedServices` as CloudFormation has it."""
    return f"{organization}-shared-services"


def issuer_output(segment: Segment) -> str:
    """The output with the issuer of a segment's tokens: `NonProdIssuer`."""
    return f"{segment_id(segment)}Issuer"
