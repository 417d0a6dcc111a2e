"""What every account has in each governed region: recorder, watch over break-glass, vault, and the hook over data."""

from aws_cdk import Environment, IStackSynthesizer, Stack
from constructs import Construct

from accounts.names import BASELINE_STACKS
from accounts.platform import Platform
from accounts.stacks.account_kind import CellRegion, HomeRegion, OtherRegion
from accounts.stacks.baseline_global import cell_account
from accounts.stacks.break_glass_watch import BreakGlassWatch
from accounts.stacks.cell_backups import CellBackupVault
from accounts.stacks.config_recorder import ConfigRecorder
from accounts.stacks.guard_hook import GuardHook, Rules
from accounts.stacks.platform_tags import tag_as_platform


class BaselineRegional(Stack):
    """The part of the account baseline that a region has. Keeps the vault and the hook's reports.

    The same for every account and region. The hook over data is a region's own, with a role and rules of its own; in
    the home region it is in `BaselineGlobal`, where it was first.
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
            description="Account baseline of a region: Config recorder, break-glass watch, vault, data hook",
            synthesizer=synthesizer,
            termination_protection=termination_protection,
        )
        landing = platform.landing
        home = HomeRegion(self, "HomeRegion", region=landing.home_region)
        self.recorder = ConfigRecorder(self, "ConfigRecorder", landing=landing, home=home)
        self.watch = BreakGlassWatch(
            self, "BreakGlassWatch", landing=landing, security_tooling_account=platform.account("security-tooling")
        )
        cells = CellRegion(self, "CellRegion", cells=cell_account(self, platform), regions=platform.spec.address_pools)
        self.vault = CellBackupVault(self, "CellBackupVault", cells=cells, lock=platform.spec.vault_lock)
        self.hook = GuardHook(self, "GuardHook", rules=rules, left_out=[f"{BASELINE_STACKS}*"])
        OtherRegion(self, "OtherRegion", home_region=landing.home_region).only(self.hook)
        tag_as_platform(self, platform)
