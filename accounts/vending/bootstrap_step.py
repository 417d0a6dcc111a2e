"""The step that prepares an account and region for the CDK.

Its roles trust nobody but their own account, where DeploymentRole is: no account can deploy into another, and nobody
into the management account. See https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar, Literal

from accounts.spec import OrganizationSpec
from accounts.topology import Account
from accounts.vending.base_step import PromisedAccountStep, Seen, Sign
from accounts.vending.baseline_step import baseline_given
from accounts.vending.live import LiveAccount
from accounts.vending.settings_step import settings_given
from constructs_lib.specs.identity import Region
from constructs_lib.specs.landing import EXECUTION_POLICY_NAME
from constructs_lib.specs.region import EDGE_REGION

_PLATFORM_POLICY = "aws:AdministratorAccess"
"""What CloudFormation executes the platform's own stacks with: they make what the cells' policy forbids to make."""

_FORM = "1"
"""Raise it when the way of bootstrapping changes, so that every account is bootstrapped again."""
_DIGITS = 16


class BootstrapAccount(PromisedAccountStep):
    """Run `cdk bootstrap` in an account and region."""

    kind: Literal["bootstrap-account"] = "bootstrap-account"
    sign: ClassVar[Sign] = "+"
    region: Region
    execution_policy: str
    """The managed policy that CloudFormation executes with: a name in the account, or `aws:` and AWS's name."""

    def subject(self) -> tuple[str, ...]:
        return (self.name, self.region)

    def line(self) -> str:
        return f"account {self.name}: cdk bootstrap in {self.region}, executes with {self.execution_policy}"

    def gives(self) -> str:
        return bootstrap_given(self.name)

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield settings_given(self.name)
        yield baseline_given(self.name)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.tags.get(bootstrap_tag(self.region)) == self.digest

    @property
    def digest(self) -> str:
        """What the account's tag has once this is done."""
        return hashlib.sha256(f"{_FORM}\0{self.execution_policy}".encode()).hexdigest()[:_DIGITS]

    @property
    def uses_policy_of_aws(self) -> bool:
        """Whether the execution policy is AWS's, and so in every account from the start."""
        return ":" in self.execution_policy

    def policy_arn(self, account: str, partition: str) -> str:
        """The ARN of the execution policy in an account."""
        owner, _, name = self.execution_policy.rpartition(":")
        return f"arn:{partition}:iam::{owner or account}:policy/{name}"


def bootstraps_of(spec: OrganizationSpec, account: Account, id: str | None) -> Iterator[BootstrapAccount]:
    """How an account is prepared, in the home region and in CloudFront's."""
    if not spec.settings.bootstrap:
        return
    own = account.kind in ("management", "platform")
    policy = _PLATFORM_POLICY if own else EXECUTION_POLICY_NAME
    for region in dict.fromkeys((spec.home_region, EDGE_REGION)):
        yield BootstrapAccount(name=account.name, account=id, region=region, execution_policy=policy)


def bootstrap_tag(region: str) -> str:
    """The tag of an account that says how a region was bootstrapped last."""
    return f"cells:bootstrap:{region}"


def bootstrap_given(name: str) -> str:
    """What stands for an account that the CDK can deploy into."""
    return f"bootstrap of {name}"
