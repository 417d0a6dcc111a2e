"""What must never stop working: who vends, deploys, watches and rescues. Otherwise somebody is locked out."""

from accounts.policies.calls.call import MEMBERS, PLATFORM, WORKING, Call, Place, Where, rows

_ROLE = "arn:<partition>:iam::<account>:role/"
_NOT_SUSPENDED: tuple[Place, ...] = (*WORKING, "onboarding")
_CELLS: tuple[Place, ...] = ("cell", "sandbox")
_BOTH: tuple[Where, ...] = ("home", "edge")

ENGINE: tuple[Call, ...] = (
    *rows(
        "the vending engine comes into an account",
        "sts:AssumeRole",
        who=("administrator",),
        where=("management",),
        owner="cell",
        resource=f"{_ROLE}<vending-role>",
        works=True,
        vital=True,
    ),
    *rows(
        "the vending engine deletes default networks and sets defaults",
        "ec2:DeleteVpc",
        "ec2:EnableEbsEncryptionByDefault",
        "iam:UpdateAccountPasswordPolicy",
        "s3:PutAccountPublicAccessBlock",
        "servicequotas:RequestServiceQuotaIncrease",
        who=("vending engine",),
        where=MEMBERS,
        works=True,
        vital=True,
    ),
    *rows(
        "the vending engine sets defaults in CloudFront's region",
        "ec2:DeleteVpc",
        "ec2:EnableEbsEncryptionByDefault",
        who=("vending engine",),
        where=("cell", "onboarding", "log-archive"),
        region="edge",
        works=True,
        vital=True,
    ),
    *rows(
        "the vending engine makes and mends roles of the platform",
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        who=("vending engine", "stack set"),
        where=_NOT_SUSPENDED,
        resource=f"{_ROLE}<deployment-role>",
        absent=("iam:PermissionsBoundary",),
        works=True,
        vital=True,
    ),
    *rows(
        "the vending engine bootstraps an account",
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        who=("vending engine",),
        where=_NOT_SUSPENDED,
        resource="arn:<partition>:cloudformation:<region>:<account>:stack/CDKToolkit/*",
        works=True,
        vital=True,
    ),
)

BASELINE: tuple[Call, ...] = (
    *rows(
        "a stack set deploys the baseline",
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        who=("stack set",),
        where=_NOT_SUSPENDED,
        resource="arn:<partition>:cloudformation:<region>:<account>:stack/StackSet-baseline-1/*",
        works=True,
        vital=True,
    ),
    *rows(
        "the baseline brings recorder, hook and budget",
        "budgets:ModifyBudget",
        "cloudformation:ActivateType",
        "cloudformation:SetTypeConfiguration",
        "config:PutConfigurationRecorder",
        "config:PutDeliveryChannel",
        "config:StartConfigurationRecorder",
        who=("stack set",),
        where=_NOT_SUSPENDED,
        works=True,
        vital=True,
    ),
    *rows(
        "the baseline brings the recorder to CloudFront's region",
        "config:PutConfigurationRecorder",
        who=("stack set",),
        where=_NOT_SUSPENDED,
        region="edge",
        works=True,
        vital=True,
    ),
    *rows(
        "the baseline brings the boundary",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        who=("stack set", "vending engine"),
        where=_NOT_SUSPENDED,
        resource="arn:<partition>:iam::<account>:policy/<boundary>",
        works=True,
        vital=True,
    ),
    *rows(
        "the data hook reads its rules while the account is being made",
        "s3:GetObject",
        who=("baseline",),
        where=("onboarding", "cell"),
        resource="arn:<partition>:s3:::cdk-<bootstrap>-assets-1/rules.zip",
        works=True,
        vital=True,
    ),
)

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

VITAL: tuple[Call, ...] = (*ENGINE, *BASELINE, *DEPLOYMENT, *RESCUE)
