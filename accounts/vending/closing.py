"""Walks an account to its end: suspended first, closed after days in which everybody can still object.

An account that closes moves to the unit Suspended, whose guardrail denies everything, with the day in a tag. Only when
the declared days are over does a plan close it, and only because it is asked for again. Until then it can go back.
AWS keeps a closed account for 90 days, in which AWS Support can reopen it. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from accounts.quotas import quota
from accounts.spec import OrganizationSpec
from accounts.topology import SUSPENDED, Account, Topology, path_text
from accounts.vending.ignored import IgnoredParts
from accounts.vending.live import LiveAccount, LiveOrganization
from accounts.vending.plan import Plan
from accounts.vending.progress import live_account
from accounts.vending.step import CloseAccount, CreateUnit, MoveAccount, Step, TagAccount
from accounts.vending.suspension import CLOSING_FROM, CLOSING_SINCE, CLOSING_TAGS, GONE, closing_since, is_closing
from constructs_lib.specs.errors import InputError


@dataclass(frozen=True)
class Closures:
    """How many accounts of an organization may be closed. AWS counts 30 days, and does not say when one was closed."""

    limit: int
    """In 30 days: a tenth of the members, but 10 in any case and 1,000 at most."""
    closed: int
    """Accounts that are closed now: those of the last 30 days and those of the 60 before."""

    @classmethod
    def of(cls, live: LiveOrganization) -> Closures:
        """Count them."""
        members = sum(account.id != live.management for account in live.accounts)
        share = members * quota("accounts_closed_percent") // 100
        limit = min(quota("accounts_closed_most"), max(quota("accounts_closed_least"), share))
        return cls(limit, sum(account.state in GONE for account in live.accounts))

    def note(self, wanted: int) -> str:
        """What to know when more are closed; empty when there is room in any case."""
        if self.closed + wanted <= self.limit:
            return ""
        return (
            f"AWS closes {self.limit} accounts of this organization in 30 days; {self.closed} are closed already. How "
            "many of them in the last 30 days, it does not say: it may refuse, and then the same command later goes on"
        )


class ClosingPlanner:
    """Plans the next step towards the end of accounts, or back."""

    def __init__(self, spec: OrganizationSpec, topology: Topology, live: LiveOrganization) -> None:
        self._spec = spec
        self._topology = topology
        self._live = live

    def close(self, names: Sequence[str], today: date) -> Plan:
        """Suspend accounts, or close those that have waited long enough. What waits or is closed is only told.

        Names are declared ones or ids. Raises InputError for accounts that must not be closed: the management account,
        the platform's, those that something else manages or that administer a service.
        """
        subjects = [self._subject(name) for name in names]
        steps: list[Step] = []
        notes: list[str] = []
        for subject in subjects:
            self._refuse(subject)
            steps += self._towards_the_end(subject, today)
            notes += self._waits(subject, today)
        closures = Closures.of(self._live)
        wanted = sum(isinstance(step, CloseAccount) for step in steps)
        if wanted > closures.limit:
            raise InputError(
                f"{wanted} accounts are to be closed, but AWS closes {closures.limit} of this organization in 30 days",
                hint="close some of them now, and the others in a month",
            )
        if wanted and closures.note(wanted):
            notes.append(closures.note(wanted))
        return self._plan(self._with_unit(steps), notes)

    def reopen(self, names: Sequence[str]) -> Plan:
        """Take suspended accounts back to the units that they came from.

        Raises InputError for an account that is closed already: only AWS Support reopens it.
        """
        steps: list[Step] = []
        notes: list[str] = []
        for name in names:
            subject = self._subject(name)
            if subject.live.state in GONE:
                raise InputError(
                    f"the account {subject.name} ({subject.live.id}) is {subject.live.state}: it cannot go back",
                    hint="AWS Support reopens an account within 90 days after it was closed",
                )
            if not is_closing(subject.live):
                notes.append(f"account {subject.name} is not closing")
                continue
            steps += self._back(subject)
        return self._plan(steps, notes)

    def is_suspended(self, name: str) -> bool:
        """Whether an account is on its way to its end already."""
        return is_closing(self._subject(name).live)

    def id_of(self, name: str) -> str:
        """The id of an account. Raises InputError when it is not in the organization."""
        return self._subject(name).live.id

    def _plan(self, steps: Sequence[Step], notes: Sequence[str]) -> Plan:
        return Plan(
            organization=self._live.id,
            management=self._live.management,
            scope="chosen",
            steps=tuple(steps),
            notes=tuple(notes),
        )

    def _subject(self, name: str) -> _Subject:
        declared = next((one for one in self._topology.accounts if name in (one.name, one.id)), None)
        there = live_account(declared, self._live) if declared else self._undeclared(name)
        if there is None:
            raise InputError(
                f"the account '{name}' is not in this organization",
                hint="`cells org show` lists those that are declared",
            )
        return _Subject(declared, there)

    def _undeclared(self, name: str) -> LiveAccount | None:
        found = [one for one in self._live.accounts if name in (one.id, one.name)]
        if len(found) > 1:
            raise InputError(
                f"{len(found)} accounts have the name '{name}': {', '.join(one.id for one in found)}",
                hint="name the one that is meant by its id",
            )
        return found[0] if found else None

    def _refuse(self, subject: _Subject) -> None:
        there = subject.live
        if there.id == self._live.management:
            raise InputError(f"{subject.name} is the management account, which is never closed here")
        if subject.declared is not None and subject.declared.kind == "platform":
            raise InputError(
                f"{subject.name} is an account of the platform, which is never closed here",
                hint="the organization does not work without it",
            )
        if IgnoredParts(self._spec, self._live).account(there):
            raise InputError(
                f"the account {subject.name} ({there.id}) is under `ignore`: something else manages it",
                hint="close it there, or take it out of `ignore` in accounts/organization.yaml",
            )
        administered = sorted(one.principal for one in self._live.administrators if one.account == there.id)
        if administered:
            raise InputError(
                f"the account {subject.name} ({there.id}) administers {', '.join(administered)}",
                hint="give that to another one under `delegated_administrators` in accounts/organization.yaml first",
            )

    def _towards_the_end(self, subject: _Subject, today: date) -> Iterator[Step]:
        there, since = subject.live, closing_since(subject.live)
        if there.state in GONE:
            return
        if since is None:
            tags = {CLOSING_SINCE: today.isoformat(), CLOSING_FROM: self._unit_id(there)}
            yield TagAccount(name=subject.name, account=there.id, tags=tags)
        if there.unit != SUSPENDED:
            yield MoveAccount(name=subject.name, account=there.id, source=there.unit, target=SUSPENDED)
        elif since is not None and today >= self._ends(since):
            yield CloseAccount(name=subject.name, account=there.id, since=since)

    def _waits(self, subject: _Subject, today: date) -> Iterator[str]:
        there, since = subject.live, closing_since(subject.live)
        if there.state in GONE:
            yield f"account {subject.name} ({there.id}) is {there.state} already"
        elif since is None or there.unit != SUSPENDED:
            ends = self._ends(since or today)
            yield f"account {subject.name} can be closed from {ends} on: run the same command again then"
        elif today < self._ends(since):
            yield f"account {subject.name} waits since {since}; it can be closed from {self._ends(since)} on"

    def _back(self, subject: _Subject) -> Iterator[Step]:
        there = subject.live
        came_from = there.tags.get(CLOSING_FROM)
        unit = next((one.path for one in self._live.units if one.id == came_from), None)
        if came_from == self._live.root:
            unit = ()
        if unit is None or unit == SUSPENDED:
            declared = subject.declared
            unit = declared.unit if declared is not None and self._live.unit(declared.unit) else None
        if unit is None or unit == SUSPENDED:
            raise InputError(
                f"the unit that {subject.name} ({there.id}) came from is not there any more",
                hint="move the account by hand, and remove its tags " + " and ".join(CLOSING_TAGS),
            )
        if there.unit == SUSPENDED:
            yield MoveAccount(name=subject.name, account=there.id, source=SUSPENDED, target=unit)
        remove = tuple(tag for tag in CLOSING_TAGS if tag in there.tags)
        yield TagAccount(name=subject.name, account=there.id, tags={}, remove=remove)

    def _with_unit(self, steps: Sequence[Step]) -> Sequence[Step]:
        moves = any(isinstance(step, MoveAccount) for step in steps)
        if moves and self._live.unit(SUSPENDED) is None:
            return [CreateUnit(path=SUSPENDED), *steps]
        return steps

    def _unit_id(self, account: LiveAccount) -> str:
        unit = self._live.unit(account.unit)
        assert unit is not None, path_text(account.unit)
        return unit.id

    def _ends(self, since: date) -> date:
        return since + timedelta(days=self._spec.closing.cooling_off_days)


@dataclass(frozen=True)
class _Subject:
    declared: Account | None
    live: LiveAccount

    @cached_property
    def name(self) -> str:
        """The declared name; an account that nobody declares is told with its id."""
        return self.declared.name if self.declared else f"{self.live.name} ({self.live.id})"
