"""AWS trains nothing with the organization's content."""

from accounts.policies.guardrail import ROOT, Guardrail

_FINAL = ["@@none"]

AI_OPT_OUT = Guardrail(
    name="ai-opt-out",
    type="AISERVICES_OPT_OUT_POLICY",
    summary="No AI service of AWS keeps or uses content to improve itself, and no account can decide otherwise.",
    why="Some services do by default, also in other regions than the one in which they are used.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html",
    breaks="Nothing.",
    attached=(ROOT,),
    content={
        "services": {
            "@@operators_allowed_for_child_policies": [*_FINAL],
            "default": {
                "@@operators_allowed_for_child_policies": [*_FINAL],
                "opt_out_policy": {
                    "@@operators_allowed_for_child_policies": [*_FINAL],
                    "@@assign": "optOut",
                },
            },
        }
    },
)
