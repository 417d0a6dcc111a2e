"""What an account has before its first cell: the ceiling, the executor, the way in, and the guard over data."""

from aws_cdk import CliCredentialsStackSynthesizer, Environment, Stack
from constructs import Construct

from accounts.stacks.deployment_role import DeploymentRole
from accounts.stacks.execution_policy import ExecutionPolicy
from accounts.stacks.guard_hook import GuardHook
from accounts.stacks.permission_boundary import PermissionBoundary
from constructs_lib.specs.identity import Identity
from constructs_lib.specs.landing import Landing


class AccountBaseline(Stack):
    """The baseline of one account of a cell, in the home region. Stateless.

    These controls are in the account and not in the command line, so that plain `npx cdk deploy` is as safe as
    `cells deploy`. The stack is deployed with the credentials of whoever vends the account and never through the
    bootstrap roles: the role that executes cells must not be able to change what bounds it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stack_name: str,
        env: Environment,
        landing: Landing,
        ci_cd_account: str,
        cell: Identity,
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Account baseline: permission boundary, execution policy, deployment role, data hook",
            synthesizer=CliCredentialsStackSynthesizer(),
            termination_protection=True,
        )
        self.hook = GuardHook(self, "GuardHook", baseline_stack=stack_name)
        self.boundary = PermissionBoundary(
            self, "PermissionBoundary", landing=landing, cell=cell, reports=self.hook.reports
        )
        self.execution = ExecutionPolicy(
            self, "ExecutionPolicy", landing=landing, boundary=self.boundary.policy, baseline_stack=stack_name
        )
        self.deployment = DeploymentRole(
            self, "DeploymentRole", landing=landing, ci_cd_account=ci_cd_account, cell=cell.prefix
        )
