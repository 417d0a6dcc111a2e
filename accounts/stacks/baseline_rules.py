"""Where every account reads the rules of its hook from."""

from aws_cdk import Aws, Duration, Environment, RemovalPolicy, Stack, Tags
from aws_cdk import DefaultStackSynthesizer as Bootstrap
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from accounts.platform import Platform
from constructs_lib.exception import excuse


class BaselineRules(Stack):
    """The security tooling account's bucket for the rules of the hook over data, in one region. Retained.

    The organization reads it. The CDK CLI writes it, when it publishes the files of the stack that comes after, so
    that no function has to copy them: that role, and nobody else, may. A rule file is named by its content, so a change
    is a new file and the stack sets bring it to the accounts.
    """

    def __init__(
        self, scope: Construct, id: str, *, platform: Platform, bucket_name: str, stack_name: str, env: Environment
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Rules of the hook over data, read by every account",
            termination_protection=True,
        )
        self._publisher = (
            f"arn:{Aws.PARTITION}:iam::{self.account}:role/"
            f"cdk-{Bootstrap.DEFAULT_QUALIFIER}-file-publishing-role-{self.account}-{self.region}"
        )
        self.bucket = self._build_bucket(bucket_name)
        self.bucket.add_to_resource_policy(self._read_by(platform.organization_id))
        self.bucket.add_to_resource_policy(self._published())
        self.bucket.add_to_resource_policy(self._written_by_nobody_else())

    def _build_bucket(self, name: str) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Rules",
            bucket_name=name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="AbortUploads",
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        Tags.of(bucket).add("data-classification", "internal")
        excuse(
            bucket,
            rule="AwsSolutions-S1",
            reason="Holds rules that every account may read; reads of it are data events of the organization's trail",
            owner="platform",
            expires="2027-11-30",
        )
        return bucket

    def _read_by(self, organization_id: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="ReadByTheOrganization",
            principals=[iam.AnyPrincipal()],
            actions=["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
            resources=[self.bucket.bucket_arn, self.bucket.arn_for_objects("*")],
            conditions={"StringEquals": {"aws:PrincipalOrgID": organization_id}},
        )

    def _published(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="PublishedByTheCdk",
            principals=[iam.AccountPrincipal(self.account)],
            actions=[
                "s3:GetBucketLocation",
                "s3:GetEncryptionConfiguration",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
            ],
            resources=[self.bucket.bucket_arn, self.bucket.arn_for_objects("*")],
            conditions={"ArnEquals": {"aws:PrincipalArn": self._publisher}},
        )

    def _written_by_nobody_else(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="WrittenByNobodyElse",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"],
            resources=[self.bucket.arn_for_objects("*")],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": self._publisher}},
        )
