"""The organization of the embedded AWS, set up from plain data."""

import json
import urllib.request
from collections.abc import Iterable

from local.error import LocalError


def ensure_accounts(
    endpoint: str,
    management_account: str,
    accounts: Iterable[tuple[str, str, str]],
    *,
    organization: tuple[str, str] = ("", ""),
) -> None:
    """Make the accounts, given as (name, account id, e-mail), exist in the organization of `management_account`.

    Each member also gets the role `OrganizationAccountAccessRole`, which trusts the management account. The
    management account itself may be in the list, for its name and e-mail. `organization` are the ids that it and its
    root get when it is made, such as `o-exampleorgid` and `r-exam`; empty ones are drawn. Idempotent.

    Raises `LocalError` when the embedded AWS does not answer or refuses.
    """
    body = {
        "management": management_account,
        "organization": organization[0],
        "root": organization[1],
        "accounts": [{"name": name, "id": account, "email": email} for name, account, email in accounts],
    }
    _post(f"{endpoint}/_local/accounts", json.dumps(body).encode())


def _post(url: str, body: bytes) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=body, headers={"content-type": "application/json"}, method="POST")
    try:
        opener.open(request, timeout=30).close()
    except OSError as error:
        raise LocalError(f"the embedded AWS refused its accounts: {error}", "see its log") from error
