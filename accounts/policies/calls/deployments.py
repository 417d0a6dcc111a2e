"""What deploys and what rescues: the pipeline, the deployment and bootstrap roles, and break-glass."""

from accounts.policies.calls.call import PLATFORM, Call, Place, Where, rows

_ROLE = "arn:<partition>:iam::<account>:role/"
_CELLS: tuple[Place, ...] = ("cell", "sandbox")
_BOTH: tuple[Where, ...] = ("home", "edge")

DEPLOYMENT: tuple[Call, ...] = (
    *rows(
        "the pipeline becomes the deployment role of a cell",
        "sts:AssumeRole",
        who=("pipeline",),
        where=("ci-cd",),
        owner="cell",
        resource=f"{_ROLE}<deployment-role>",
        works=True,
        vital=True,
    ),
    *rows(
        "the pipeline becomes the deployment role of a sandbox",
        "sts:AssumeRole",
        who=("pipeline",),
        where=("ci-cd",),
        owner="sandbox",
        resource=f"{_ROLE}<deployment-role>",
        works=True,
        vital=True,
    ),
    *rows(
        "GitHub becomes the pipeline",
        "sts:AssumeRoleWithWebIdentity",
        who=("github",),
        where=("outside",),
        owner="ci-cd",
        resource=f"{_ROLE}<pipeline-role>",
        works=True,
        vital=True,
    ),
    *(
        call
        for region in _BOTH
        for name in ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")
        for call in rows(
            f"the deployment role becomes the {name} of the bootstrap",
            "sts:AssumeRole",
            who=("deployment role",),
            where=_CELLS,
            region=region,
            resource=f"{_ROLE}cdk-<bootstrap>-{name}-<account>-<region>",
            works=True,
            vital=True,
        )
    ),
    *(
        call
        for region in _BOTH
        for call in rows(
            "the bootstrap role deploys a stack",
            "cloudformation:CreateChangeSet",
            "cloudformation:DescribeStacks",
            "cloudformation:ExecuteChangeSet",
            who=("bootstrap role",),
            where=(*_CELLS, *PLATFORM),
            region=region,
            resource="arn:<partition>:cloudformation:<region>:<account>:stack/acme-crm-prod-data/*",
            works=True,
            vital=True,
        )
    ),
    *rows(
        "the bootstrap role hands CloudFormation its role",
        "iam:PassRole",
        who=("bootstrap role",),
        where=(*_CELLS, *PLATFORM),
        resource=f"{_ROLE}cdk-<bootstrap>-cfn-exec-role-<account>-<home-region>",
        works=True,
        vital=True,
    ),
    *rows(
        "the bootstrap role reads which bootstrap is there",
        "ssm:GetParameter",
        who=("bootstrap role",),
        where=_CELLS,
        resource="arn:<partition>:ssm:<region>:<account>:parameter/cdk-bootstrap/<bootstrap>/version",
        works=True,
        vital=True,
    ),
)

RESCUE: tuple[Call, ...] = (
    *rows(
        "break-glass repairs what is broken",
        "cloudformation:ContinueUpdateRollback",
        "ec2:AuthorizeSecurityGroupIngress",
        "ecs:UpdateService",
        "iam:PassRole",
        "kms:CancelKeyDeletion",
        "rds:FailoverDBCluster",
        "route53:ChangeResourceRecordSets",
        "s3:PutBucketPolicy",
        who=("break-glass",),
        where=(*_CELLS, "network-hub", "shared-services", "ci-cd", "other"),
        works=True,
        vital=True,
    ),
    *rows(
        "break-glass switches off a hook that stops every deployment",
        "cloudformation:DeactivateType",
        "cloudformation:SetTypeConfiguration",
        who=("break-glass",),
        where=_CELLS,
        works=True,
        vital=True,
    ),
    *rows(
        "break-glass goes back to the boundary before",
        "iam:SetDefaultPolicyVersion",
        who=("break-glass",),
        where=_CELLS,
        resource="arn:<partition>:iam::<account>:policy/<boundary>",
        works=True,
        vital=True,
    ),
)

DEPLOYMENTS: tuple[Call, ...] = (*DEPLOYMENT, *RESCUE)
