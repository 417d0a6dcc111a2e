"""AWS services act for the organization only."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

CONFUSED_DEPUTY = Guardrail(
    name="confused-deputy",
    type="RESOURCE_CONTROL_POLICY",
    summary="A service of AWS reaches data and roles of the organization only on behalf of one of its accounts.",
    why="A resource policy that lets a service in lets it in for everybody who can make it call. Where a service says "
    "for whom it calls, it has to be one of the organization's accounts.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    breaks="Deliveries that an outside account sets up into a bucket or queue of the organization.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="OwnAccountsOnly",
            actions=("kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole"),
            when={
                "Bool": {"aws:PrincipalIsAWSService": "true"},
                "Null": {"aws:SourceAccount": "false"},
                "StringNotEqualsIfExists": {"aws:SourceOrgID": "<organization-id>"},
            },
        ),
    ),
)
