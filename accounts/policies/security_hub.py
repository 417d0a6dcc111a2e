"""Security Hub is on wherever something may run."""

from accounts.policies.guardrail import ROOT, Guardrail

SECURITY_HUB = Guardrail(
    name="security-hub",
    type="SECURITYHUB_POLICY",
    summary="Security Hub is on in every governed region of every account.",
    why="An account that joins has it at once, without a stack that somebody has to deploy into it.",
    reference=""
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_security_hub_syntax.html",
    breaks="Nothing; it costs per resource.",
    attached=(ROOT,),
    content={
        "securityhub": {
            "enable_in_regions": {"@@assign": ["<governed-regions>"]},
            "disable_in_regions": {"@@assign": []},
        }
    },
)
