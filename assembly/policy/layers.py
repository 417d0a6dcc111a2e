"""Which policies bind a request, and what each kind of them says about it."""

from collections.abc import Iterable
from typing import Final

from assembly.policy.answer import Answer
from assembly.policy.chain import Chain
from assembly.policy.decision import Match
from assembly.policy.document import Policy, PolicyKind
from assembly.policy.keys import Keys
from assembly.policy.policies import Policies
from assembly.policy.principals import Reach
from assembly.policy.rcp_services import covered_by_rcps
from assembly.policy.request import Request
from assembly.policy.verdict import Verdict, all_of, any_of, negated

_WITH_BOUNDARY: Final = ("role", "user", "federated user")


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
        if not principal.is_iam:
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
        if not principal.is_iam or principal.kind == "user":
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
        reach = self._reach(policy) if policy else Reach()
        if "resource" in self.policies.unknown or "trust" in self.policies.unknown:
            answer.denied = any_of((answer.denied, None))
            return answer, reach.or_more()
        return answer, reach

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
        answer = self._open("rcp", self._descend(self.policies.rcps))
        answer.allowed, answer.gap = True, None  # RCPFullAWSAccess allows on every level
        return answer.unless(negated(self._rcps_bind()))

    def endpoint(self) -> Answer:
        """The policy of a VPC endpoint has to allow what passes through."""
        endpoint = self.policies.endpoint
        if endpoint:
            return self._ask((endpoint,))
        return self._open("endpoint", Answer(allowed=True))

    @property
    def _bounded(self) -> bool:
        return self.policies.boundary is not None and self.request.principal.kind in _WITH_BOUNDARY

    def _rcps_bind(self) -> Verdict:
        request, owner = self.request, self.request.owner
        if request.principal.kind == "service-linked role":
            return False
        if owner and (owner.management or owner.organization == ""):
            return False
        chain, owner_id = self.policies.rcps, request.resource.account_id or (owner.id if owner else None)
        if chain and owner_id is not None and not chain.is_of(owner_id):
            return False
        mine: Verdict = None if owner is None else True  # it might be the management account
        assumes_its_own: Verdict = request.service == "sts" and request.resource.is_service_linked_role
        return all_of((mine, negated(assumes_its_own), covered_by_rcps(request)))

    def _descend(self, chain: Chain | None) -> Answer:
        """The levels of a chain, all of which have to allow."""
        found = Answer(allowed=True)
        for level in chain.levels if chain else ():
            found.below(level, self._ask(level.policies, level.name))
        return found

    def _ask(self, policies: Iterable[Policy], level: str = "") -> Answer:
        """Policies of which one has to allow, and none may deny."""
        request, keys, action = self.request, self.keys, self._action
        arn, principal = request.resource.arn, request.principal
        answer = Answer()
        for policy in policies:
            for statement in policy.about(action):
                applies = statement.applies(principal, arn, keys, bounded=self._bounded and not statement.allows)
                if applies is not False:
                    answer.note(Match(policy, statement, level), applies)
        return answer

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
        else:
            answer.allowed, answer.gap = None, None
        return answer
