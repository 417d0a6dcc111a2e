"""What must never stop working, or an account cannot be made or mended: the vending engine and the baseline."""

from accounts.policies.calls.call import BESIDE_HOME, MEMBERS, WORKING, Call, Place, rows

_ROLE = "arn:<partition>:iam::<account>:role/"
_NOT_SUSPENDED: tuple[Place, ...] = (*WORKING, "onboarding")

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
        "the baseline watches who signs in, which AWS records in CloudFront's region",
        "events:PutRule",
        who=("stack set",),
        where=("cell", "sandbox", "log-archive", "onboarding"),
        region="edge",
        works=True,
        vital=True,
    ),
    *(
        call
        for region, words in BESIDE_HOME.items()
        for call in rows(
            f"the baseline brings the data hook to {words}, with a bucket for its reports",
            "cloudformation:ActivateType",
            "cloudformation:SetTypeConfiguration",
            "s3:CreateBucket",
            "s3:PutBucketPolicy",
            who=("stack set", "vending engine"),
            where=_NOT_SUSPENDED,
            region=region,
            works=True,
            vital=True,
        )
    ),
    *rows(
        "the vending engine brings the data hook",
        "cloudformation:ActivateType",
        "cloudformation:SetTypeConfiguration",
        who=("vending engine",),
        where=_NOT_SUSPENDED,
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
        owner="security-tooling",
        resource="arn:<partition>:s3:::<hook-rules>/rules.guard",
        works=True,
        vital=True,
    ),
    *(
        call
        for region, words in BESIDE_HOME.items()
        for call in rows(
            f"the data hook of {words} reads its rules while the account is being made",
            "s3:GetObject",
            who=("baseline",),
            where=("onboarding", "cell"),
            owner="security-tooling",
            region=region,
            resource="arn:<partition>:s3:::<hook-rules>-<region>/rules.guard",
            works=True,
            vital=True,
        )
    ),
)

VITAL: tuple[Call, ...] = (*ENGINE, *BASELINE)
