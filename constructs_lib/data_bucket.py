"""How every bucket with data of a cell is built, and how access to its objects is given."""

from collections.abc import Sequence

from aws_cdk import Annotations, Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.backup_selection import back_up, leave_out_of_backups
from constructs_lib.exception import excuse
from constructs_lib.private_bucket import private_bucket
from constructs_lib.specs.protection import ProtectionSpec


def data_bucket(
    scope: Construct,
    id: str,
    *,
    key: kms.IKey | None,
    log_bucket: s3.IBucket,
    log_prefix: str,
    protection: ProtectionSpec,
    rules: Sequence[s3.LifecycleRule] = (),
    cors: Sequence[s3.CorsRule] | None = None,
    object_lock: bool | None = None,
    retention: s3.ObjectLockRetention | None = None,
    no_backup: str | None = None,
) -> s3.Bucket:
    """Add a bucket that is encrypted with `key`, versioned and private, and refuses requests without TLS 1.2.

    Without a key S3 encrypts with its own, for what CloudFront shows to everybody. Access is logged to `log_bucket`, an
    imported one, under `log_prefix`. `retention` locks its objects from the start; `object_lock` alone only lets them
    be locked. AWS Backup copies it as `protection` says, unless `no_backup` gives a reason why not.
    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html.
    """
    bucket = private_bucket(
        scope,
        id,
        key=key,
        protection=protection,
        rules=rules,
        cors=cors,
        log_bucket=log_bucket,
        log_prefix=log_prefix,
        object_lock=object_lock,
        retention=retention,
    )
    if no_backup is None:
        back_up(bucket, protection)
    else:
        leave_out_of_backups(bucket, protection, reason=no_backup)
    # The log bucket's own policy lets the logging service write for every bucket of this account.
    Annotations.of(bucket).acknowledge_warning("@aws-cdk/aws-s3:accessLogsPolicyNotAdded")
    return bucket


def log_bucket_of(scope: Construct, log_bucket: s3.IBucket) -> s3.IBucket:
    """Import the log bucket: CDK would write into the real one, which is in another stack and has its whole policy."""
    return s3.Bucket.from_bucket_name(scope, "LogBucket", log_bucket.bucket_name)


def grant_objects(
    grantee: iam.IGrantable,
    bucket: s3.IBucket,
    key: kms.IKey,
    *,
    object_actions: Sequence[str],
    # Both, where objects are read or come in parts: an upload in parts decrypts what it wrote.
    key_actions: Sequence[str] = ("kms:Decrypt", "kms:GenerateDataKey"),
    bucket_actions: Sequence[str] = (),
    reason: str = "the objects of a bucket are not known in advance; the actions are, and the bucket is one",
) -> None:
    """Let the grantee call exactly these actions on the bucket, its objects, and its key through S3.

    Not the grants of the CDK: their wildcard actions reach old versions and the bucket's settings. `reason` excuses
    that the objects are not named.
    """
    principal = grantee.grant_principal
    if bucket_actions:
        principal.add_to_principal_policy(
            iam.PolicyStatement(actions=list(bucket_actions), resources=[bucket.bucket_arn])
        )
    principal.add_to_principal_policy(
        iam.PolicyStatement(actions=list(object_actions), resources=[bucket.arn_for_objects("*")])
    )
    principal.add_to_principal_policy(
        iam.PolicyStatement(
            actions=list(key_actions),
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com"}},
        )
    )
    if isinstance(principal, iam.Role):
        excuse(
            principal,
            rule="AwsSolutions-IAM5[Resource::{reference}/*]",
            reason=reason,
            owner="platform",
            expires="2027-11-30",
            apply_to_children=True,
        )
