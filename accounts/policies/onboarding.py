"""An account that waits for its baseline is nobody's yet."""

from accounts.policies.exemption import BASELINE, STACK_SETS, VENDING
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import ONBOARDING

ONBOARDING_CLOSED = Guardrail(
    name="onboarding",
    type="SERVICE_CONTROL_POLICY",
    summary="In an account that waits for its baseline only the vending engine and the baseline itself do anything.",
    why="Without its baseline an account has no recorder, no boundary and no hook: what is made in it then is never "
    "checked.",
    reference="https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/transitional-ou.html",
    breaks="Looking into a new account before it is ready, with any role.",
    attached=(ONBOARDING,),
    statements=(
        Statement(
            sid="OnboardingClosed",
            actions=("*",),
            exempt=(VENDING, STACK_SETS, BASELINE),
        ),
    ),
)
