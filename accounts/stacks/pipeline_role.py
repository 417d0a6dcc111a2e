"""The role that workflows of declared repositories become, and what it may do: push, publish, sign, and deploy."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from accounts.ci_cd_spec import CiCdSpec
from accounts.stacks.deployment_role import PIPELINE_ROLE_NAME
from accounts.stacks.product_services import PULL_ACTIONS, PUSH_ACTIONS
from constructs_lib.artifact_store import ArtifactStore
from constructs_lib.exception import excuse
from constructs_lib.packages import OWN, PUBLISH_ACTIONS, READ_ACTIONS
from constructs_lib.specs.landing import DEPLOYMENT_ROLE_NAME, Landing

GITHUB = "token.actions.githubusercontent.com"


class PipelineRole(Construct):
    """`cell-pipeline`, by GitHub's OpenID Connect: no key is stored anywhere.

    Only tokens with one of the declared subjects are trusted, each compared as a whole. It becomes `DeploymentRole` of
    accounts of this organization only, and must say which cell it means; what it may do there is that account's matter.
    See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        landing: Landing,
        ci_cd: CiCdSpec,
        organization_id: str,
        artifacts: ArtifactStore,
        signing_key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self._landing = landing
        self._shared = landing.shared_services_account
        self.provider = iam.OidcProviderNative(
            self, "GitHub", url=f"https://{GITHUB}", client_ids=["sts.amazonaws.com"]
        )
        self.role = iam.Role(
            self,
            "Resource",
            role_name=PIPELINE_ROLE_NAME,
            description="Workflows of declared repositories: push, publish, sign, deploy cells",
            assumed_by=self._workflows(ci_cd.subjects),
            max_session_duration=Duration.hours(1),
            inline_policies={
                "Deploy": iam.PolicyDocument(statements=[self._become_deployment_roles(organization_id)]),
                "Release": iam.PolicyDocument(
                    statements=[
                        *self._push_images(),
                        *self._publish_packages(),
                        *artifacts.read_write_statements(),
                        _sign_files(signing_key),
                    ]
                ),
            },
        )
        self._excuse_wildcards()

    def _workflows(self, subjects: Sequence[str]) -> iam.IPrincipal:
        return iam.OpenIdConnectPrincipal(
            self.provider,
            {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": list(subjects)}},
        )

    def _become_deployment_roles(self, organization_id: str) -> iam.PolicyStatement:
        arn = Stack.of(self).format_arn(
            service="iam", region="", account="*", resource="role", resource_name=DEPLOYMENT_ROLE_NAME
        )
        return iam.PolicyStatement(
            sid="BecomeDeploymentRoles",
            actions=["sts:AssumeRole"],
            resources=[arn],
            conditions={"StringEquals": {"aws:ResourceOrgID": organization_id}},
        )

    def _push_images(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                sid="PushImages",
                actions=[*PULL_ACTIONS, *PUSH_ACTIONS],
                resources=[self._arn("ecr", "repository/*")],
                conditions=self._in_shared_services,
            ),
            iam.PolicyStatement(sid="LogInToTheRegistry", actions=["ecr:GetAuthorizationToken"], resources=["*"]),
            iam.PolicyStatement(
                sid="SignImages",
                actions=["signer:GetSigningProfile", "signer:SignPayload"],
                resources=[self._arn("signer", "/signing-profiles/*")],
                conditions=self._in_shared_services,
            ),
        ]

    def _publish_packages(self) -> list[iam.PolicyStatement]:
        domain = self._landing.organization
        return [
            iam.PolicyStatement(
                sid="PublishPackages",
                actions=[*READ_ACTIONS, *PUBLISH_ACTIONS],
                resources=[
                    self._arn("codeartifact", f"repository/{domain}/{OWN}", self._shared),
                    self._arn("codeartifact", f"package/{domain}/{OWN}/*"),
                ],
                conditions=self._in_shared_services,
            ),
            iam.PolicyStatement(
                sid="LogInToThePackages",
                actions=["codeartifact:GetAuthorizationToken"],
                resources=[self._arn("codeartifact", f"domain/{domain}", self._shared)],
            ),
            iam.PolicyStatement(
                sid="BearerTokenOfThePackages",
                actions=["sts:GetServiceBearerToken"],
                resources=["*"],
                conditions={"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}},
            ),
        ]

    @property
    def _in_shared_services(self) -> dict[str, dict[str, str]]:
        """Narrows what has no account in its ARN: an exception may not name one."""
        return {"StringEquals": {"aws:ResourceAccount": self._shared}}

    def _arn(self, service: str, resource: str, account: str = "*") -> str:
        return f"arn:{Stack.of(self).partition}:{service}:{self._landing.home_region}:{account}:{resource}"

    def _excuse_wildcards(self) -> None:
        shared = "arn:<AWS::Partition>:{service}:{{region}}:*:{resource}"
        own = f"package/{self._landing.organization}/{OWN}/*"
        reasons = {
            f"arn:<AWS::Partition>:iam::*:role/{DEPLOYMENT_ROLE_NAME}": "One exact role, in accounts of this "
            "organization only, and each trusts this role for its own cell only",
            shared.format(service="ecr", resource="repository/*"): "This role releases the images of every product",
            shared.format(service="signer", resource="/signing-profiles/*"): "CloudFormation names the profile",
            shared.format(service="codeartifact", resource=own): "Packages are published under names yet unknown",
            "{reference}/*": "This role keeps the artifacts of every product, which are found by their keys",
            "*": "Two calls that know no resource: the log-in of ECR, and a bearer token for CodeArtifact only",
        }
        for resource, reason in reasons.items():
            rule = f"AwsSolutions-IAM5[Resource::{resource}]"
            excuse(self.role, rule=rule, reason=reason, owner="platform", expires="2027-11-30")


def _sign_files(key: kms.IKey) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="SignFiles", actions=["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], resources=[key.key_arn]
    )
