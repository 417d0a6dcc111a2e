"""The question to DNS, against a server on loopback."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from cells.deploy.dns import name_servers
from constructs_lib.specs.errors import CellsError


def _label(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


@pytest.fixture
def resolver() -> Iterator[tuple[str, int]]:
    """Answers each question with two name servers; the second one's name ends with a pointer to the question."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(5)

    def answer() -> None:
        question, client = server.recvfrom(512)
        head = question[:2] + struct.pack(">5H", 0x8180, 1, 2, 0, 0)
        first = _label("ns-2.example.net")
        second = b"\x04ns-1\xc0\x0c"
        records = b"".join(b"\xc0\x0c" + struct.pack(">2HIH", 2, 1, 60, len(name)) + name for name in (first, second))
        server.sendto(head + question[12:] + records, client)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield server.getsockname()
    thread.join(5)
    server.close()


def test_the_name_servers_are_read_with_and_without_pointers(resolver: tuple[str, int]) -> None:
    found = name_servers("crm.example.com", resolver=resolver)

    assert found == ("ns-1.crm.example.com", "ns-2.example.net")


def test_a_resolver_that_does_not_answer_is_an_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        address = probe.getsockname()

    with pytest.raises(CellsError, match="no DNS resolver answers"):
        name_servers("crm.example.com", resolver=address)
