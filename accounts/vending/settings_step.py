"""The step that sets what has no resource type in an account and its regions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar, Literal

from accounts.settings import AccountSettings, PasswordPolicy
from accounts.spec import OrganizationSpec
from accounts.vending.base_step import PromisedAccountStep, Seen, Stage
from accounts.vending.live import LiveAccount
from accounts.vending.region_step import regions_needed
from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import Region

SETTINGS_TAG = "cells:settings"
"""The tag of an account that says which settings were applied to it last.

A plan compares the tag instead of asking every region of every account, and no machine's disk has to last for it.
"""

_DIGITS = 16


class Settings(Spec):
    """What is set in one account."""

    regions: tuple[Region, ...]
    default_network: Literal["removed", "kept"]
    ebs_encryption: bool
    password_policy: PasswordPolicy | None

    @property
    def digest(self) -> str:
        """Equal for equal settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:_DIGITS]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set."""
        return self.default_network == "kept" and not self.ebs_encryption and self.password_policy is None

    def words(self) -> str:
        """What is set, for a person."""
        regional = [
            *(["no default network"] if self.default_network == "removed" else []),
            *(["encrypted volumes"] if self.ebs_encryption else []),
        ]
        where = f"{', '.join(regional)} in {', '.join(self.regions)}" if regional else ""
        return "; ".join(filter(None, [where, "password policy" if self.password_policy else ""]))


def settings_of(spec: OrganizationSpec) -> Settings:
    """The settings that an organization declares for each of its accounts."""
    declared: AccountSettings = spec.settings
    return Settings(
        regions=tuple(sorted(spec.governed_regions)),
        default_network=declared.default_network,
        ebs_encryption=declared.ebs_encryption,
        password_policy=declared.password_policy,
    )


class ApplySettings(PromisedAccountStep):
    """Set what has no resource type in an account and its regions."""

    kind: Literal["apply-settings"] = "apply-settings"
    stage: ClassVar[Stage] = "account"
    settings: Settings

    def line(self) -> str:
        return f"account {self.name}: {self.settings.words()}"

    def gives(self) -> str:
        return settings_given(self.name)

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield from regions_needed(self.name, self.settings.regions)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.tags.get(SETTINGS_TAG) == self.settings.digest


def settings_given(name: str) -> str:
    """What stands for the settings of an account."""
    return f"settings of {name}"
