"""What every account has in each governed region: the recorder, the watch over break-glass, the vault for backups."""

from aws_cdk import Environment, IStackSynthesizer, Stack
from constructs import Construct

from accounts.platform import Platform
from accounts.stacks.account_kind import CellRegion, HomeRegion
from accounts.stacks.baseline_global import cell_account, tag_as_platform
from accounts.stacks.break_glass_watch import BreakGlassWatch
from accounts.stacks.cell_backups import CellBackupVault
from accounts.stacks.config_recorder import ConfigRecorder


class BaselineRegional(Stack):
    """The part of the account baseline that a region has. Keeps the vault. The same for every account and region."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: Platform,
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
            description="Account baseline of a region: Config recorder, break-glass watch, vault",
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
        tag_as_platform(self, platform)
