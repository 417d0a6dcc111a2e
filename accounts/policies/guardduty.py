"""GuardDuty watches every account in every region that it knows."""

from pydantic import JsonValue

from accounts.policies.guardrail import ROOT, Guardrail

_PLANS = (
    "foundational",
    "s3_data_events",
    "eks_audit_logs",
    "ebs_malware_protection",
    "rds_login_events",
    "lambda_network_logs",
    "runtime_monitoring",
)
"""The same as the administrator sets for the organization. Agents in tasks are the product's choice."""


def _enabled() -> dict[str, JsonValue]:
    return {plan: {"status": {"@@assign": "enabled"}} for plan in _PLANS}


GUARDDUTY = Guardrail(
    name="guardduty",
    type="GUARDDUTY_POLICY",
    summary="GuardDuty watches every account in every region, with its protection plans.",
    why="An account that joins is watched at once. Regions that nobody may use are watched too: who goes round the "
    "region lock goes there.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_guardduty_syntax.html",
    breaks="Nothing; it costs per event and per gigabyte, and next to nothing where nothing happens.",
    attached=(ROOT,),
    content={"guardduty": {"enablement": {"default": _enabled()}}},
)
