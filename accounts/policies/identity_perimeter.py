"""Data and roles of the organization are for its own identities."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

IDENTITY_PERIMETER = Guardrail(
    name="identity-perimeter",
    type="RESOURCE_CONTROL_POLICY",
    summary="Nobody outside the organization reaches its buckets, keys, queues, secrets, tables or images, or becomes "
    "one of its roles, whatever their policies say.",
    why="One wrong line in a bucket policy or a trust policy is enough to give data away. This holds when that line is "
    "there. AWS services pass, and so does AssumeRoleWithWebIdentity, by which GitHub's pipelines come: the trust "
    "policy of their role names the repository.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
    breaks="A supplier's role that reads from outside, buckets that are public on purpose, and access logs in regions "
    "where a load balancer writes with an account of AWS instead of its service principal. SNS, and what RCPs do not "
    "cover, stays with the resource policies.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="OwnIdentitiesOnly",
            actions=(
                "dynamodb:*",
                "ecr:*",
                "kms:*",
                "s3:*",
                "secretsmanager:*",
                "sqs:*",
                "sts:AssumeRole",
                "sts:SetContext",
            ),
            when={
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "<organization-id>"},
            },
        ),
    ),
)
