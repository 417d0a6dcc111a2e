"""What AWS refused, in the user's words and with a cure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from constructs_lib.specs.errors import CellsError, InputError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_CURES: Mapping[str, str] = {
    "ExpiredToken": "sign in again",
    "ExpiredTokenException": "sign in again",
    "UnrecognizedClientException": "sign in again",
    "InvalidClientTokenId": "sign in again",
    "FinalizingOrganizationException": "the organization is still initializing: run this again in an hour",
    "ConcurrentModificationException": "something else changes the organization: run this again when it is done",
    "TooManyRequestsException": "run this again in some minutes: what is done is not done again",
    "PolicyTypeNotAvailableForOrganizationException": "the organization needs all features: enable them in the console",
    "SERVICE_ACCESS_NOT_ENABLED": "the service's trusted access is missing: plan again",
    "ACCOUNT_NUMBER_LIMIT_EXCEEDED": "ask Service Quotas for more accounts in AWS Organizations, then run this again",
    "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED": "AWS takes no more new accounts today: run this again tomorrow",
    "OU_DEPTH_LIMIT_EXCEEDED": "move the unit up in accounts/organization.yaml",
    "OU_NUMBER_LIMIT_EXCEEDED": "delete units that nobody uses",
    "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED": "deregister the administrator that is there",
    "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE": "deregister the administrator that is there",
    "PolicyTypeNotEnabledException": "the policy type is not enabled: plan again",
    "MalformedPolicyDocumentException": "`cells org prove` says which guardrail is wrong; mend it and deploy again",
    "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED": "detach policies that nobody needs from that unit, then plan again",
    "POLICY_CONTENT_LIMIT_EXCEEDED": "shorten the guardrails; `cells org prove` prints the size of each policy",
    "POLICY_NUMBER_LIMIT_EXCEEDED": "delete policies that nobody needs",
    "MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED": "add a payment method to the management account",
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": "AWS closes a tenth of the accounts in 30 days: run this again later",
}
"""What to do, by AWS's error code or by the reason in it."""

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_NOT_AUTHORIZED = re.compile(r"not authorized to perform:? ([\w-]+:\w+)")

_CREATION_CURES: Mapping[str, str] = {
    "ACCOUNT_LIMIT_EXCEEDED": "ask Service Quotas for more accounts in AWS Organizations, then run this again",
    "EMAIL_ALREADY_EXISTS": "an address belongs to one account for ever, also to a closed one: give the account"
    " another under `emails` in accounts/organization.yaml, and plan again",
    "CONCURRENT_ACCOUNT_MODIFICATION": "run this again: the other request is found",
    "INTERNAL_FAILURE": "run this again; when it stays, ask AWS Support",
    "INVALID_EMAIL": "give the account another address under `emails` in accounts/organization.yaml, and plan again",
    "INVALID_ADDRESS": "mend the postal address of the management account",
    "MISSING_PAYMENT_INSTRUMENT": "add a payment method to the management account",
    "INVALID_PAYMENT_INSTRUMENT": "mend the payment method of the management account",
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS": "give the account another address under `emails`, and plan again",
}
"""What to do, by the reason of a failed creation.

See https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html.
"""


def code_of(error: ClientError) -> str:
    """The error code, such as `AccessDeniedException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def words_of(error: ClientError) -> str:
    """What AWS says of it, for a person."""
    return str(error.response.get("Error", {}).get("Message", ""))


def reason_of(error: ClientError) -> str:
    """The reason that AWS Organizations gives beside the code; empty where there is none."""
    response: Mapping[str, object] = {**error.response}
    return str(response.get("Reason", ""))


def error_of(error: ClientError, what: str) -> CellsError:
    """The error of a call, as `what: AWS's words`."""
    code, reason = code_of(error), reason_of(error)
    said = words_of(error)
    if code in _DENIED:
        cure = f"the credentials need {_action_of(error, said)}; what is done is not done again"
    else:
        cure = _CURES.get(reason) or _CURES.get(code) or "run this again: what is done is not done again"
    return CellsError(f"{what}: {said or error} ({f'{code}, {reason}' if reason else code})", hint=cure)


def _action_of(error: ClientError, said: str) -> str:
    """The action that was denied, such as `organizations:CreateAccount`; AWS says it, or the call has its name."""
    found = _NOT_AUTHORIZED.search(said)
    return found[1] if found else error.operation_name


def creation_error(name: str, email: str, reason: str) -> CellsError:
    """The error of an account that AWS did not create."""
    cure = _CREATION_CURES.get(reason, "see the reason in AWS's documentation of CreateAccountStatus")
    return CellsError(f"AWS did not create the account {name} <{email}>: {reason}", hint=cure)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say errors of AWS and of the way to it in the user's words."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

    try:
        yield
    except ClientError as error:
        raise error_of(error, what) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise InputError(f"{what}: {error}", hint="sign in to the management account first") from error
    except BotoCoreError as error:
        raise CellsError(f"{what}: {error}", hint="run this again: what is done is not done again") from error


@contextmanager
def unless(done: str) -> Iterator[None]:
    """Take an error that says that it was done before as done."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if code_of(error) != done:
            raise
