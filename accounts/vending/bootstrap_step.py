"""The step that prepares an account and region for the CDK.

Its roles trust nobody but their own account, where DeploymentRole is: no account can deploy into another, and nobody
into the management account. See https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar, Literal

from accounts.names import PLATFORM_EXECUTION_POLICY_NAME
from accounts.spec import OrganizationSpec
from accounts.topology import Account
from accounts.vending.base_step import PromisedAccountStep, Seen, Sign
from accounts.vending.baseline_step import baseline_given
from accounts.vending.live import LiveAccount
from accounts.vending.platform_policies_step import platform_policies_given
from accounts.vending.region_step import regions_needed
from accounts.vending.settings_step import settings_given
from constructs_lib.specs.identity import Region
from constructs_lib.specs.landing import EXECUTION_POLICY_NAME

_FORM = "1"
"""Raise it when the way of bootstrapping changes, so that every account is bootstrapped again."""
_DIGITS = 16


class BootstrapAccount(PromisedAccountStep):
    """Run `cdk bootstrap` in an account and region."""

    kind: Literal["bootstrap-account"] = "bootstrap-account"
    sign: ClassVar[Sign] = "+"
    region: Region
    execution_policy: str
    """The name of the managed policy in the account that CloudFormation executes with."""

    def subject(self) -> tuple[str, ...]:
        return (self.name, self.region)

    def line(self) -> str:
        return f"account {self.name}: cdk bootstrap in {self.region}, executes with {self.execution_policy}"

    def gives(self) -> str:
        return bootstrap_given(self.name)

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield from regions_needed(self.name, (self.region,))
        yield settings_given(self.name)
        yield platform_policies_given(self.name)
        yield baseline_given(self.name)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.tags.get(bootstrap_tag(self.region)) == self.digest

    @property
    def digest(self) -> str:
        """What the account's tag has once this is done."""
        return hashlib.sha256(f"{_FORM}\0{self.execution_policy}".encode()).hexdigest()[:_DIGITS]

    @property
    def comes_with_the_baseline(self) -> bool:
        """Whether the account gets its execution policy with the baseline, and not before."""
        return self.execution_policy == EXECUTION_POLICY_NAME

    def policy_arn(self, account: str, partition: str) -> str:
        """The ARN of the execution policy in an account."""
        return f"arn:{partition}:iam::{account}:policy/{self.execution_policy}"


def bootstraps_of(spec: OrganizationSpec, account: Account, id: str | None) -> Iterator[BootstrapAccount]:
    """How an account is prepared, in each region that the CDK deploys something into."""
    if not spec.settings.bootstrap:
        return
    own = account.kind in ("management", "platform")
    policy = PLATFORM_EXECUTION_POLICY_NAME if own else EXECUTION_POLICY_NAME
    for region in account.regions:
        yield BootstrapAccount(name=account.name, account=id, region=region, execution_policy=policy)


def bootstrap_tag(region: str) -> str:
    """The tag of an account that says how a region was bootstrapped last."""
    return f"cells:bootstrap:{region}"


def bootstrap_given(name: str) -> str:
    """What stands for an account that the CDK can deploy into."""
    return f"bootstrap of {name}"
