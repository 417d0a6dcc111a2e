"""Makes each step true: one call or a few. What somebody did meanwhile counts as done."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from accounts.vending.account_changes import AccountChanges
from accounts.vending.account_tags import tag_account
from accounts.vending.baseline_step import WaitForBaseline
from accounts.vending.bootstrap_step import BootstrapAccount
from accounts.vending.clients import VendingClients
from accounts.vending.cost_tag_step import ActivateCostTag
from accounts.vending.cost_tags import activate
from accounts.vending.creation import AccountCreation
from accounts.vending.designation import Designation
from accounts.vending.errors import unless
from accounts.vending.ground import Ground
from accounts.vending.listing import Listing
from accounts.vending.lock_step import LockArchive
from accounts.vending.manual_step import ManualStep
from accounts.vending.platform_policies_step import PutPlatformPolicies
from accounts.vending.policy_changes import PolicyChanges
from accounts.vending.policy_steps import PolicyChange
from accounts.vending.quota_step import RequestEmail, RequestQuota
from accounts.vending.recorder import Recorder
from accounts.vending.region_step import WaitForRegion
from accounts.vending.saml_step import PutSamlProvider
from accounts.vending.settings_step import ApplySettings
from accounts.vending.step import (
    CloseAccount,
    CreateAccount,
    CreateOrganization,
    CreateUnit,
    EnablePolicyType,
    EnableRootAccess,
    EnableService,
    MoveAccount,
    RegisterAdministrator,
    SetContact,
    Step,
    TagAccount,
)
from accounts.vending.undo import undo
from accounts.vending.waits import Waits
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_organizations.literals import PolicyTypeType

AccountChange = MoveAccount | TagAccount | SetContact | RegisterAdministrator | CloseAccount
"""A change of an account that is there."""


class Changes:
    """Calls AWS for steps. Safe to use from several threads, as long as each account has one."""

    def __init__(
        self,
        clients: VendingClients,
        ground: Ground,
        creation: AccountCreation,
        recorder: Recorder,
        rooms: AccountChanges,
        designation: Designation,
    ) -> None:
        self._clients = clients
        self._designation = designation
        self._rooms = rooms
        self._organizations = clients.organizations
        self._patience = clients.patience
        self._ground = ground
        self._creation = creation
        self._recorder = recorder
        self._policies = PolicyChanges(clients, ground)

    def make(self, step: Step) -> str:
        """Do a step. What AWS answered, in a word, for the journal. Raises ClientError, CellsError or Waits."""
        match step:
            case (
                ApplySettings()
                | PutPlatformPolicies()
                | PutSamlProvider()
                | WaitForBaseline()
                | BootstrapAccount()
                | LockArchive()
                | RequestQuota()
                | RequestEmail()
            ):
                return self._rooms.make(step, self._ground.account(step.name))
            case ManualStep():
                return self._rooms.look(step)
            case WaitForRegion(region=region):
                # Nothing that this run does before opens it: the policies come last.
                raise Waits("what has to be done there comes after that", region=region)
            case CreateOrganization() | CreateUnit() | CreateAccount():
                return self._create(step)
            case EnablePolicyType() | EnableService() | EnableRootAccess() | ActivateCostTag():
                self._enable(step)
            case PolicyChange():
                self._policies.make(step)
            case MoveAccount() | TagAccount() | SetContact() | RegisterAdministrator() | CloseAccount():
                self._change_account(step)
            case _:
                undo(step, self._clients, self._ground)
        return ""

    def _change_account(self, step: AccountChange) -> None:
        match step:
            case MoveAccount():
                self._move(step)
            case TagAccount():
                self._tag(step)
            case SetContact():
                self._set_contact(step)
            case RegisterAdministrator():
                self._register(step)
            case CloseAccount():
                self._close(step)

    def _create(self, step: CreateOrganization | CreateUnit | CreateAccount) -> str:
        match step:
            case CreateOrganization():
                return self._create_organization()
            case CreateUnit():
                return self._create_unit(step)
            case CreateAccount():
                return self._create_account(step)

    def _create_organization(self) -> str:
        with unless("AlreadyInOrganizationException"):
            self._patience.call(lambda: self._organizations.create_organization(FeatureSet="ALL"))
        found = self._patience.call(self._organizations.describe_organization)["Organization"]
        if found["MasterAccountId"] != self._ground.management:
            raise CellsError(
                f"the account {self._ground.management} became a member of the organization {found['Id']} meanwhile",
                hint="leave that organization, or use other credentials",
            )
        self._ground.units[()] = Listing(self._organizations, self._patience).root()["Id"]
        return found["Id"]

    def _enable(self, step: EnablePolicyType | EnableService | EnableRootAccess | ActivateCostTag) -> None:
        match step:
            case ActivateCostTag(tag=tag):
                activate(self._clients, tag)
            case EnablePolicyType():
                type, root = cast("PolicyTypeType", step.policy_type), self._ground.unit(())
                with unless("PolicyTypeAlreadyEnabledException"):
                    self._patience.call(lambda: self._organizations.enable_policy_type(RootId=root, PolicyType=type))
            case EnableService(principal=principal):
                self._designation.enable(principal)
                self._patience.call(lambda: self._organizations.enable_aws_service_access(ServicePrincipal=principal))
            case EnableRootAccess(feature="RootSessions"):
                self._patience.call(self._clients.iam.enable_organizations_root_sessions)
            case EnableRootAccess():
                self._patience.call(self._clients.iam.enable_organizations_root_credentials_management)

    def _create_unit(self, step: CreateUnit) -> str:
        parent, name = self._ground.unit(step.path[:-1]), step.path[-1]
        id = ""
        with unless("DuplicateOrganizationalUnitException"):
            made = self._patience.call(
                lambda: self._organizations.create_organizational_unit(ParentId=parent, Name=name)
            )
            id = made["OrganizationalUnit"]["Id"]
        self._ground.units[step.path] = id or self._existing_unit(parent, name)
        return self._ground.units[step.path]

    def _existing_unit(self, parent: str, name: str) -> str:
        for unit in Listing(self._organizations, self._patience).units(parent):
            if unit["Name"] == name:
                return unit["Id"]
        raise CellsError(
            f"the unit {name} has a sibling with the same name in other letters",
            hint="rename one of them: AWS takes no two in one unit",
        )

    def _create_account(self, step: CreateAccount) -> str:
        id = self._creation.create(step)
        self._recorder.record({step.name: id})
        self._ground.places.setdefault(id, ())
        self._ground.accounts[step.name] = id
        return id

    def _move(self, step: MoveAccount) -> None:
        account = self._ground.account(step.name)
        source, target = self._ground.unit(self._ground.places[account]), self._ground.unit(step.target)
        with unless("DuplicateAccountException"):
            self._patience.call(
                lambda: self._organizations.move_account(
                    AccountId=account, SourceParentId=source, DestinationParentId=target
                )
            )
        self._ground.places[account] = step.target

    def _tag(self, step: TagAccount) -> None:
        if step.tags:
            tag_account(self._clients, step.account, step.tags)
        if step.remove:
            self._patience.call(
                lambda: self._organizations.untag_resource(ResourceId=step.account, TagKeys=list(step.remove))
            )

    def _set_contact(self, step: SetContact) -> None:
        client, contact, account = self._clients.account, step.contact, self._ground.account(step.name)
        own = account == self._ground.management

        def put() -> None:
            client.put_alternate_contact(
                AlternateContactType=step.contact_kind,
                Name=contact.name,
                Title=contact.title,
                EmailAddress=contact.email,
                PhoneNumber=contact.phone,
                # The management account must not name itself.
                **({} if own else {"AccountId": account}),
            )

        self._patience.call(put)

    def _register(self, step: RegisterAdministrator) -> None:
        account = self._ground.account(step.name)
        self._designation.designate(step.principal, account)
        with unless("AccountAlreadyRegisteredException"):
            self._patience.call(
                lambda: self._organizations.register_delegated_administrator(
                    AccountId=account, ServicePrincipal=step.principal
                )
            )

    def _close(self, step: CloseAccount) -> None:
        with unless("AccountAlreadyClosedException"):
            self._patience.call(lambda: self._organizations.close_account(AccountId=step.account))
