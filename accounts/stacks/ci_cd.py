"""The CI/CD account: the pipeline role, runners, artifacts, and the key that they are signed with."""

from __future__ import annotations

from aws_cdk import App, CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from accounts.ci_cd_spec import CiCdSpec
from accounts.platform import Platform
from accounts.stacks.pipeline_role import PipelineRole
from accounts.stacks.runners import Runner
from constructs_lib.artifact_store import ArtifactStore
from constructs_lib.encryption import allow_logs
from constructs_lib.specs.landing import Landing


def ci_cd_stack(app: App, platform: Platform) -> Stack:
    """`CiCd`."""
    landing = platform.landing
    return CiCd(
        app,
        "CiCd",
        stack_name=f"{landing.organization}-ci-cd",
        env=Environment(account=platform.account("ci-cd"), region=landing.home_region),
        landing=landing,
        declared=platform.spec.ci_cd,
        organization_id=platform.organization_id,
    )


class CiCd(Stack):
    """The CI/CD account's stack, in the home region. Stateful: artifacts and the signing key are retained.

    Nobody from outside may deploy until repositories are declared, and GitHub's own machines run jobs until runners
    are. Images are signed by the registry that they are pushed to; files, such as a bill of materials, with the key
    here. See https://docs.aws.amazon.com/kms/latest/developerguide/symmetric-asymmetric.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        declared: CiCdSpec,
        organization_id: str,
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="CI/CD: pipeline role, runners, artifacts, signing key",
            termination_protection=True,
        )
        self.artifacts = ArtifactStore(self, "Artifacts")
        self.signing_key = self._build_signing_key(organization_id)
        if declared.repositories:
            self.pipeline = PipelineRole(
                self,
                "PipelineRole",
                landing=landing,
                ci_cd=declared,
                organization_id=organization_id,
                artifacts=self.artifacts,
                signing_key=self.signing_key,
            )
        self._build_runners(landing, declared)
        CfnOutput(self, "ArtifactBucketName", value=self.artifacts.bucket.bucket_name)
        CfnOutput(self, "SigningKeyArn", value=self.signing_key.key_arn)

    def _build_signing_key(self, organization_id: str) -> kms.Key:
        key = kms.Key(
            self,
            "SigningKey",
            description="Signatures of what pipelines release",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            pending_window=Duration.days(30),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CheckSignatures",
                principals=[iam.OrganizationPrincipal(organization_id)],
                actions=["kms:DescribeKey", "kms:GetPublicKey", "kms:Verify"],
                resources=["*"],
            )
        )
        return key

    def _build_runners(self, landing: Landing, declared: CiCdSpec) -> None:
        if declared.runners is None:
            return
        runners = Construct(self, "Runners")
        key = kms.Key(
            runners,
            "Key",
            description="Logs of runners",
            enable_key_rotation=True,
            pending_window=Duration.days(30),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        allow_logs(key)
        for repository in declared.repositories:
            Runner(
                runners,
                repository.runner_name,
                prefix=f"{landing.organization}-runner",
                repository=repository,
                runners=declared.runners,
                key=key,
            )
