"""An account that is closing does nothing more."""

from accounts.policies.exemption import VENDING
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SUSPENDED

SUSPENDED_CLOSED = Guardrail(
    name="suspended",
    type="SERVICE_CONTROL_POLICY",
    summary="In an account that is closing only the vending engine does anything.",
    why="Between the decision to close and the end lie days in which nobody looks any more.",
    reference="https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/suspended-ou.html",
    breaks="Everything in the account. Whoever still needs data has to ask for the account to be moved back.",
    attached=(SUSPENDED,),
    statements=(Statement(sid="SuspendedClosed", actions=("*",), exempt=(VENDING,)),),
)
