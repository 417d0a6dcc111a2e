"""No connection leaves this machine: the server process may only talk to loopback."""

import ipaddress
import sys

from local.properties import Json

_EVENT = "socket.connect"


def forbid_outgoing_connections() -> None:
    """Refuse every connection to another machine, whoever asks for it in this process. Cannot be undone."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Json, ...]) -> None:
    if event == _EVENT and not is_loopback(arguments[1]):
        raise PermissionError(f"the embedded AWS opens no connection to {arguments[1]}")


def is_loopback(address: Json | tuple[str, int]) -> bool:
    """Whether a socket address is on this machine: a path, the name localhost, or a loopback address."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False
