"""The shared services: images, packages, user directories and the secrets that several products read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import App, Aws, CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from accounts.network_spec import segment_id
from accounts.platform import Platform
from accounts.shared_services_spec import SharedServicesSpec
from accounts.stacks.deployment_role import PIPELINE_ROLE_NAME
from accounts.stacks.directory_outputs import issuer_output, shared_services_stack_name
from accounts.stacks.network_hub import SEGMENTS
from accounts.stacks.product_services import IMAGES_KEY, ProductServices, pool_output
from accounts.stacks.shared_secrets import SharedSecrets
from accounts.stacks.stack_outputs import StackOutputs
from constructs_lib.image_signing import ImageSigning
from constructs_lib.packages import Packages
from constructs_lib.specs.identity import Segment
from constructs_lib.specs.landing import Landing
from constructs_lib.specs.registry import CellEntry
from constructs_lib.user_directory import UserDirectory


def shared_services_stacks(app: App, platform: Platform) -> Iterator[Stack]:
    """`SharedServices`, and `SharedServices-<product>` for every product that is declared or has a cell."""
    landing = platform.landing
    name = shared_services_stack_name(landing.organization)
    env = Environment(account=landing.shared_services_account, region=landing.home_region)
    pipeline = pipeline_of(platform.account("ci-cd"))
    by_product: dict[str, list[CellEntry]] = {product: [] for product in platform.products}
    for cell in sorted(platform.registry.cells, key=lambda one: one.identity.key):
        by_product.setdefault(cell.product, []).append(cell)
    common = SharedServices(
        app,
        "SharedServices",
        stack_name=name,
        env=env,
        landing=landing,
        declared=platform.spec.shared_services,
        accounts={product: [cell.account for cell in cells if cell.account] for product, cells in by_product.items()},
        organization_id=platform.organization_id,
        ci_cd_account=platform.account("ci-cd"),
    )
    yield common
    for product, cells in sorted(by_product.items()):
        stack = ProductServices(
            app,
            f"SharedServices-{product}",
            stack_name=f"{name}-{product}",
            env=env,
            product=product,
            cells=cells,
            common=StackOutputs(name, landing.home_region),
            organization_id=platform.organization_id,
            pipeline=pipeline,
        )
        stack.add_stack_dependency(common)
        yield stack


def pipeline_of(account: str) -> iam.IPrincipal:
    """The pipeline role of the CI/CD account, by name: a role as principal would have to exist first."""
    arn = f"arn:{Aws.PARTITION}:iam::{account}:role/{PIPELINE_ROLE_NAME}"
    return iam.PrincipalWithConditions(iam.AccountPrincipal(account), {"ArnEquals": {"aws:PrincipalArn": arn}})


class SharedServices(Stack):
    """The shared services account's stack, in the home region. It holds nothing of a single product. Stateful."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        declared: SharedServicesSpec,
        accounts: Mapping[str, Sequence[str]],
        organization_id: str,
        ci_cd_account: str,
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Shared services: images, packages, user directories, shared secrets",
            termination_protection=True,
        )
        self.images_key = _key(self, "ImagesKey", "Container images")
        self.signing = ImageSigning(self, "ImageSigning", pushing_account=ci_cd_account)
        self.packages = Packages(
            self,
            "Packages",
            name=landing.organization,
            key=_key(self, "PackagesKey", "Packages"),
            readers=iam.OrganizationPrincipal(organization_id),
            publisher=pipeline_of(ci_cd_account),
        )
        # Of their own for prod: who may sign in to a test must not be able to sign in where the data is real.
        self.directories: dict[Segment, UserDirectory] = {
            segment: UserDirectory(
                self,
                f"{segment_id(segment)}Users",
                # Without the organization's name: Cognito refuses one with `aws`, `amazon` or `cognito` in it.
                domain_prefix=f"users-{segment}-{landing.shared_services_account}",
            )
            for segment in SEGMENTS
        }
        if declared.secrets:
            SharedSecrets(self, "Secrets", secrets=declared.secrets, accounts=accounts)
        self._tell()

    def _tell(self) -> None:
        CfnOutput(self, IMAGES_KEY, value=self.images_key.key_arn)
        CfnOutput(self, "SigningProfileArn", value=self.signing.profile.signing_profile_arn)
        for segment, directory in self.directories.items():
            name = segment_id(segment)
            CfnOutput(self, pool_output(segment), value=directory.pool.user_pool_id)
            CfnOutput(self, issuer_output(segment), value=directory.issuer)
            CfnOutput(self, f"{name}JwksUri", value=directory.jwks_uri)


def _key(scope: Construct, id: str, description: str) -> kms.Key:
    return kms.Key(
        scope,
        id,
        description=description,
        enable_key_rotation=True,
        pending_window=Duration.days(30),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
