"""The rules of the hook over data change by deployment only."""

from accounts.policies.exemption import SECURITY_TOOLING, VENDING
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SECURITY

HOOK_RULES = Guardrail(
    name="hook-rules",
    type="SERVICE_CONTROL_POLICY",
    summary="In the accounts of the unit Security only deployments open, change or delete the buckets of the hook's "
    "rules, in every region.",
    why="The hook of every account judges by the rules that are there. The policy of each bucket lets nobody but the "
    "CDK's publisher write; who can change that policy, or delete the bucket, decides what every account may delete.",
    reference="https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks.html",
    breaks="Changing such a bucket in the console.",
    attached=(SECURITY,),
    statements=(
        Statement(
            sid="HookRulesByDeployment",
            actions=(
                "s3:DeleteBucket*",
                "s3:PutBucketAcl",
                "s3:PutBucketOwnershipControls",
                "s3:PutBucketPolicy",
                "s3:PutBucketVersioning",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutReplicationConfiguration",
            ),
            resources=("arn:<partition>:s3:::<hook-rules>*",),
            exempt=(VENDING, SECURITY_TOOLING),
        ),
    ),
)
