"""The one door of the embedded AWS: each request goes to the emulator that carries its service."""

from collections.abc import Callable, Iterable

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region

from local.closed_regions import ClosedRegion, closed_region
from local.control import Control, answer, read_body
from local.denied import deny, operation_of
from local.organization import give_access_to_accounts
from local.repairs.contacts import PATHS as CONTACT_PATHS
from local.repairs.designations import IPAM, TRAIL
from local.services.control_tower import PATHS as CONTROL_TOWER_PATHS
from local.services.control_tower import ControlTower
from local.services.rds_data import PATHS as RDS_DATA_PATHS
from local.services.rds_data import RdsData
from local.services.transit_gateways import about_transit_gateways, again
from local.waiting import patient

MOTO_SERVICES = frozenset(
    {
        "application-autoscaling",
        "budgets",
        "ce",
        "codepipeline",
        "fms",
        "guardduty",
        "identitystore",
        "inspector2",
        "macie2",
        "network-firewall",
        "networkmanager",
        "organizations",
        "ram",
        "route53resolver",
        "securityhub",
        "servicequotas",
        "sso",
        "synthetics",
    }
)
"""Signing names of the services that moto answers."""


_MOVES = (b"CreateAccount", b"MoveAccount", b"CloseAccount", b"RemoveAccount", b"LeaveOrganization")
"""Parts of the operations by which an account comes, moves or goes. One also comes when its creation is looked at."""


class Front:
    """An ASGI application over two emulators and the control endpoints."""

    def __init__(
        self,
        emulator: ASGIFramework,
        moto: ASGIFramework,
        control: Control,
        rds_data: RdsData,
        accounts_moved: Callable[[], None],
        tower: ControlTower,
    ) -> None:
        """`accounts_moved` is called when accounts may have come, moved or gone."""
        self._accounts_moved = accounts_moved
        self._emulator = emulator
        self._moto = moto
        self._control = control
        self._rds_data = rds_data
        self._tower = tower

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer one request, or pass the life cycle on to the emulator."""
        if scope["type"] != "http":
            await self._emulator(scope, receive, send)
            return
        if scope["path"].startswith("/_local/"):
            await self._control(scope, receive, send)
            return
        key, service, region = signer(scope["headers"])
        if region and (closed := _closed(key, region)):
            body = await read_body(receive)
            operation, receive = operation_of(scope["headers"], body), again(body, receive)
            if closed.denies(service, operation):
                await deny(send, scope["headers"], get_account_id(), service, operation)
                return
        await self._route(scope, (key, service, region), receive, send)

    async def _route(
        self, scope: HTTPScope, signed: tuple[str, str, str], receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        key, service, region = signed
        if service in MOTO_SERVICES or (service == "account" and scope["path"] in CONTACT_PATHS):
            set_request_account_id(key)
            scope["headers"] = [*scope["headers"], (b"x-moto-account-id", get_account_id().encode())]
            await self._moto(scope, receive, self._noticed(send) if _may_move(scope["headers"]) else send)
        elif service == "controltower" and scope["path"] in CONTROL_TOWER_PATHS:
            set_request_account_id(key)
            await answer(send, *self._tower.answer(get_account_id(), scope["path"], await read_body(receive)))
        elif scope["path"] in RDS_DATA_PATHS:
            set_request_account_id(key)
            set_request_region(region)
            await answer(send, *self._rds_data.answer(scope["path"], await read_body(receive)))
        elif service == "ec2":
            await self._ec2(scope, key, receive, send)
        elif service == "cloudtrail" and _names(scope["headers"], TRAIL):
            await self._to_moto(scope, key, receive, send)
        else:
            await self._emulator(scope, receive, patient(send) if service == "cloudformation" else send)

    async def _ec2(self, scope: HTTPScope, key: str, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        body = await read_body(receive)
        if about_transit_gateways(body) or IPAM in body:
            await self._to_moto(scope, key, again(body, receive), send)
        else:
            await self._emulator(scope, again(body, receive), send)

    async def _to_moto(self, scope: HTTPScope, key: str, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        set_request_account_id(key)
        scope["headers"] = [*scope["headers"], (b"x-moto-account-id", get_account_id().encode())]
        await self._moto(scope, receive, send)

    def _noticed(self, send: ASGISendCallable) -> ASGISendCallable:
        """Let accounts that a request created be entered before its answer goes out, and all be noticed."""

        async def send_after(event: ASGISendEvent) -> None:
            if event["type"] == "http.response.start":
                give_access_to_accounts()
                self._accounts_moved()
            await send(event)

        return send_after


def _closed(key: str, region: str) -> ClosedRegion | None:
    """What closes a region to the account of a key."""
    set_request_account_id(key)
    return closed_region(get_account_id(), region)


def _may_move(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an account may come, move or go by a request."""
    return _names(headers, *_MOVES)


def _names(headers: Iterable[tuple[bytes, bytes]], *operations: bytes) -> bool:
    """Whether a request is for one of these operations."""
    return any(name.lower() == b"x-amz-target" and any(one in value for one in operations) for name, value in headers)


def signer(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str, str]:
    """Return the access key, service and region that a request is signed for; empty where it is not signed."""
    for name, value in headers:
        if name.lower() == b"authorization" and b"Credential=" in value:
            scope = value.decode("latin-1").split("Credential=", 1)[1].split(",")[0].split("/")
            if len(scope) >= 4:
                return scope[0], scope[3], scope[2]
    return "", "", ""
