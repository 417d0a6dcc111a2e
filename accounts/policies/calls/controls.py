"""What the platform has put into an account: policies, hook, stacks, buckets, stack sets."""

from accounts.policies.calls.call import BESIDE_HOME, MEMBERS, PLATFORM, WORKING, Call, Place, rows

_CELLS: tuple[Place, ...] = ("cell", "sandbox")
_STACK = "arn:<partition>:cloudformation:<region>:<account>:stack/"
_CHANGING = (
    "cloudformation:CancelUpdateStack",
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:RollbackStack",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateStack",
    "cloudformation:UpdateTerminationProtection",
)

POLICIES: tuple[Call, ...] = (
    *(
        call
        for name in ("<boundary>", "<execution-policy>")
        for call in rows(
            f"an administrator rewrites the policy {name}",
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
            "iam:TagPolicy",
            "iam:UntagPolicy",
            who=("administrator", "cloudformation", "task"),
            where=("cell", "sandbox", "other"),
            resource=f"arn:<partition>:iam::<account>:policy/{name}",
            works=False,
        )
    ),
    *(
        call
        for name in ("<platform-boundary>", "<platform-execution-policy>")
        for call in rows(
            f"somebody rewrites the policy {name}",
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
            "iam:TagPolicy",
            "iam:UntagPolicy",
            who=("administrator", "break-glass", "cloudformation"),
            where=PLATFORM,
            resource=f"arn:<partition>:iam::<account>:policy/{name}",
            works=False,
        )
    ),
    *rows(
        "the vending engine prepares an account of the platform for its bootstrap",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        who=("vending engine",),
        where=PLATFORM,
        resource="arn:<partition>:iam::<account>:policy/<platform-execution-policy>",
        works=True,
        vital=True,
    ),
    *rows(
        "a deployment makes a policy of its own",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        who=("administrator", "cloudformation"),
        where=_CELLS,
        resource="arn:<partition>:iam::<account>:policy/acme-crm-read",
        works=True,
    ),
)

HOOK: tuple[Call, ...] = (
    *rows(
        "an administrator switches the data hook off or replaces it",
        "cloudformation:ActivateType",
        "cloudformation:DeactivateType",
        "cloudformation:DeregisterType",
        "cloudformation:RegisterType",
        "cloudformation:SetTypeConfiguration",
        "cloudformation:SetTypeDefaultVersion",
        who=("administrator", "cloudformation", "root"),
        where=MEMBERS,
        works=False,
    ),
    *(
        call
        for region, words in BESIDE_HOME.items()
        for call in rows(
            f"an administrator switches the data hook of {words} off or replaces it",
            "cloudformation:ActivateType",
            "cloudformation:DeactivateType",
            "cloudformation:DeregisterType",
            "cloudformation:SetTypeConfiguration",
            who=("administrator", "cloudformation", "root"),
            where=MEMBERS,
            region=region,
            works=False,
        )
    ),
    *rows(
        "somebody looks at extensions and hooks",
        "cloudformation:DescribeType",
        "cloudformation:ListTypes",
        who=("administrator", "cloudformation"),
        where=_CELLS,
        works=True,
    ),
)

STACKS: tuple[Call, ...] = (
    *(
        call
        for name in ("<baseline-stacks>Global-1", "CDKToolkit")
        for call in rows(
            f"an administrator changes the stack {name}",
            *_CHANGING,
            who=("administrator", "bootstrap role", "break-glass"),
            where=_CELLS,
            resource=f"{_STACK}{name}/1",
            works=False,
        )
    ),
    *rows(
        "an administrator changes the stack <baseline-stacks>Regional-1 in CloudFront's region",
        *_CHANGING,
        who=("administrator", "bootstrap role", "break-glass"),
        where=_CELLS,
        region="edge",
        resource=f"{_STACK}<baseline-stacks>Regional-1/1",
        works=False,
    ),
    *rows(
        "an administrator changes a stack of his own",
        *_CHANGING,
        who=("administrator", "bootstrap role"),
        where=_CELLS,
        resource=f"{_STACK}acme-crm-prod-data/1",
        works=True,
    ),
)

STORES: tuple[Call, ...] = (
    *(
        call
        for name in (
            "cdk-<bootstrap>-assets-1",
            "<baseline-buckets>global-reports-1",
            "<baseline-buckets>regional-reports-1",
        )
        for call in rows(
            f"an administrator opens or deletes the bucket {name}",
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketAcl",
            "s3:PutBucketPolicy",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:PutReplicationConfiguration",
            who=("administrator", "cloudformation"),
            where=_CELLS,
            resource=f"arn:<partition>:s3:::{name}",
            works=False,
        )
    ),
    *rows(
        "a bootstrap role publishes an asset",
        "s3:GetObject",
        "s3:PutObject",
        who=("bootstrap role",),
        where=_CELLS,
        resource="arn:<partition>:s3:::cdk-<bootstrap>-assets-1/1.zip",
        works=True,
        vital=True,
    ),
    *rows(
        "an administrator pretends another bootstrap",
        "ssm:DeleteParameter",
        "ssm:PutParameter",
        who=("administrator", "cloudformation"),
        where=_CELLS,
        resource="arn:<partition>:ssm:<region>:<account>:parameter/cdk-bootstrap/<bootstrap>/version",
        works=False,
    ),
    *rows(
        "the vending engine bootstraps: bucket and version",
        "s3:PutBucketPolicy",
        "s3:PutLifecycleConfiguration",
        who=("vending engine", "stack set"),
        where=(*WORKING, "onboarding"),
        resource="arn:<partition>:s3:::cdk-<bootstrap>-assets-1",
        works=True,
        vital=True,
    ),
)

RULES: tuple[Call, ...] = (
    *(
        call
        for bucket in ("<hook-rules>", "<hook-rules>-us-east-1")
        for call in rows(
            f"somebody opens or deletes the bucket {bucket} of the hook's rules",
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketAcl",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:PutReplicationConfiguration",
            who=("administrator", "break-glass"),
            where=("security-tooling",),
            resource=f"arn:<partition>:s3:::{bucket}",
            works=False,
        )
    ),
    *rows(
        "a deployment brings the rules of the hook",
        "s3:CreateBucket",
        "s3:PutBucketPolicy",
        who=("cloudformation", "vending engine"),
        where=("security-tooling",),
        resource="arn:<partition>:s3:::<hook-rules>",
        works=True,
        vital=True,
    ),
    *(
        call
        for region, words in BESIDE_HOME.items()
        for call in rows(
            f"a deployment brings the rules of the hook to {words}",
            "s3:CreateBucket",
            "s3:PutBucketPolicy",
            who=("cloudformation",),
            where=("security-tooling",),
            region=region,
            resource="arn:<partition>:s3:::<hook-rules>-<region>",
            works=True,
            vital=True,
        )
    ),
)

_STACK_SET = "arn:<partition>:cloudformation:<region>:<account>:stackset/baseline:1"
STACK_SETS: tuple[Call, ...] = (
    *rows(
        "an administrator changes every account at once",
        "cloudformation:CreateStackInstances",
        "cloudformation:CreateStackSet",
        "cloudformation:DeleteStackInstances",
        "cloudformation:DeleteStackSet",
        "cloudformation:UpdateStackInstances",
        "cloudformation:UpdateStackSet",
        "cloudformation:ImportStacksToStackSet",
        "cloudformation:StopStackSetOperation",
        who=("administrator", "break-glass", "auditor"),
        where=("security-tooling",),
        resource=_STACK_SET,
        works=False,
    ),
    *rows(
        "a deployment changes the stack sets of the organization",
        "cloudformation:CreateStackSet",
        "cloudformation:UpdateStackSet",
        who=("cloudformation", "vending engine"),
        where=("security-tooling",),
        resource=_STACK_SET,
        works=True,
        vital=True,
    ),
)

CONTROLS: tuple[Call, ...] = (*POLICIES, *HOOK, *STACKS, *STORES, *RULES, *STACK_SETS)
