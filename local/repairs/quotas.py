"""Service Quotas and SES production access: requests that AWS decides later, which the emulator does not know.

See https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html and
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html.
"""

import json
from dataclasses import dataclass, field

from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse
from moto.servicequotas.responses import ServiceQuotasResponse
from moto.sesv2.responses import SESV2Response

from local.properties import Json, Properties, parse_object
from local.repairs.method import replace_method

_DEFAULTS = {
    ("organizations", "L-E619E033"): 10.0,
    ("fargate", "L-3032A538"): 6.0,
    ("lambda", "L-B99A9384"): 10.0,
}
"""What a new account has."""
_OPEN = ("PENDING", "CASE_OPENED")
_EMAIL = ("email", "production")

Place = tuple[str, str]
"""Account and region."""
Code = tuple[str, str]
"""Service and quota."""


@dataclass
class Request:
    """A request for a higher quota."""

    value: float
    status: str = "PENDING"


@dataclass
class QuotaDesk:
    """Keeps requests until a test decides them."""

    _requests: dict[tuple[Place, Code], list[Request]] = field(default_factory=dict)

    def install(self) -> None:
        """Answer the operations. Call once."""
        original = ServiceQuotasResponse.get_service_quota
        replace_method(
            ServiceQuotasResponse,
            "get_service_quota",
            lambda asked: self._quota(asked) if _code(asked) in _DEFAULTS else original(asked),
        )
        # Bound methods would not get the request that they are about.
        replace_method(ServiceQuotasResponse, "request_service_quota_increase", lambda asked: self._ask(asked))
        history = "list_requested_service_quota_change_history_by_quota"
        replace_method(ServiceQuotasResponse, history, lambda asked: self._history(asked))
        replace_method(SESV2Response, "get_account", lambda asked: self._email(asked))
        replace_method(SESV2Response, "put_account_details", lambda asked: self._ask_email(asked))

    def clear(self) -> None:
        """Forget all requests."""
        self._requests.clear()

    def made(self) -> list[tuple[str, str, float, str]]:
        """Every request: account, quota, value and status."""
        return [
            (account, code, one.value, one.status)
            for ((account, _), (_, code)), requests in self._requests.items()
            for one in requests
        ]

    def decide(self, body: Properties) -> Json:
        """Let every open request end with `status`, such as APPROVED or DENIED."""
        status = body.text("status", "APPROVED")
        waiting = [one for requests in self._requests.values() for one in requests if one.status in _OPEN]
        for one in waiting:
            one.status = status
        return {"decided": len(waiting)}

    def _value(self, place: Place, code: Code) -> float:
        approved = [one.value for one in self._requests.get((place, code), []) if one.status == "APPROVED"]
        return max([_DEFAULTS.get(code, 0.0), *approved])

    def _quota(self, asked: ServiceQuotasResponse) -> str:
        service, code = _code(asked)
        value = self._value(_place(asked), (service, code))
        return json.dumps({"Quota": {"ServiceCode": service, "QuotaCode": code, "Value": value, "Adjustable": True}})

    def _ask(self, asked: ServiceQuotasResponse) -> str:
        place, code, value = _place(asked), _code(asked), float(str(_body(asked)["DesiredValue"]))
        requests = self._requests.setdefault((place, code), [])
        if any(one.status in _OPEN for one in requests):
            raise JsonRESTError(
                "ResourceAlreadyExistsException", "Only one open service quota increase request is allowed."
            )
        if value <= self._value(place, code):
            raise JsonRESTError("IllegalArgumentException", "You must provide a quota value greater than the current.")
        requests.append(Request(value))
        return json.dumps({"RequestedQuota": _change(code, requests[-1])})

    def _history(self, asked: ServiceQuotasResponse) -> str:
        code = _code(asked)
        return json.dumps(
            {"RequestedQuotas": [_change(code, one) for one in self._requests.get((_place(asked), code), [])]}
        )

    def _email(self, asked: SESV2Response) -> str:
        requests = self._requests.get((_place(asked), _EMAIL), [])
        status = {"APPROVED": "GRANTED"}.get(requests[-1].status, requests[-1].status) if requests else ""
        details = {"Details": {"ReviewDetails": {"Status": status}}} if status else {}
        return json.dumps({"ProductionAccessEnabled": status == "GRANTED", **details})

    def _ask_email(self, asked: SESV2Response) -> str:
        requests = self._requests.setdefault((_place(asked), _EMAIL), [])
        if any(one.status in _OPEN for one in requests):
            raise JsonRESTError("ConflictException", "A review of your account is under way.")
        requests.append(Request(1.0))
        return "{}"


def _place(asked: BaseResponse) -> Place:
    return asked.current_account, asked.region


def _body(asked: BaseResponse) -> dict[str, Json]:
    return parse_object(asked.body)


def _code(asked: BaseResponse) -> Code:
    body = _body(asked)
    return str(body.get("ServiceCode")), str(body.get("QuotaCode"))


def _change(code: Code, one: Request) -> dict[str, Json]:
    return {"ServiceCode": code[0], "QuotaCode": code[1], "DesiredValue": one.value, "Status": one.status}
