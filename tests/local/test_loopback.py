"""No connection leaves the machine."""

import pytest

from local.loopback import is_loopback
from local.properties import Json


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (("127.0.0.1", 80), True),
        (("127.9.9.9", 80), True),
        (("::1", 80), True),
        (("localhost", 80), True),
        ("/var/run/some.sock", True),
        (("192.0.2.1", 443), False),
        (("example.com", 443), False),
        (("2001:db8::1", 443), False),
    ],
)
def test_only_addresses_of_this_machine_are_allowed(address: Json | tuple[str, int], allowed: bool) -> None:
    assert is_loopback(address) is allowed
