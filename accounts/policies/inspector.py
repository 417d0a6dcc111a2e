"""Inspector looks for known holes wherever something may run."""

from pydantic import JsonValue

from accounts.policies.guardrail import ROOT, Guardrail

_EVERYWHERE: dict[str, JsonValue] = {
    "enable_in_regions": {"@@assign": ["<governed-regions>"]},
    "disable_in_regions": {"@@assign": []},
}

INSPECTOR = Guardrail(
    name="inspector",
    type="INSPECTOR_POLICY",
    summary="Inspector scans machines, images and functions in every governed region of every account.",
    why="An account that joins has it at once, without a stack that somebody has to deploy into it.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inspector_syntax.html",
    breaks="Nothing; it costs per machine, image and function.",
    attached=(ROOT,),
    content={
        "inspector": {
            "enablement": {
                "ec2_scanning": _EVERYWHERE,
                "ecr_scanning": _EVERYWHERE,
                "lambda_standard_scanning": _EVERYWHERE,
            }
        }
    },
)
