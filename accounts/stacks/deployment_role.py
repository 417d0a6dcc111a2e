"""The role that a pipeline deploys a cell with: it can become the bootstrap roles of this account, and nothing else."""

from aws_cdk import Aws, Duration
from aws_cdk import DefaultStackSynthesizer as Bootstrap
from aws_cdk import aws_iam as iam
from constructs import Construct

from accounts.stacks.account_kind import CellAccount
from constructs_lib.specs.landing import DEPLOYMENT_ROLE_NAME, Landing

PIPELINE_ROLE_NAME = "cell-pipeline"
"""The role in the CI/CD account that runs pipelines."""

_BOOTSTRAP_ROLES = ("deploy-role", "file-publishing-role", "image-publishing-role", "lookup-role")


class DeploymentRole(Construct):
    """`DeploymentRole`, trusted by the pipeline role of the CI/CD account only. In accounts of cells only.

    It is in the baseline because a cell cannot be deployed by a role that it creates. The ceiling of what a deployment
    can do is the execution policy. The platform's own accounts have none, or whoever owns the pipelines would own what
    watches them.
    """

    def __init__(self, scope: Construct, id: str, *, landing: Landing, ci_cd_account: str, cells: CellAccount) -> None:
        super().__init__(scope, id)
        self._landing = landing
        self.role = iam.Role(
            self,
            "Resource",
            role_name=DEPLOYMENT_ROLE_NAME,
            description="Deploys the cell of this account through the bootstrap roles",
            assumed_by=self._pipeline(ci_cd_account),
            max_session_duration=Duration.hours(1),
            inline_policies={"BecomeBootstrapRoles": iam.PolicyDocument(statements=[self._become_bootstrap_roles()])},
        )
        cells.only(self.role)

    def _pipeline(self, account: str) -> iam.IPrincipal:
        # By name and not as a principal: IAM refuses a principal that does not exist yet, and turns one that was
        # deleted into an id that no later role of that name has.
        name = f"arn:{Aws.PARTITION}:iam::{account}:role/{PIPELINE_ROLE_NAME}"
        return iam.PrincipalWithConditions(iam.AccountPrincipal(account), {"ArnEquals": {"aws:PrincipalArn": name}})

    def _become_bootstrap_roles(self) -> iam.PolicyStatement:
        account = Aws.ACCOUNT_ID
        roles = f"arn:{Aws.PARTITION}:iam::{account}:role/cdk-{Bootstrap.DEFAULT_QUALIFIER}"
        return iam.PolicyStatement(
            sid="BecomeBootstrapRoles",
            actions=["sts:AssumeRole"],
            resources=[
                f"{roles}-{role}-{account}-{region}"
                for region in self._landing.governed_regions
                for role in _BOOTSTRAP_ROLES
            ],
        )
