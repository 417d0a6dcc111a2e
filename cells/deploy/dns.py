"""Asks DNS for the name servers of a domain: one question over UDP, as RFC 1035 has it."""

import secrets
import socket
import struct
from pathlib import Path

from constructs_lib.specs.errors import CellsError

_NS = 2
_INTERNET = 1
_RECURSE = 0x0100
_SECONDS = 3.0
_TRIES = 3
_RESOLVERS = Path("/etc/resolv.conf")


def name_servers(domain: str, *, resolver: tuple[str, int] | None = None) -> tuple[str, ...]:
    """Return the name servers that DNS gives for a domain, sorted; empty when it has none.

    Raises CellsError when no resolver answers.
    """
    problem = ""
    for _ in range(_TRIES):
        number = secrets.randbelow(2**16)
        try:
            answer = _ask(_question(number, domain), resolver or _resolver())
            return _read(number, answer)
        except (OSError, struct.error, IndexError) as error:
            problem = str(error)
    raise CellsError(f"no DNS resolver answers: {problem}", hint="check the network of this machine")


def _resolver() -> tuple[str, int]:
    lines = _RESOLVERS.read_text(encoding="utf-8").splitlines()
    servers = [line.split()[1] for line in lines if line.startswith("nameserver") and len(line.split()) > 1]
    return (servers[0] if servers else "127.0.0.1", 53)


def _question(number: int, domain: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in domain.strip(".").split("."))
    return struct.pack(">6H", number, _RECURSE, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", _NS, _INTERNET)


def _ask(question: bytes, resolver: tuple[str, int]) -> bytes:
    family = socket.AF_INET6 if ":" in resolver[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asker:
        asker.settimeout(_SECONDS)
        asker.connect(resolver)
        asker.send(question)
        return asker.recv(4096)


def _read(number: int, answer: bytes) -> tuple[str, ...]:
    answered, _, questions, records, _, _ = struct.unpack_from(">6H", answer)
    if answered != number:
        return ()
    at = 12
    for _ in range(questions):
        at = _name(answer, at)[1] + 4
    found = []
    for _ in range(records):
        at = _name(answer, at)[1]
        kind, _, _, length = struct.unpack_from(">2HIH", answer, at)
        at += 10
        if kind == _NS:
            found.append(_name(answer, at)[0])
        at += length
    return tuple(sorted(found))


def _name(message: bytes, at: int) -> tuple[str, int]:
    """Read a name and return it with the place after it. A pointer ends a name, and only points backwards."""
    labels: list[str] = []
    end = 0
    while message[at]:
        length = message[at]
        if length >= 0xC0:
            end = end or at + 2
            before = at
            at = ((length & 0x3F) << 8) + message[at + 1]
            if at >= before:
                return ".".join(labels), end
            continue
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels), end or at + 1
