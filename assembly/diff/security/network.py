"""Who can reach whom: the rules of security groups, wherever they are written.

A rule means the same in the list of its group and as a resource of its own; what it is described as means nothing.
See https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from ipaddress import ip_network

from assembly.diff.change import SecurityChange
from assembly.diff.security.resource import Resource, Term, listed, many
from assembly.diff.security.traffic import ALL, Traffic, traffic
from assembly.document import JsonObject, as_object

ANYWHERE = ("0.0.0.0/0", "::/0")
_NOWHERE = "255.255.255.255/32"
"""What the CDK writes so that a group has no rule that lets everything out."""


@dataclass(frozen=True)
class Rule:
    """A security group lets some traffic in from a peer, or out to it."""

    group: Term
    inward: bool
    traffic: Traffic
    peer: Term
    """A range of addresses, a prefix list or a security group."""

    def covers(self, other: Rule) -> bool:
        """Whether it lets through everything that the other one does."""
        if (self.group, self.inward) != (other.group, other.inward) or not self.traffic.covers(other.traffic):
            return False
        return self.peer == other.peer or _contains(self.peer.key, other.peer.key)


RuleSources = Mapping[Rule, Set[str]]
"""Rules, each with the logical ids of the resources that say so."""

RULES: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "AWS::EC2::SecurityGroup": (("SecurityGroupIngress", True), ("SecurityGroupEgress", False)),
    "AWS::EC2::SecurityGroupIngress": (("", True),),
    "AWS::EC2::SecurityGroupEgress": (("", False),),
}
"""Type to the properties with rules (empty: the resource is the rule) and whether they let in."""

_PEERS = (
    "CidrIp",
    "CidrIpv6",
    "SourcePrefixListId",
    "DestinationPrefixListId",
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "SourceSecurityGroupName",
)


def rules(resource: Resource) -> Iterator[Rule]:
    """Every rule that a resource says."""
    for path, inward in RULES.get(resource.type, ()):
        if not path:
            group = resource.first("GroupId")
            named = resource.term(resource.first("GroupName") if group is None else group)
            yield from _rule(resource, named, inward, resource.properties)
            continue
        written = many(resource.first(path))
        for one in written:
            yield from _rule(resource, resource.own, inward, as_object(one))
        if not written and not inward:  # a group without rules for what goes out is given one for everything
            yield Rule(resource.own, inward, ALL, Term(ANYWHERE[0], ANYWHERE[0]))


def rule_changes(
    before: RuleSources, after: RuleSources, also_before: Collection[Rule], also_after: Collection[Rule], stack: str
) -> Iterator[SecurityChange]:
    """The sentences for what can be reached on one side and not on the other, with all peers in one.

    The resources that did not change have rules as well; nothing is gained or lost that one of them lets through.
    """
    sides = ((after, {*before, *also_before}, True), (before, {*after, *also_after}, False))
    for these, others, now in sides:
        peers: dict[tuple[Term, bool, Traffic], list[Rule]] = {}
        for rule in these:
            if rule not in others and not any(other.covers(rule) for other in others):
                peers.setdefault((rule.group, rule.inward, rule.traffic), []).append(rule)
        for found in peers.values():
            ids = tuple(sorted({id for rule in found for id in these[rule]}))
            yield SecurityChange("network", "wider" if now else "narrower", _text(found, now), stack, ids)


def _text(alike: list[Rule], now: bool) -> str:
    """`Api/SecurityGroup now accepts tcp 443 from anywhere (0.0.0.0/0)`."""
    rule = alike[0]
    peers = listed(f"anywhere ({one.peer.key})" if one.peer.key in ANYWHERE else one.peer.words for one in alike)
    if rule.inward:
        return f"{rule.group.words} {'now' if now else 'no longer'} accepts {rule.traffic} from {peers}"
    verb, on = ("send", "to") if rule.traffic == ALL else ("reach", "on")
    return f"{rule.group.words} may {'now' if now else 'no longer'} {verb} {rule.traffic} {on} {peers}"


def _rule(resource: Resource, group: Term, inward: bool, written: JsonObject) -> Iterator[Rule]:
    peers = [(name, resource.term(written[name])) for name in _PEERS if name in written]
    if not written or any(peer.key == _NOWHERE for _, peer in peers):
        return
    for name, peer in peers or [("", Term("", "nobody named"))]:
        known = Term(peer.key, f"the prefix list {peer.words}") if "PrefixList" in name else peer
        yield Rule(group, inward, traffic(resource, written), known)


def _contains(wide: str, narrow: str) -> bool:
    try:
        outer, inner = ip_network(wide, strict=False), ip_network(narrow, strict=False)
    except ValueError:
        return False
    if outer.version == 4 and inner.version == 4:
        return inner.subnet_of(outer)
    return outer.version == 6 and inner.version == 6 and inner.subnet_of(outer)
