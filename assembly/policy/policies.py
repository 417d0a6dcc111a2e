"""All policies that bear on a request."""

from collections.abc import Iterator
from dataclasses import dataclass

from assembly.errors import AssemblyError
from assembly.policy.chain import Chain
from assembly.policy.document import Policy, PolicyKind


@dataclass(frozen=True)
class Policies:
    """The policies on the way of a request. What is not given is not there, unless `unknown` names it."""

    identity: tuple[Policy, ...] = ()
    """Of the user with its groups, or of the role."""
    boundary: Policy | None = None
    """The permissions boundary of the user or role."""
    session: tuple[Policy, ...] = ()
    """Passed when the session was started; for a root session, its task policy."""
    resource: Policy | None = None
    """Of the resource; for a role, its trust policy; for a KMS key, its key policy."""
    scps: Chain | None = None
    """Of the account of the principal. None: it is in no organization, or SCPs are not enabled.
    It binds unless the account is known to be in no organization."""
    rcps: Chain | None = None
    """Of the account of the resource."""
    endpoint: Policy | None = None
    """Of the VPC endpoint that the request passes."""
    unknown: frozenset[PolicyKind] = frozenset()
    """Kinds of which there may be more than is given, such as `identity` when any role of an account is meant."""

    def __post_init__(self) -> None:
        """Refuse a policy in a place for which it was not read."""
        for kinds, policy in self._places():
            if policy.kind not in kinds:
                raise AssemblyError(f"{policy} stands where a policy of kind {kinds[0]} should", "parse it as that")

    def _places(self) -> Iterator[tuple[tuple[PolicyKind, ...], Policy]]:
        for policy in self.identity:
            yield ("identity",), policy
        for policy in self.session:
            yield ("session",), policy
        singles: tuple[tuple[tuple[PolicyKind, ...], Policy | None], ...] = (
            (("boundary",), self.boundary),
            (("resource", "trust"), self.resource),
            (("endpoint",), self.endpoint),
        )
        yield from ((kinds, policy) for kinds, policy in singles if policy)
        chains: tuple[tuple[PolicyKind, Chain | None], ...] = (("scp", self.scps), ("rcp", self.rcps))
        for kind, chain in chains:
            for level in chain.levels if chain else ():
                yield from (((kind,), policy) for policy in level.policies)
