"""Alternate contacts and names of other accounts: the emulator lets anybody change anybody's, and renames none.

See https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html and
https://docs.aws.amazon.com/accounts/latest/reference/API_PutAccountName.html.
"""

from moto.account import urls
from moto.account.responses import AccountResponse
from moto.core.exceptions import JsonRESTError
from moto.core.responses import EmptyResult
from moto.organizations import models

from local.repairs.method import replace_method

_PARTITION = "aws"
_SERVICE = "account.amazonaws.com"
_RENAME = "/putAccountName"
PATHS = frozenset({"/putAlternateContact", "/getAlternateContact", "/deleteAlternateContact", _RENAME})
"""The operations of alternate contacts, and the renaming of accounts."""


def guard_contacts() -> None:
    """Let only the management account name another account: one of its members, with trusted access. Call once."""
    original = AccountResponse._get_account_id

    def get_account_id(response: AccountResponse) -> str:
        account: str = original(response)
        if response._get_param("AccountId"):
            _refuse(response.current_account, account)
        return account

    replace_method(AccountResponse, "_get_account_id", get_account_id)
    replace_method(AccountResponse, "put_account_name", _rename)
    urls.url_paths[f"{{0}}{_RENAME}$"] = AccountResponse.dispatch


def _rename(response: AccountResponse) -> EmptyResult:
    account, name = response._get_account_id(), response._get_param("AccountName")
    for owned in list(models.organizations_backends.values()):
        for one in owned[_PARTITION].accounts:
            if one.id == account:
                one.name = name
    return EmptyResult()


def _refuse(caller: str, account: str) -> None:
    organization = models.organizations_backends[caller][_PARTITION]
    if account == caller:
        raise JsonRESTError("AccessDeniedException", "The management account must not give its own AccountId.")
    if not any(one.id == account for one in organization.accounts):
        raise JsonRESTError("AccessDeniedException", f"{caller} is not the management account of {account}.")
    if not any(service["ServicePrincipal"] == _SERVICE for service in organization.services):
        raise JsonRESTError("AccessDeniedException", f"Trusted access for {_SERVICE} is not enabled.")
