"""What a plan consists of: one small document for each change.

A step says what is wanted and not how it is called, so that it can be looked at, stored and compared. Whether it is
done already is asked of AWS each time, never remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from accounts.topology import ONBOARDING, SUSPENDED, UnitPath, path_text
from accounts.units import Contact
from accounts.vending.base_step import (
    ORGANIZATION,
    AccountStep,
    BaseStep,
    PromisedAccountStep,
    Seen,
    Sign,
    Stage,
    account_given,
    policy_type_given,
    service_given,
    unit_given,
)
from accounts.vending.baseline_step import WaitForBaseline, baseline_given
from accounts.vending.bootstrap_step import BootstrapAccount, bootstrap_given
from accounts.vending.cost_tag_step import ActivateCostTag
from accounts.vending.live import ContactKind, LiveAccount, LiveContact
from accounts.vending.lock_step import LockArchive
from accounts.vending.manual_step import ManualStep
from accounts.vending.platform_policies_step import PutPlatformPolicies
from accounts.vending.policy_steps import PolicyStep
from accounts.vending.quota_step import RequestEmail, RequestQuota
from accounts.vending.region_step import WaitForRegion
from accounts.vending.saml_step import PutSamlProvider
from accounts.vending.settings_step import ApplySettings, settings_given
from accounts.vending.suspension import closing_since
from accounts.vending.undo_step import (
    DeleteContact,
    DeleteUnit,
    DeregisterAdministrator,
    DisablePolicyType,
    DisableService,
    RenameAccount,
    RenameUnit,
)
from constructs_lib.specs.identity import AccountId

RootFeature = Literal["RootCredentialsManagement", "RootSessions"]


class CreateOrganization(BaseStep):
    """Make the account of these credentials the management account of an organization with all features."""

    kind: Literal["create-organization"] = "create-organization"
    sign: ClassVar[Sign] = "+"

    def line(self) -> str:
        return "organization with all features"

    def gives(self) -> str:
        return ORGANIZATION

    def needs(self) -> Iterator[str]:
        return iter(())

    def is_done(self, seen: Seen) -> bool:
        return seen.live.exists


class EnablePolicyType(BaseStep):
    """Let policies of a type be attached."""

    kind: Literal["enable-policy-type"] = "enable-policy-type"
    policy_type: str

    def subject(self) -> tuple[str, ...]:
        return (self.policy_type,)

    def line(self) -> str:
        return f"policy type {self.policy_type} enabled"

    def gives(self) -> str:
        return policy_type_given(self.policy_type)

    def is_done(self, seen: Seen) -> bool:
        return self.policy_type in seen.live.policy_types


class EnableService(BaseStep):
    """Give a service trusted access to the organization."""

    kind: Literal["enable-service"] = "enable-service"
    principal: str

    def subject(self) -> tuple[str, ...]:
        return (self.principal,)

    def line(self) -> str:
        return f"trusted access for {self.principal}"

    def gives(self) -> str:
        return service_given(self.principal)

    def is_done(self, seen: Seen) -> bool:
        return self.principal in seen.live.services


class EnableRootAccess(BaseStep):
    """Manage the root users of all accounts from the management account."""

    kind: Literal["enable-root-access"] = "enable-root-access"
    feature: RootFeature

    def subject(self) -> tuple[str, ...]:
        return (self.feature,)

    def line(self) -> str:
        return f"central root access: {self.feature}"

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION
        yield service_given("iam.amazonaws.com")

    def is_done(self, seen: Seen) -> bool:
        return self.feature in seen.live.root_features


class CreateUnit(BaseStep):
    """Make an organizational unit."""

    kind: Literal["create-unit"] = "create-unit"
    sign: ClassVar[Sign] = "+"
    path: UnitPath

    def subject(self) -> tuple[str, ...]:
        return (path_text(self.path),)

    def line(self) -> str:
        return f"unit {path_text(self.path)}"

    def gives(self) -> str:
        return unit_given(self.path)

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION
        yield unit_given(self.path[:-1])

    def is_done(self, seen: Seen) -> bool:
        return seen.live.unit(self.path) is not None


class CreateAccount(AccountStep):
    """Make an account. Its address is used up for ever, and closing it takes 90 days."""

    kind: Literal["create-account"] = "create-account"
    sign: ClassVar[Sign] = "+"
    irreversible: ClassVar[bool] = True
    email: str
    tags: dict[str, str]

    def line(self) -> str:
        return f"account {self.name} <{self.email}>"

    def gives(self) -> str:
        return account_given(self.name)

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return True


class MoveAccount(PromisedAccountStep):
    """Put an account into another unit."""

    kind: Literal["move-account"] = "move-account"
    source: UnitPath
    target: UnitPath

    def subject(self) -> tuple[str, ...]:
        return (self.name, path_text(self.target))

    def line(self) -> str:
        return f"account {self.name}: {path_text(self.source)} → {path_text(self.target)}"

    def gives(self) -> str:
        return _placed(self.name, self.target)

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield _placed(self.name, self.source)
        yield unit_given(self.target)
        if self.source == ONBOARDING:
            # Once it is out, its users may do things in it.
            yield from (settings_given(self.name), baseline_given(self.name), bootstrap_given(self.name))

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        # An account that is further on its way does not go back.
        way = seen.ways[self.name]
        return there.unit in way[way.index(self.target) :]

    def covers(self, step: BaseStep, way: tuple[UnitPath, ...]) -> bool:
        if not isinstance(step, MoveAccount):
            return False
        return (self.name, self.target) == (step.name, step.target) and (
            self.account in (None, step.account) and step.source in way
        )

    def holds(self, seen: Seen) -> bool:
        there = seen.accounts.get(self.name)
        if there is None:
            return self.account is None  # the same plan creates it
        return there.unit in seen.ways[self.name]

    def stands_alone(self, wanted: frozenset[str]) -> bool:
        # A stop on a way that goes on.
        return any(name.startswith(f"{self.kind}:{self.name}:") for name in wanted)


class TagAccount(AccountStep):
    """Set and remove tags of an account."""

    kind: Literal["tag-account"] = "tag-account"
    account: AccountId
    tags: dict[str, str]
    """What is set."""
    remove: tuple[str, ...] = ()

    def line(self) -> str:
        said = [f"{key}={value}" for key, value in sorted(self.tags.items())] + [f"-{key}" for key in self.remove]
        return f"account {self.name}: tags {', '.join(said)}"

    def needs(self) -> Iterator[str]:
        yield ORGANIZATION

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return self.tags.items() <= there.tags.items() and not there.tags.keys() & set(self.remove)


class SetContact(PromisedAccountStep):
    """Set an alternate contact of an account."""

    kind: Literal["set-contact"] = "set-contact"
    contact_kind: ContactKind
    contact: Contact

    def subject(self) -> tuple[str, ...]:
        return (self.name, self.contact_kind)

    def line(self) -> str:
        return f"account {self.name}: {self.contact_kind.lower()} contact {self.contact.email}"

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield service_given("account.amazonaws.com")

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.contacts.get(self.contact_kind) == LiveContact(**self.contact.model_dump())


class RegisterAdministrator(PromisedAccountStep):
    """Let an account administer a service for the organization."""

    kind: Literal["register-administrator"] = "register-administrator"
    stage: ClassVar[Stage] = "last"
    principal: str

    def subject(self) -> tuple[str, ...]:
        return (self.principal,)

    def line(self) -> str:
        return f"{self.principal} is administered by {self.name}"

    def needs(self) -> Iterator[str]:
        yield from super().needs()
        yield service_given(self.principal)

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        registered = {(one.principal, one.account) for one in seen.live.administrators if not one.untold}
        return (self.principal, there.id) in registered


class CloseAccount(BaseStep):
    """Close an account that has waited in the unit Suspended. AWS keeps it for 90 days."""

    kind: Literal["close-account"] = "close-account"
    sign: ClassVar[Sign] = "-"
    irreversible: ClassVar[bool] = True
    stage: ClassVar[Stage] = "last"
    name: str
    account: AccountId
    since: date
    """The day since which it has waited. Another day in its tag is another decision."""

    def subject(self) -> tuple[str, ...]:
        return (self.account,)

    def line(self) -> str:
        return f"account {self.name} ({self.account}), suspended since {self.since}: closed, and gone after 90 days"

    def is_done(self, seen: Seen) -> bool:
        there = seen.live.account(id=self.account)
        return there is None or there.state != "ACTIVE"

    def holds(self, seen: Seen) -> bool:
        there = seen.live.account(id=self.account)
        return there is not None and there.unit == SUSPENDED and closing_since(there) == self.since


Step = Annotated[
    CreateOrganization
    | EnablePolicyType
    | EnableService
    | EnableRootAccess
    | CreateUnit
    | CreateAccount
    | MoveAccount
    | TagAccount
    | SetContact
    | RegisterAdministrator
    | CloseAccount
    | RenameUnit
    | RenameAccount
    | DeleteContact
    | DeregisterAdministrator
    | DisableService
    | DisablePolicyType
    | DeleteUnit
    | ApplySettings
    | PutPlatformPolicies
    | WaitForBaseline
    | WaitForRegion
    | BootstrapAccount
    | LockArchive
    | PutSamlProvider
    | RequestQuota
    | RequestEmail
    | ManualStep
    | ActivateCostTag
    | PolicyStep,
    Field(discriminator="kind"),
]
"""One change."""


def _placed(name: str, unit: UnitPath) -> str:
    return f"account {name} in {path_text(unit)}"
