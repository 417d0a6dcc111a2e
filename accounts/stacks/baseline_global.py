"""What every account has once: the ceiling and the executor of cells, the ways in, a budget, and the hook over data."""

from collections.abc import Mapping

from aws_cdk import Environment, IStackSynthesizer, Stack
from constructs import Construct

from accounts.linked_roles import LinkedService
from accounts.names import BASELINE_STACKS
from accounts.platform import Platform
from accounts.spec import PLATFORM_ACCOUNTS
from accounts.stacks.account_kind import CellAccount, OtherAccount
from accounts.stacks.auditor_role import AuditorRole
from accounts.stacks.break_glass_role import BreakGlassRole
from accounts.stacks.budget import Budget
from accounts.stacks.cell_backups import CellBackupRole
from accounts.stacks.config_recorder import ConfigServiceRole
from accounts.stacks.deployment_role import DeploymentRole
from accounts.stacks.execution_policy import ExecutionPolicy
from accounts.stacks.guard_hook import GuardHook, Rules
from accounts.stacks.permission_boundary import PermissionBoundary
from accounts.stacks.platform_tags import tag_as_platform
from accounts.stacks.search_service_role import SearchServiceRole


class BaselineGlobal(Stack):
    """The part of the account baseline that an account has once. In the home region; keeps the hook's reports.

    These controls are in the account and not in the command line, so that plain `npx cdk deploy` is as safe as
    `cells deploy`. The template is the same for every account: what differs is decided by CloudFormation from the
    account's id. It is never deployed through the bootstrap roles: the role that executes cells must not be able to
    change what bounds it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: Platform,
        rules: Rules,
        synthesizer: IStackSynthesizer,
        stack_name: str | None = None,
        env: Environment | None = None,
        termination_protection: bool | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Account baseline: boundary, execution policy, roles, data hook, budget",
            synthesizer=synthesizer,
            termination_protection=termination_protection,
        )
        landing, security = platform.landing, platform.account("security-tooling")
        cells = cell_account(self, platform)
        self.hook = GuardHook(self, "GuardHook", rules=rules, left_out=[f"{BASELINE_STACKS}*"])
        self.boundary = PermissionBoundary(self, "PermissionBoundary", landing=landing)
        self.execution = ExecutionPolicy(self, "ExecutionPolicy", landing=landing, boundary=self.boundary.policy)
        self.deployment = DeploymentRole(
            self, "DeploymentRole", landing=landing, ci_cd_account=platform.account("ci-cd"), cells=cells
        )
        self.break_glass = BreakGlassRole(self, "BreakGlassRole", security_tooling_account=security)
        self.auditor = AuditorRole(self, "AuditorRole", security_tooling_account=security)
        self.backup = CellBackupRole(self, "CellBackupRole", cells=cells)
        self.config = ConfigServiceRole(self, "ConfigServiceRole")
        self.search = SearchServiceRole(self, "SearchServiceRole")
        self.budget = Budget(self, "Budget", dollars=platform.spec.budgets.of_account, told=platform.spec.told_of_costs)
        self._leave_out_linked_roles(platform)
        tag_as_platform(self, platform)

    def _leave_out_linked_roles(self, platform: Platform) -> None:
        """Make AWS's own roles in no account that is declared to have them from before."""
        roles: Mapping[LinkedService, Construct] = {
            "config.amazonaws.com": self.config,
            "opensearchservice.amazonaws.com": self.search,
        }
        for service, role in roles.items():
            having = platform.having(service)
            if having:
                OtherAccount(role, "Elsewhere", accounts=having).only(role)


def cell_account(scope: Construct, platform: Platform) -> CellAccount:
    """The condition that an account is not the platform's."""
    return CellAccount(scope, "CellAccount", platform_accounts=[platform.account(name) for name in PLATFORM_ACCOUNTS])
