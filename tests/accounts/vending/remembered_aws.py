"""An AWS that remembers: the same call from the same state has the same answer, and leads to the same state.

Who runs a build again after each of its calls makes thousands of calls that were all made before. A state is named
after the changes that led to it, and what AWS draws follows from the state and the call. So a call that was made from
the same state before is answered from memory. As soon as anything else is asked, the emulator is told of all changes
that it has not heard of, and has to give the same answers.
"""

import hashlib
import json
import pickle
from dataclasses import dataclass, field

from botocore.exceptions import ClientError
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.organizations import models

from accounts.vending.clients import VendingClients
from accounts.vending.patience import Patience
from tests.accounts.vending.world import MANAGEMENT, changes, session


@dataclass(frozen=True)
class Call:
    """A call of an operation, on a client of a service in a region, with some access key."""

    make: object
    account: str
    service: str
    region: str | None
    operation: str
    request: str
    """As it was given: the SDK adds tokens of its own to it."""

    @property
    def name(self):
        """The operation."""
        return self.operation

    @property
    def enters(self):
        """Whether it gives keys of another account: the same ones to whoever enters."""
        return self.operation == "AssumeRole"

    @property
    def key(self):
        """The same for the same call."""
        return f"{self.account} {self.service} {self.region} {self.operation} {self.request}"

    @property
    def part(self):
        """The part of AWS that it is about: its account, or AWS Organizations."""
        return "organization" if self.service == "organizations" else self.account

    def sees(self, state):
        """What of a state matters for the answer. The services of the management account look at the organization."""
        if self.enters:
            return ""
        own = state.get(self.part, "")
        return f"{own} {state.get('organization')}" if self.part == MANAGEMENT else own

    def moved(self, state, *how):
        """The state that it leads to."""
        return {**state, self.part: _name(self.sees(state), *how)}

    def answer(self):
        """The answer, or the error."""
        try:
            return self.make(self.operation, json.loads(self.request))
        except ClientError as error:
            # The SDK's classes of errors cannot be kept.
            return ClientError(error.response, error.operation_name)


@dataclass
class RememberedAws:
    """The states that AWS was in, and the calls that led from one to the other."""

    state: dict = field(default_factory=dict)
    """What each part of AWS is like, named after what made it so."""
    by_heart: bool = False
    """Whether changes are answered from memory as well. Otherwise the emulator hears of each at once."""
    watch: object = None
    """Told what happens, before and after it."""
    _known: dict = field(default_factory=dict)
    """How a part of the state moves with a call, and the answer."""
    _untold: list = field(default_factory=list)
    _clients: dict = field(default_factory=dict)
    _accounts: dict = field(default_factory=dict)

    def begin(self):
        """Be an AWS in which nothing is, and that knows what it will be asked."""
        self.state = {}

    def note(self, part, change):
        """Note a change that no client of ours made."""
        self.state = {**self.state, f"{part}, {change}": "done"}

    def look(self, where):
        """Let somebody look at what is there now."""
        if self.watch is not None:
            self.watch(where)

    def client(self, service, region, credentials):
        """A client of the SDK. To make one takes longer than to use it, so each is made once."""
        key = credentials.access_key if credentials else ""
        account = self._accounts.get(key, MANAGEMENT)
        if (service, region, account) not in self._clients:
            keys = credentials.options() if credentials else {}
            client = session().client(service, region_name=region, **keys)
            make = client._make_api_call
            client._make_api_call = lambda operation, request: self._watched(
                Call(make, account, service, region, operation, json.dumps(request, sort_keys=True))
            )
            self._clients[service, region, account] = client
        return self._clients[service, region, account]

    def tell_all(self):
        """Tell the emulator of every change that it has not heard of."""
        untold, self._untold = self._untold, []
        for call, state, after in untold:
            assert self._ask(call, state)[0] == after, f"{call.operation} had another answer when it was made again"

    def _watched(self, call):
        self.look(f"before {call.operation}")
        try:
            return self._answer(call)
        finally:
            self.look(f"after {call.operation}")

    def _answer(self, call):
        sees = call.sees(self.state)
        how, kept = self._known.get((sees, call.key), (None, None))
        if how is None or how and not self.by_heart:
            self.tell_all()
            after, how, kept = self._ask(call, self.state)
            self._known[sees, call.key] = (how, kept)
        else:
            after = call.moved(self.state, *how) if how else self.state
            if how or call.enters:
                self._untold.append((call, self.state, after))
        self.state = after
        answer = pickle.loads(kept)
        if isinstance(answer, ClientError):
            raise answer
        return answer

    def _ask(self, call, state):
        """Let the emulator answer: the state after it, how it was moved, and the answer."""
        self._draw_from(call, state)
        before = self._touched_by(call)
        answer = call.answer()
        if call.enters:
            self._accounts[answer["Credentials"]["AccessKeyId"]] = json.loads(call.request)["RoleArn"].split(":")[4]
        if self._touched_by(call) == before:
            return state, (), pickle.dumps(answer)
        # Creations go on whenever somebody looks at them, whoever looks and however.
        how = (*((call.key, _said(answer)) if changes(call) else ()), _creations())
        return call.moved(state, *how), how, pickle.dumps(answer)

    def _draw_from(self, call, state):
        if call.service == "ec2":
            # A region comes with a network whose ids are drawn when it is used first, whoever uses it.
            mock_random.seed(f"{call.account} {call.region}")
            ec2_backends[call.account][call.region]
        mock_random.seed(f"{call.sees(state)} {call.key}")

    def _touched_by(self, call):
        """What tells whether a call changed something. What is set again as it was is no change."""
        if call.service == "organizations":
            return pickle.dumps(models.organizations_backends[MANAGEMENT]["aws"].__dict__)
        match call.operation:
            case "EnableEbsEncryptionByDefault":
                return ec2_backends[call.account][call.region].ebs_encryption_by_default
            case "UpdateAccountPasswordPolicy":
                return pickle.dumps(iam_backends[call.account]["aws"].account_password_policy)
        return object() if changes(call) else None


def _creations():
    organization = models.organizations_backends[MANAGEMENT]["aws"]
    found = organization.__dict__.get("creations", ())
    return [(one.id, one.looks_left, one.state, one.account) for one in found]


def _said(answer):
    if isinstance(answer, ClientError):
        return [answer.response["Error"]["Code"]]
    said = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return json.dumps(said, sort_keys=True, default=lambda moment: "")


def _name(*parts):
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class RememberingClients(VendingClients):
    """The clients of one run, on an AWS that remembers."""

    def __init__(self, aws):
        super().__init__(session(), workers=1, patience=Patience(lambda seconds: None, lambda: 1.0))
        self._aws = aws

    def open(self, service, region=None, credentials=None):
        return self._aws.client(service, region, credentials)
