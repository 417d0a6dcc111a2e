"""Only the platform changes what it has put into an account: policies, hook, stacks, buckets."""

from accounts.policies.exemption import BREAK_GLASS, STACK_SETS, VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

PLATFORM_CONTROLS = Guardrail(
    name="platform-controls",
    type="SERVICE_CONTROL_POLICY",
    summary="Only the platform changes its permission boundaries and execution policies, the data hook, its own stacks "
    "and the bootstrap.",
    why="They are what bounds a cell: with the boundary widened or the hook off, every other promise about a cell is "
    "void. Break-glass may change boundary and hook, because a mistake in them can stop every deployment.",
    reference="https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks.html",
    breaks="Activating extensions of CloudFormation in an account: the baseline has to bring them.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="PlatformPolicies",
            actions=(
                "iam:CreatePolicy*",
                "iam:DeletePolicy*",
                "iam:SetDefaultPolicyVersion",
                "iam:TagPolicy",
                "iam:UntagPolicy",
            ),
            resources=(
                "arn:<partition>:iam::*:policy/<boundary>",
                "arn:<partition>:iam::*:policy/<execution-policy>",
            ),
            exempt=(VENDING, STACK_SETS, BREAK_GLASS),
        ),
        Statement(
            sid="PlatformAccess",
            actions=(
                "iam:CreatePolicy*",
                "iam:DeletePolicy*",
                "iam:SetDefaultPolicyVersion",
                "iam:TagPolicy",
                "iam:UntagPolicy",
            ),
            resources=(
                "arn:<partition>:iam::*:policy/<platform-boundary>",
                "arn:<partition>:iam::*:policy/<platform-execution-policy>",
            ),
            exempt=(VENDING,),
        ),
        Statement(
            sid="PlatformHooks",
            actions=(
                "cloudformation:ActivateType",
                "cloudformation:DeactivateType",
                "cloudformation:DeregisterType",
                "cloudformation:RegisterType",
                "cloudformation:SetTypeConfiguration",
                "cloudformation:SetTypeDefaultVersion",
            ),
            exempt=(VENDING, STACK_SETS, BREAK_GLASS),
        ),
        Statement(
            sid="PlatformStacks",
            actions=(
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
            ),
            resources=(
                "arn:<partition>:cloudformation:*:*:stack/StackSet-*",
                "arn:<partition>:cloudformation:*:*:stack/CDKToolkit/*",
            ),
            exempt=(VENDING, STACK_SETS),
        ),
        Statement(
            sid="PlatformStores",
            actions=(
                "s3:DeleteBucket*",
                "s3:PutBucketAcl",
                "s3:PutBucketPolicy",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutReplicationConfiguration",
                "ssm:DeleteParameter*",
                "ssm:PutParameter",
            ),
            resources=(
                "arn:<partition>:s3:::cdk-<bootstrap>-assets-*",
                "arn:<partition>:s3:::<baseline-buckets>*",
                "arn:<partition>:ssm:*:*:parameter/cdk-bootstrap/*",
            ),
            exempt=(VENDING, STACK_SETS),
        ),
    ),
)
