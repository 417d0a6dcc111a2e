"""Which policies bind a request, and what each kind of them says about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from assembly.policy.chain import Chain, Level
from assembly.policy.decision import Match
from assembly.policy.document import Policy, PolicyKind
from assembly.policy.keys import Keys
from assembly.policy.policies import Policies
from assembly.policy.principals import Reach
from assembly.policy.rcp_services import covered_by_rcps
from assembly.policy.request import Request
from assembly.policy.verdict import Verdict, all_of, any_of

_IAM_PRINCIPALS: Final = ("role", "service-linked role", "user", "federated user", "root")
_WITH_BOUNDARY: Final = ("role", "user", "federated user")


@dataclass
class Answer:
    """What policies of one kind say."""

    allowed: Verdict = False
    denied: Verdict = False
    allows: list[Match] = field(default_factory=list)
    denies: list[Match] = field(default_factory=list)
    doubts: list[Match] = field(default_factory=list)
    """Statements of which it is not known whether they apply."""
    gap: Level | None = None
    """The first level that does not allow."""


class Layers:
    """Asks every kind of policy about one request."""

    def __init__(self, request: Request, policies: Policies) -> None:
        self.request = request
        self.policies = policies
        self.keys = Keys(request)
        self._action = request.action.lower()

    def identity(self) -> Answer:
        """Identity policies. The root user has none and may do everything by itself."""
        principal = self.request.principal
        if principal.kind == "root" or (principal.account and principal.parent == principal.account.arn("root")):
            return Answer(allowed=True)
        if not self._is_iam:
            return Answer()
        return self._open("identity", self._ask(self.policies.identity))

    def boundary(self) -> Answer:
        """The permissions boundary: no limit where there is none."""
        if self.request.principal.kind not in _WITH_BOUNDARY:
            return Answer(allowed=True)
        boundary = self.policies.boundary
        found = self._ask((boundary,)) if boundary else Answer(allowed=True)
        return self._open("boundary", found) if boundary is None else found

    def session(self) -> Answer:
        """Session policies: no limit where there are none, but a session of GetFederationToken needs one."""
        principal = self.request.principal
        if not self._is_iam or principal.kind == "user":
            return Answer(allowed=True)
        if self.policies.session:
            return self._ask(self.policies.session)
        if principal.assumed_root:
            return Answer(allowed=None)
        return self._open("session", Answer(allowed=principal.kind != "federated user"))

    def resource(self) -> tuple[Answer, Reach]:
        """The policy of the resource: its answer, and how what allows names the principal."""
        policy = self.policies.resource
        answer = self._ask((policy,)) if policy else Answer()
        if "resource" in self.policies.unknown or "trust" in self.policies.unknown:
            answer.denied, answer.allowed = any_of((answer.denied, None)), any_of((answer.allowed, None))
            return answer, Reach(None, None, None)
        return answer, self._reach(policy) if policy else Reach()

    def scps(self) -> Answer:
        """SCPs bind the users, roles and root user of member accounts, wherever the resource is.

        See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html.
        """
        principal, chain = self.request.principal, self.policies.scps
        account = principal.account
        if account is None or account.management or account.organization == "":
            return Answer(allowed=True)
        if principal.kind == "service-linked role":
            return Answer(allowed=True)
        if chain is None or not chain.is_of(account.id):
            return self._open("scp", Answer(allowed=True))
        return self._open("scp", self._descend(chain))

    def rcps(self) -> Answer:
        """RCPs bind the resources of member accounts, whoever calls.

        They let through what service-linked roles do and services that assume one. See
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html.
        """
        answer = self._open("rcp", self._denials(self.policies.rcps))
        covered = self._rcps_bind()
        if covered is True:
            return answer
        if covered is None and answer.denied is not False:
            return Answer(allowed=True, denied=None, doubts=answer.denies + answer.doubts)
        return Answer(allowed=True)

    def endpoint(self) -> Answer:
        """The policy of a VPC endpoint has to allow what passes through."""
        endpoint = self.policies.endpoint
        if endpoint:
            return self._ask((endpoint,))
        return self._open("endpoint", Answer(allowed=True))

    @property
    def _is_iam(self) -> bool:
        return self.request.principal.kind in _IAM_PRINCIPALS

    @property
    def _bounded(self) -> bool:
        return self.policies.boundary is not None and self.request.principal.kind in _WITH_BOUNDARY

    def _rcps_bind(self) -> Verdict:
        request, owner = self.request, self.request.owner
        if request.principal.kind == "service-linked role" or request.resource.is_service_linked_role:
            return False
        if owner and (owner.management or owner.organization == ""):
            return False
        chain, owner_id = self.policies.rcps, owner.id if owner else request.resource.account_id
        if chain and owner_id is not None and not chain.is_of(owner_id):
            return False
        mine: Verdict = None if chain and chain.account and owner_id is None else True
        return all_of((mine, covered_by_rcps(request)))

    def _denials(self, chain: Chain | None) -> Answer:
        """RCPFullAWSAccess allows on every level."""
        answer = self._ask([policy for level in chain.levels for policy in level.policies] if chain else ())
        answer.allowed = True
        return answer

    def _descend(self, chain: Chain) -> Answer:
        """The levels of a chain, all of which have to allow."""
        found = Answer(allowed=True)
        for level in chain.levels:
            answer = self._ask(level.policies)
            found.denied = any_of((found.denied, answer.denied))
            found.allowed = all_of((found.allowed, answer.allowed))
            found.denies += answer.denies
            found.allows += answer.allows
            found.doubts += answer.doubts
            if answer.allowed is False and found.gap is None:
                found.gap = level
        return found

    def _ask(self, policies: Iterable[Policy]) -> Answer:
        """Policies of which one has to allow, and none may deny."""
        request, keys, action = self.request, self.keys, self._action
        arn, principal = request.resource.arn, request.principal
        answer = Answer()
        for policy in policies:
            for statement in policy.about(action):
                applies = statement.applies(principal, arn, keys, bounded=self._bounded and not statement.allows)
                if applies is not False:
                    self._note(answer, Match(policy, statement), applies)
        return answer

    def _note(self, answer: Answer, match: Match, applies: Verdict) -> None:
        if applies is None:
            answer.doubts.append(match)
        elif match.statement.allows:
            answer.allows.append(match)
        else:
            answer.denies.append(match)
        if match.statement.allows:
            answer.allowed = any_of((answer.allowed, applies))
        else:
            answer.denied = any_of((answer.denied, applies))

    def _reach(self, policy: Policy) -> Reach:
        """How the statements that allow name the principal."""
        principal, arn = self.request.principal, self.request.resource.arn
        direct: list[Verdict] = []
        by_role: list[Verdict] = []
        by_account: list[Verdict] = []
        for statement in policy.about(self._action):
            if statement.allows and (covers := statement.covers(arn, self.keys)) is not False:
                reach = statement.reach(principal, granting=True)
                direct.append(all_of((covers, reach.direct)))
                by_role.append(all_of((covers, reach.by_role)))
                by_account.append(all_of((covers, reach.by_account)))
        return Reach(any_of(direct), any_of(by_role), any_of(by_account))

    def _open(self, kind: PolicyKind, answer: Answer) -> Answer:
        """More policies of this kind may be there: any of them may deny, or allow, or not allow."""
        if kind not in self.policies.unknown:
            return answer
        answer.denied = any_of((answer.denied, None))
        if kind == "identity":
            answer.allowed = any_of((answer.allowed, None))
        elif kind != "rcp":
            answer.allowed = None
        return answer
