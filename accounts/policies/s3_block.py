"""S3 blocks public access, above every account."""

from accounts.policies.guardrail import ROOT, Guardrail

S3_BLOCK = Guardrail(
    name="s3-block",
    type="S3_POLICY",
    summary="All four blocks of public access are on in every account, and no account can set its own.",
    why="The block of an account has no resource type in CloudFormation and can be lifted by its administrator; the "
    "organization's is above it and holds from an account's first minute.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html",
    breaks="Buckets that are public on purpose.",
    attached=(ROOT,),
    content={"s3_attributes": {"public_access_block_configuration": {"@@assign": "all"}}},
)
