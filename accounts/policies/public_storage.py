"""No bucket is public."""

from accounts.policies.exemption import VENDING
from accounts.policies.guardrail import ROOT, Guardrail, Statement

PUBLIC_STORAGE = Guardrail(
    name="public-storage",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody opens a bucket: the account's block of public access stays, and no public access list is set.",
    why="A public bucket is the leak that everybody reads about. The block of the account is above every bucket, so "
    "that only the vending engine may set it.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    breaks="Websites served by S3 itself: a cell has CloudFront in front of its site.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="KeepAccountBlock",
            actions=("s3:PutAccountPublicAccessBlock",),
            exempt=(VENDING,),
        ),
        Statement(
            sid="NoPublicAcl",
            actions=(
                "s3:CreateBucket",
                "s3:PutBucketAcl",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:PutObjectVersionAcl",
            ),
            when={"StringEquals": {"s3:x-amz-acl": ("authenticated-read", "public-read", "public-read-write")}},
        ),
    ),
)
