"""The step that brings a platform account the policies that it is bootstrapped with, before its first bootstrap."""

from __future__ import annotations

from typing import ClassVar, Literal

from accounts.names import PLATFORM_BOUNDARY_NAME, PLATFORM_EXECUTION_POLICY_NAME
from accounts.platform_access import PlatformAccess, platform_access_of
from accounts.platform_policies import platform_policies_digest
from accounts.spec import OrganizationSpec
from accounts.topology import Account
from accounts.vending.base_step import PromisedAccountStep, Seen, Sign
from accounts.vending.live import LiveAccount

PLATFORM_POLICIES_TAG = "cells:platform-policies"
"""The tag of an account that says which of these policies it got last."""


class PutPlatformPolicies(PromisedAccountStep):
    """Make or change the managed policies of a platform account."""

    kind: Literal["put-platform-policies"] = "put-platform-policies"
    sign: ClassVar[Sign] = "+"
    access: PlatformAccess

    def line(self) -> str:
        return f"account {self.name}: policies {PLATFORM_EXECUTION_POLICY_NAME}, {PLATFORM_BOUNDARY_NAME}"

    def gives(self) -> str:
        return platform_policies_given(self.name)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.tags.get(PLATFORM_POLICIES_TAG) == self.digest

    @property
    def digest(self) -> str:
        """What the account's tag has once this is done."""
        return platform_policies_digest(self.access)


def platform_policies_of(spec: OrganizationSpec, account: Account, id: str | None) -> PutPlatformPolicies | None:
    """The step of an account; None when it is no account of the platform, or nobody bootstraps it."""
    if not spec.settings.bootstrap or account.kind not in ("management", "platform"):
        return None
    access = platform_access_of(spec, account.name)
    return PutPlatformPolicies(name=account.name, account=id, access=access) if access else None


def platform_policies_given(name: str) -> str:
    """What stands for the policies of a platform account."""
    return f"platform policies of {name}"
