"""A protocol with its ports, comparable and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assembly.diff.security.resource import Resource, as_number
from assembly.document import Json, JsonObject

_NAMES: Mapping[str, str] = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "-1": "all", "all": "all", "": "all"}
_WITH_PORTS = frozenset({"tcp", "udp"})
_LAST_PORT = 65535


@dataclass(frozen=True)
class Traffic:
    """Packets of one protocol to some ports."""

    protocol: str
    """`tcp`, `udp`, `icmp`, `icmpv6`, `all`, or the number of another one."""
    first: int = 0
    last: int = _LAST_PORT
    unknown: str = ""
    """What stands for the ports when they are no numbers; for ICMP, the type."""

    def covers(self, other: Traffic) -> bool:
        """Whether it is all of the other traffic, or more."""
        if self.protocol == "all" or self == other:
            return True
        if self.protocol != other.protocol or self.unknown:
            return False
        if other.unknown:
            return self.first == 0 and self.last == _LAST_PORT
        return self.first <= other.first and other.last <= self.last

    def __str__(self) -> str:
        """`tcp 443`, `tcp 8000-8100`, `all traffic`, `icmp`."""
        if self.protocol == "all":
            return "all traffic"
        name = f"protocol {self.protocol}" if self.protocol.isdecimal() else self.protocol
        if self.unknown:
            return f"{name} {self.unknown}"
        if self.protocol not in _WITH_PORTS:
            return name
        if (self.first, self.last) == (0, _LAST_PORT):
            return f"{name} on every port"
        return f"{name} {self.first}" if self.first == self.last else f"{name} {self.first}-{self.last}"


ALL = Traffic("all")


def traffic(resource: Resource, rule: JsonObject) -> Traffic:
    """What a rule of a security group is about."""
    protocol = _protocol(resource, rule.get("IpProtocol"))
    return _traffic(resource, protocol, rule.get("FromPort"), rule.get("ToPort"))


def entry_traffic(resource: Resource) -> Traffic:
    """What an entry of a network ACL is about."""
    protocol = _protocol(resource, resource.first("Protocol"))
    if protocol.startswith("icmp"):
        return _traffic(resource, protocol, resource.first("Icmp.Type"), resource.first("Icmp.Code"))
    return _traffic(resource, protocol, resource.first("PortRange.From"), resource.first("PortRange.To"))


def _protocol(resource: Resource, value: Json) -> str:
    text = resource.term(value).key.lower()
    return _NAMES.get(text, text)


def _traffic(resource: Resource, protocol: str, first: Json, last: Json) -> Traffic:
    if protocol == "all":
        return ALL
    if protocol.startswith("icmp"):
        return Traffic(protocol) if as_number(first) in (None, -1) else _icmp(resource, protocol, first, last)
    if protocol not in _WITH_PORTS:
        return Traffic(protocol)
    low, high = as_number(first), as_number(last)
    if first is None or low == -1:
        return Traffic(protocol)
    if low is None or high is None:
        return Traffic(protocol, unknown=f"{resource.term(first).words}-{resource.term(last).words}")
    return Traffic(protocol, int(low), int(high))


def _icmp(resource: Resource, protocol: str, kind: Json, code: Json) -> Traffic:
    every = code is None or as_number(code) == -1
    words = f"type {resource.term(kind).words}" + ("" if every else f" code {resource.term(code).words}")
    return Traffic(protocol, unknown=words)
