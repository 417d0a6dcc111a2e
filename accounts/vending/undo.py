"""Makes steps true that take something back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of
from accounts.vending.ground import Ground
from accounts.vending.undo_step import (
    DeleteContact,
    DeleteUnit,
    DeregisterAdministrator,
    DisablePolicyType,
    DisableService,
    RenameAccount,
    RenameUnit,
    UndoStep,
)

if TYPE_CHECKING:
    from types_boto3_organizations.literals import PolicyTypeType


def undo(step: UndoStep, clients: VendingClients, ground: Ground) -> None:
    """Take something back. What is gone already counts as taken back. Raises ClientError."""
    organizations, ask = clients.organizations, clients.patience.call
    match step:
        case RenameUnit(unit=unit, path=path):
            ask(lambda: organizations.update_organizational_unit(OrganizationalUnitId=unit, Name=path[-1]))
        case DeleteUnit(unit=unit):
            with _unless("OrganizationalUnitNotFoundException"):
                ask(lambda: organizations.delete_organizational_unit(OrganizationalUnitId=unit))
        case DisableService(principal=principal):
            ask(lambda: organizations.disable_aws_service_access(ServicePrincipal=principal))
        case DisablePolicyType(policy_type=name):
            type, root = cast("PolicyTypeType", name), ground.unit(())
            with _unless("PolicyTypeNotEnabledException"):
                ask(lambda: organizations.disable_policy_type(RootId=root, PolicyType=type))
        case DeregisterAdministrator(principal=principal, account=account):
            with _unless("AccountNotRegisteredException"):
                ask(
                    lambda: organizations.deregister_delegated_administrator(
                        AccountId=account, ServicePrincipal=principal
                    )
                )
        case RenameAccount() | DeleteContact():
            _undo_account(step, clients, ground)


def _undo_account(step: RenameAccount | DeleteContact, clients: VendingClients, ground: Ground) -> None:
    client, ask = clients.account, clients.patience.call
    own = step.account == ground.management
    match step:
        case RenameAccount(account=account, title=title):
            # The management account must not name itself.
            ask(lambda: client.put_account_name(AccountName=title, **({} if own else {"AccountId": account})))
        case DeleteContact(account=account, contact_kind=kind):
            with _unless("ResourceNotFoundException"):
                ask(
                    lambda: client.delete_alternate_contact(
                        AlternateContactType=kind, **({} if own else {"AccountId": account})
                    )
                )


@contextmanager
def _unless(gone: str) -> Iterator[None]:
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if code_of(error) != gone:
            raise
