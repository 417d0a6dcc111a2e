"""An account stays in the organization, and its regions and contacts are the organization's to set."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

STAY_IN_ORGANIZATION = Guardrail(
    name="stay-in-organization",
    type="SERVICE_CONTROL_POLICY",
    summary="No account leaves the organization, closes itself, opens a region or changes whom AWS calls.",
    why="An account that leaves takes its data with it and loses every guardrail. Closing, regions and contacts are "
    "the vending engine's, which works from the management account and is not bound by this.",
    reference=""
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html",
    breaks="Nobody can change the contacts of an account in its own console: accounts/organization.yaml has them.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="StayInOrganization",
            actions=(
                "account:AcceptPrimaryEmailUpdate",
                "account:CloseAccount",
                "account:DeleteAlternateContact",
                "account:DisableRegion",
                "account:EnableRegion",
                "account:PutAccountName",
                "account:PutAlternateContact",
                "account:PutContactInformation",
                "account:StartPrimaryEmailUpdate",
                "organizations:LeaveOrganization",
            ),
        ),
    ),
)
