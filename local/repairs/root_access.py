"""Central root access: the IAM operations that neither emulator has.

See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html.
"""

import re
from collections.abc import Callable

from ministack.core.responses import get_account_id
from ministack.services import iam
from moto.core.responses import ActionResult
from moto.iam.exceptions import IAMException
from moto.iam.responses import IamResponse
from moto.organizations import models

from local.properties import Json
from local.repairs.method import replace_method

_PARTITION = "aws"
_SERVICE = "iam.amazonaws.com"
Answer = tuple[int, dict[str, str], bytes]

_OPERATIONS = {
    "EnableOrganizationsRootCredentialsManagement": ("RootCredentialsManagement", ""),
    "EnableOrganizationsRootSessions": ("RootSessions", ""),
    "DisableOrganizationsRootCredentialsManagement": ("", "RootCredentialsManagement"),
    "DisableOrganizationsRootSessions": ("", "RootSessions"),
    "ListOrganizationsFeatures": ("", ""),
}
"""What each operation enables and disables."""


def give_root_access() -> None:
    """Add the operations to IAM. Call once."""
    for operation, (enable, disable) in _OPERATIONS.items():
        iam._IAM_HANDLERS[operation] = _emulated(operation, enable, disable)
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        replace_method(IamResponse, name, _answering(enable, disable))


def features(account: str, enable: str = "", disable: str = "") -> tuple[str, list[Json]]:
    """The organization of a management account and what is enabled in it, after one more or one less."""
    organization = models.organizations_backends[account][_PARTITION]
    if organization.org is None:
        raise IAMException("OrganizationNotFoundException", "The account is not in an organization.")
    if not any(service["ServicePrincipal"] == _SERVICE for service in organization.services):
        raise IAMException("ServiceAccessNotEnabledException", f"Trusted access for {_SERVICE} is not enabled.")
    enabled: set[str] = organization.__dict__.setdefault("root_features", set())
    enabled.update({enable} if enable else ())
    enabled.discard(disable)
    return str(organization.org.id), [*sorted(enabled)]


def _answering(enable: str, disable: str) -> Callable[[IamResponse], ActionResult]:
    def answer(asked: IamResponse) -> ActionResult:
        organization, enabled = features(asked.current_account, enable, disable)
        return ActionResult({"OrganizationId": organization, "EnabledFeatures": enabled})

    return answer


def _emulated(operation: str, enable: str, disable: str) -> Callable[[dict[str, list[str]]], Answer]:
    def run(_: dict[str, list[str]]) -> Answer:
        try:
            organization, enabled = features(get_account_id(), enable, disable)
        except IAMException as error:
            refusal: Answer = iam._error(400, error.code, error.message, ns="iam")
            return refusal
        members = "".join(f"<member>{feature}</member>" for feature in enabled)
        answer: Answer = iam._xml(
            200,
            f"{operation}Response",
            f"<{operation}Result><OrganizationId>{organization}</OrganizationId>"
            f"<EnabledFeatures>{members}</EnabledFeatures></{operation}Result>",
            ns="iam",
        )
        return answer

    return run
