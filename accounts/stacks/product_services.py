"""One product's part of shared services: its image repositories, and its clients of the user directories."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Duration, Environment, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from accounts.network_spec import segment_id
from accounts.stacks.stack_outputs import StackOutputs
from constructs_lib.exception import excuse
from constructs_lib.specs.identity import Segment, segment_of
from constructs_lib.specs.image import KNOWN_CONTAINERS, Container, repository_name
from constructs_lib.specs.registry import CellEntry

IMAGES_KEY = "ImagesKeyArn"
"""The output of the common stack with the key that images are encrypted with."""

PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH_ACTIONS = (
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)

# What is the same for every product and cell is made once: each value is a call to Node.
_UNTAGGED = Duration.days(14)
_ENCRYPTION = ecr.RepositoryEncryption.KMS
_SCOPES = [cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL]
_PROVIDERS = [cognito.UserPoolClientIdentityProvider.COGNITO]
_TOKEN_VALIDITY = Duration.minutes(60)
_REFRESH_VALIDITY = Duration.days(1)


def pool_output(segment: Segment) -> str:
    """The output of the common stack with the user pool of a segment: `NonProdUserPoolId`."""
    return f"{segment_id(segment)}UserPoolId"


class ProductServices(Stack):
    """What shared services have for one product, in the home region. Stateful: images are retained."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        product: str,
        cells: Sequence[CellEntry],
        common: StackOutputs,
        organization_id: str,
        pipeline: iam.IPrincipal,
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Shared services of one product: image repositories, clients of the user directories",
            termination_protection=True,
        )
        Tags.of(self).add("product", product)
        key = kms.Key.from_key_arn(self, "ImagesKey", common.value(IMAGES_KEY))
        access = _access(readers=iam.OrganizationPrincipal(organization_id), pipeline=pipeline)
        for container in KNOWN_CONTAINERS:
            ImageRepository(self, container.title(), product=product, container=container, key=key, access=access)
        clients = Construct(self, "Clients")
        ids = {one: common.value(pool_output(one)) for one in sorted({segment_of(cell.environment) for cell in cells})}
        pools = {one: cognito.UserPool.from_user_pool_id(clients, f"{one}-pool", id) for one, id in ids.items()}
        for cell in cells:
            name, segment = f"{cell.environment}-{cell.region}", segment_of(cell.environment)
            client = SignInClient(clients, name, cell=cell, pool=pools[segment], pool_id=ids[segment])
            CfnOutput(self, f"{name.title().replace('-', '')}ClientId", value=client.id)


def _access(*, readers: iam.IPrincipal, pipeline: iam.IPrincipal) -> Sequence[iam.PolicyStatement]:
    """Who may do what with the images of a repository."""
    return (
        iam.PolicyStatement(sid="PullFromTheOrganization", principals=[readers], actions=list(PULL_ACTIONS)),
        iam.PolicyStatement(sid="PushFromThePipeline", principals=[pipeline], actions=[*PULL_ACTIONS, *PUSH_ACTIONS]),
    )


class ImageRepository(Construct):
    """The images of one container of a product.

    Every account of the organization may pull, and only the pipeline role may push from outside. A tag never moves.
    A deployed digest never expires: lifecycle rules do not know what runs, so that the only one takes images without a
    tag. What a lock names was pushed with a tag, and a tag that cannot move cannot leave its image. Nothing is moved to
    the archive class either: a task that starts on an archived image would not.
    See https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        product: str,
        container: Container,
        key: kms.IKey,
        access: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, id)
        self.repository = ecr.Repository(
            self,
            "Repository",
            repository_name=repository_name(product, container),
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            encryption=_ENCRYPTION,
            encryption_key=key,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description="Images that were pushed without a tag",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=_UNTAGGED,
                )
            ],
            empty_on_delete=False,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        excuse(
            self.repository,
            rule="AwsSolutions-ECR1",
            reason="Everybody may pull only on the condition that his account is in the organization",
            owner="platform",
            expires="2027-11-30",
        )
        for statement in access:
            self.repository.add_to_resource_policy(statement)


class SignInClient(Construct):
    """The application of one cell, as the user directory of its segment knows it.

    Its id is the audience of the tokens: a cell accepts no token of another product's client. It has no secret, because
    it signs in from a browser, with a code and PKCE.
    See https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html.
    """

    def __init__(self, scope: Construct, id: str, *, cell: CellEntry, pool: cognito.IUserPool, pool_id: str) -> None:
        super().__init__(scope, id)
        client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=pool,
            user_pool_client_name=f"{cell.identity.prefix}-{cell.region}",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=_SCOPES,
                callback_urls=[f"https://{cell.domain}/"],
                logout_urls=[f"https://{cell.domain}/"],
            ),
            supported_identity_providers=_PROVIDERS,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=_TOKEN_VALIDITY,
            id_token_validity=_TOKEN_VALIDITY,
            refresh_token_validity=_REFRESH_VALIDITY,
        )
        self.id = client.user_pool_client_id
        # The pages of a client without a style answer with an error.
        cognito.CfnManagedLoginBranding(
            self,
            "Style",
            user_pool_id=pool_id,
            client_id=self.id,
            use_cognito_provided_values=True,
        )
