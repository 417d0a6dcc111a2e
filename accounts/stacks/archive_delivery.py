"""Who may write to the log archive: the services of AWS that deliver logs, on behalf of this organization only.

Nobody is let in to read: that takes a role of the log archive account itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

_TO_OWNER = {"s3:x-amz-acl": "bucket-owner-full-control"}
_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_CONFIG = "config.amazonaws.com"
_FLOW_LOGS = "delivery.logs.amazonaws.com"


def trail_arn(stack: Stack, *, management_account: str, name: str) -> str:
    """The ARN of the organization's trail. It carries the management account's id, whoever made the trail."""
    return stack.format_arn(service="cloudtrail", account=management_account, resource="trail", resource_name=name)


def let_trail_deliver(bucket: s3.Bucket, *, trail: str, folders: Sequence[str]) -> None:
    """Let CloudTrail write for one trail, below `AWSLogs/` in the folders of the organization and its owner.

    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    source = {"aws:SourceArn": trail}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CheckBeforeTrail",
            principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
            actions=["s3:GetBucketAcl"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": source},
        )
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="DeliverTrail",
            principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{folder}/*") for folder in folders],
            conditions={"StringEquals": {**source, **_TO_OWNER}},
        )
    )


def let_trail_encrypt(key: kms.Key, *, trail: str, management_account: str) -> None:
    """Let CloudTrail encrypt what one trail delivers.

    See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    stack = Stack.of(key)
    trails = stack.format_arn(
        service="cloudtrail", region="*", account=management_account, resource="trail", resource_name="*"
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EncryptTrail",
            principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
            actions=["kms:GenerateDataKey*"],
            resources=["*"],
            conditions={
                "StringEquals": {"aws:SourceArn": trail},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
            },
        )
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="DescribeForTrail",
            principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
            actions=["kms:DescribeKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceArn": trail}},
        )
    )


def let_config_deliver(bucket: s3.Bucket, *, organization_id: str) -> None:
    """Let AWS Config of every account of the organization write below `AWSLogs/<account>/Config/`.

    See https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    source = {"aws:SourceOrgID": organization_id}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CheckBeforeConfig",
            principals=[iam.ServicePrincipal(_CONFIG)],
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": source},
        )
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="DeliverConfig",
            principals=[iam.ServicePrincipal(_CONFIG)],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("AWSLogs/*/Config/*")],
            conditions={"StringEquals": {**source, **_TO_OWNER}},
        )
    )


def let_config_encrypt(key: kms.Key, *, organization_id: str) -> None:
    """Let AWS Config of every account of the organization encrypt what it delivers.

    See https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    """
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EncryptConfig",
            principals=[iam.ServicePrincipal(_CONFIG)],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceOrgID": organization_id}},
        )
    )


def let_flow_logs_deliver(bucket: s3.Bucket, *, organization_id: str) -> None:
    """Let AWS's log delivery write, on behalf of accounts of the organization.

    By organization and not by account: six hundred ids are more than a bucket policy holds.
    See https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """
    source = {"aws:SourceOrgID": organization_id}
    logs = {"aws:SourceArn": Stack.of(bucket).format_arn(service="logs", account="*", resource="*")}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="DeliverFlowLogs",
            principals=[iam.ServicePrincipal(_FLOW_LOGS)],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={"StringEquals": {**source, **_TO_OWNER}, "ArnLike": logs},
        )
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CheckBeforeDelivery",
            principals=[iam.ServicePrincipal(_FLOW_LOGS)],
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": source, "ArnLike": logs},
        )
    )


def let_replicas_in(bucket: s3.Bucket, *, organization_id: str, role_path: str) -> None:
    """Let S3 replicate to the bucket, as roles of the organization below a path, and give the copies to the archive.

    Neither S3 nor a load balancer writes its access logs to a bucket of another account.
    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-walkthrough-2.html
    """
    conditions = _replicating(Stack.of(bucket), organization_id, role_path)
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ReplicateAccessLogs",
            principals=[iam.AnyPrincipal()],
            actions=["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"],
            resources=[bucket.arn_for_objects("*")],
            conditions=conditions,
        )
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="CheckBeforeReplication",
            principals=[iam.AnyPrincipal()],
            actions=["s3:GetBucketVersioning"],
            resources=[bucket.bucket_arn],
            conditions=conditions,
        )
    )


def let_replicas_encrypt(key: kms.Key, *, bucket_name: str, organization_id: str, role_path: str) -> None:
    """Let S3 encrypt what it replicates to one bucket, as roles of the organization below a path.

    S3 asks for one object, or for the whole bucket where it has a bucket key.
    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    stack = Stack.of(key)
    bucket = stack.format_arn(
        service="s3", region="", account="", resource=bucket_name, arn_format=ArnFormat.NO_RESOURCE_NAME
    )
    conditions = _replicating(stack, organization_id, role_path)
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="EncryptReplicas",
            principals=[iam.AnyPrincipal()],
            actions=["kms:Encrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={
                **conditions,
                "StringEquals": {**conditions["StringEquals"], "kms:ViaService": f"s3.{stack.region}.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
            },
        )
    )


def _replicating(stack: Stack, organization_id: str, role_path: str) -> dict[str, dict[str, str]]:
    roles = stack.format_arn(
        service="iam", region="", account="*", resource=f"role{role_path}*", arn_format=ArnFormat.NO_RESOURCE_NAME
    )
    return {
        "StringEquals": {"aws:PrincipalOrgID": organization_id},
        "ArnLike": {"aws:PrincipalArn": roles},
    }
