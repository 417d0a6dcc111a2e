"""Stack sets of the organization change by deployment only."""

from accounts.policies.exemption import SECURITY_TOOLING, VENDING
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SECURITY

ORGANIZATION_STACK_SETS = Guardrail(
    name="stack-sets",
    type="SERVICE_CONTROL_POLICY",
    summary="In the accounts of the unit Security only deployments make, change or delete stack sets.",
    why="The security tooling account administers the stack sets of the organization: who changes one changes every "
    "account at once, with a role that guardrails exempt.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html",
    breaks="Changing a stack set in the console.",
    attached=(SECURITY,),
    statements=(
        Statement(
            sid="StackSetsByDeployment",
            actions=(
                "cloudformation:CreateStackInstances",
                "cloudformation:CreateStackSet",
                "cloudformation:DeleteStackInstances",
                "cloudformation:DeleteStackSet",
                "cloudformation:ImportStacksToStackSet",
                "cloudformation:StopStackSetOperation",
                "cloudformation:UpdateStackInstances",
                "cloudformation:UpdateStackSet",
            ),
            exempt=(VENDING, SECURITY_TOOLING),
        ),
    ),
)
