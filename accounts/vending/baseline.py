"""Whether the account baseline is in an account, and current: what the organization's stack sets say.

Stack sets with service-managed permissions live in the management account, whoever administers them, so that the
credentials of the engine read them. See
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of, told

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

BaselineState = Literal["current", "outdated", "failed", "missing"]
"""`current`: all of it is there. `outdated`: being deployed, or of an older template. `failed`: a deployment failed.
`missing`: a part of it is not there, and nothing is about to bring it."""

_FAILED = frozenset({"FAILED", "FAILED_IMPORT", "INOPERABLE", "CANCELLED"})
_WORST_FIRST: tuple[BaselineState, ...] = ("failed", "missing", "outdated", "current")


def baseline_states(clients: VendingClients, names: Sequence[str], *, region: str) -> Mapping[str, BaselineState]:
    """The state of every account that one of these stack sets reaches; an account that is not in it has `missing`.

    An account is as good as the worst of its stacks: those of every named stack set in each of its regions. `region`
    is where the stack sets are administered: the home region. One call for a hundred stacks, for all accounts at
    once. Raises CellsError when AWS refuses.
    """
    with told("the account baselines cannot be read"):
        client = clients.cloudformation(region)
        return _judged([_StackSet.read(clients, client, name) for name in names])


@dataclass(frozen=True)
class _Instance:
    account: str
    region: str
    state: BaselineState


@dataclass(frozen=True)
class _StackSet:
    """A stack set as it is: the regions it is for, and its stacks."""

    regions: frozenset[str]
    instances: tuple[_Instance, ...]

    @classmethod
    def read(cls, clients: VendingClients, client: CloudFormationClient, name: str) -> _StackSet:
        from botocore.exceptions import ClientError

        try:
            described = clients.patience.call(lambda: client.describe_stack_set(StackSetName=name, CallAs="SELF"))
        except ClientError as error:
            if code_of(error) != "StackSetNotFoundException":
                raise
            return cls(frozenset(), ())
        pages = client.get_paginator("list_stack_instances")
        instances = clients.patience.call(
            lambda: [
                _Instance(
                    one["Account"], one["Region"], _state(one["Status"], one["StackInstanceStatus"]["DetailedStatus"])
                )
                for page in pages.paginate(StackSetName=name, CallAs="SELF")
                for one in page["Summaries"]
            ]
        )
        return cls(frozenset(described["StackSet"].get("Regions", ())), tuple(instances))

    def states(self) -> Mapping[str, BaselineState]:
        """By account."""
        found: dict[str, list[_Instance]] = {}
        for one in self.instances:
            found.setdefault(one.account, []).append(one)
        return {account: self._state(instances) for account, instances in found.items()}

    def _state(self, instances: Iterable[_Instance]) -> BaselineState:
        states = {one.state for one in instances}
        lacking = self.regions - {one.region for one in instances}
        return _worst(states | {"missing"} if lacking else states)


def _state(status: str, detailed: str) -> BaselineState:
    if status == "INOPERABLE" or detailed in _FAILED:
        return "failed"
    return "current" if status == "CURRENT" else "outdated"


def _judged(sets: Sequence[_StackSet]) -> Mapping[str, BaselineState]:
    by_set = [one.states() for one in sets]
    accounts = sorted(set(chain.from_iterable(by_set)))
    return {account: _worst(states.get(account, "missing") for states in by_set) for account in accounts}


def _worst(states: Iterable[BaselineState]) -> BaselineState:
    return min(states, key=_WORST_FIRST.index)
