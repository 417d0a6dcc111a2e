"""Nothing happens outside the governed regions, and in CloudFront's region only what the edge of a cell needs."""

from accounts.policies.exemption import STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

_ANSWERS_ELSEWHERE = (
    "chatbot:*",
    "ec2:DescribeRegions",
    "globalaccelerator:*",
    "health:*",
    "networkmanager:*",
    "route53-recovery-cluster:*",
    "route53-recovery-control-config:*",
    "route53-recovery-readiness:*",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "shield:*",
    "sts:*",
    "support:*",
)
"""Global services with addresses outside us-east-1, and calls that every region answers."""

_GLOBAL_IN_US_EAST_1 = (
    "account:*",
    "aws-marketplace:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "cur:*",
    "health:*",
    "iam:*",
    "organizations:*",
    "payments:*",
    "pricing:*",
    "route53:*",
    "route53domains:*",
    "savingsplans:*",
    "servicequotas:*",
    "shield:*",
    "sts:*",
    "support:*",
    "tag:*",
    "tax:*",
    "trustedadvisor:*",
)

_EDGE = (
    "acm:*",
    "amplify:AssociateWebACL",
    "amplify:DisassociateWebACL",
    "amplify:GetWebACLForResource",
    "application-signals:*",
    "cloudformation:*",
    "cloudwatch:*",
    "ec2:Describe*",
    "ecr:*",
    "elasticloadbalancing:Describe*",
    "kms:*",
    "logs:*",
    "s3:*",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "sns:*",
    "ssm:*",
    "wafv2:*",
)
"""What the edge stack of a cell is made of, and what `cdk bootstrap` keeps."""

_CONTROLS = (
    "access-analyzer:*",
    "cloudtrail:*",
    "config:*",
    "guardduty:*",
    "inspector2:*",
    "macie2:*",
    "securityhub:*",
)
"""What watches the region."""

GOVERNED_REGIONS = Guardrail(
    name="governed-regions",
    type="SERVICE_CONTROL_POLICY",
    summary="Nothing happens outside the governed regions; in us-east-1 only what CloudFront and its stack need.",
    why="A region that nobody watches is where a stolen key mines coins, and data has to stay where the company says "
    "it does. Global services count as us-east-1, which is always governed.",
    reference=""
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html",
    breaks="Inference profiles of Bedrock that route to other regions; Lambda@Edge; copies of snapshots and backups to "
    "regions that are not governed. Add the region to `governed_regions`. When cells live in us-east-1 itself, the "
    "second half is left out.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="GovernedRegions",
            all_but=_ANSWERS_ELSEWHERE,
            when={"StringNotEquals": {"aws:RequestedRegion": "<governed-regions>"}},
        ),
        Statement(
            sid="EdgeRegion",
            all_but=(*_GLOBAL_IN_US_EAST_1, *_EDGE, *_CONTROLS),
            when={"StringEquals": {"aws:RequestedRegion": "<edge-only-regions>"}},
            exempt=(VENDING, STACK_SETS),
            drop_when_empty=True,
        ),
    ),
)
