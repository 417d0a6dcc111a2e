"""What a change of a stack means for security: who may do what, who can reach whom, and what keeps data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import Final, TypeVar

from assembly.diff.change import SecurityChange, Subject
from assembly.diff.security.access import identity_facts, identity_settings
from assembly.diff.security.encryption import encryption_settings
from assembly.diff.security.engines import engine_settings
from assembly.diff.security.excuses import excuse_changes
from assembly.diff.security.exposure import exposure_facts
from assembly.diff.security.facts import Fact, Setting, fact_changes, setting_changes
from assembly.diff.security.listeners import listener_facts, listener_settings
from assembly.diff.security.network import RULES, rule_changes, rules
from assembly.diff.security.permissions import permission_changes
from assembly.diff.security.policies import POLICIES, stated
from assembly.diff.security.protection import protection_facts, protection_settings
from assembly.diff.security.resource import Resource
from assembly.diff.security.retention import retention_facts, retention_settings
from assembly.diff.security.routes import entry_settings, route_facts
from assembly.diff.security.web_acl import web_acl_facts, web_acl_settings
from assembly.diff.side import StackSide

T = TypeVar("T", bound=Hashable)

_FACTS: Final[tuple[Callable[[Resource], Iterable[Fact]], ...]] = (
    identity_facts,
    route_facts,
    exposure_facts,
    listener_facts,
    web_acl_facts,
    protection_facts,
    retention_facts,
)
_SETTINGS: Final[tuple[Callable[[Resource], Iterable[Setting]], ...]] = (
    identity_settings,
    entry_settings,
    listener_settings,
    web_acl_settings,
    protection_settings,
    retention_settings,
    encryption_settings,
    engine_settings,
)


def security_changes(
    before: StackSide | None, after: StackSide | None, changed: Collection[str]
) -> tuple[SecurityChange, ...]:
    """Say what becomes possible in a stack, and what stops being possible, when the changed resources change.

    `changed` are the logical ids, of either template, whose resources are not equal. A stack that is new or gone as a
    whole says nothing: everything in it would be said.
    """
    if before is None or after is None:
        return ()
    found = [*_permissions(before, after, changed), *_rules(before, after, changed)]
    found += [*_facts(before, after, changed), *_settings(before, after, changed)]
    found += [*excuse_changes(before, after, changed), *_stack(before, after)]
    return _united(found)


def _united(changes: Iterable[SecurityChange]) -> tuple[SecurityChange, ...]:
    """One sentence for all resources that say the same."""
    sources: dict[SecurityChange, set[str]] = {}
    for change in changes:
        bare = SecurityChange(change.subject, change.direction, change.text, change.stack)
        sources.setdefault(bare, set()).update(change.logical_ids)
    return tuple(
        sorted(
            SecurityChange(bare.subject, bare.direction, bare.text, bare.stack, tuple(sorted(ids)))
            for bare, ids in sources.items()
        )
    )


def _permissions(before: StackSide, after: StackSide, changed: Collection[str]) -> Iterator[SecurityChange]:
    old, new = (_gathered(_resources(side, changed), stated) for side in (before, after))
    if old.keys() != new.keys():
        beside = tuple(_unchanged(side, changed, POLICIES, stated) for side in (before, after))
        yield from permission_changes(old, new, beside[0], beside[1], after.stack.id)


def _rules(before: StackSide, after: StackSide, changed: Collection[str]) -> Iterator[SecurityChange]:
    old, new = (_gathered(_resources(side, changed), rules) for side in (before, after))
    if old.keys() != new.keys():
        beside = tuple(_unchanged(side, changed, RULES, rules) for side in (before, after))
        yield from rule_changes(old, new, beside[0], beside[1], after.stack.id)


def _facts(before: StackSide, after: StackSide, changed: Collection[str]) -> Iterator[SecurityChange]:
    def read(resource: Resource) -> Iterator[Fact]:
        for facts in _FACTS:
            yield from facts(resource)

    old, new = (_gathered(_resources(side, changed), read) for side in (before, after))
    return fact_changes(old, new, _lasting(before, after), after.stack.id)


def _settings(before: StackSide, after: StackSide, changed: Collection[str]) -> Iterator[SecurityChange]:
    def read(side: StackSide) -> dict[tuple[Subject, tuple[str, ...]], tuple[Setting, str]]:
        return {
            (setting.subject, (resource.type, *setting.name)): (setting, resource.logical_id)
            for resource in _resources(side, changed)
            for settings in _SETTINGS
            for setting in settings(resource)
        }

    return setting_changes(read(before), read(after), _lasting(before, after), after.stack.id)


def _lasting(before: StackSide, after: StackSide) -> Collection[str]:
    """The logical ids of resources that are on both sides."""
    ids = before.stack.resources.keys() & after.stack.resources.keys()
    return {id for id in ids if before.stack.resource_type(id) == after.stack.resource_type(id)}


def _stack(before: StackSide, after: StackSide) -> Iterator[SecurityChange]:
    old, new = before.stack.termination_protection, after.stack.termination_protection
    if old and not new:
        text = "the stack can now be deleted: it has no termination protection any more"
        yield SecurityChange("protection", "wider", text, after.stack.id)
    if new and not old:
        text = "the stack can no longer be deleted: it now has termination protection"
        yield SecurityChange("protection", "narrower", text, after.stack.id)


def _resources(side: StackSide, logical_ids: Iterable[str]) -> list[Resource]:
    return [Resource(side, id) for id in sorted(set(logical_ids)) if id in side.stack.resources]


def _gathered(resources: Iterable[Resource], read: Callable[[Resource], Iterable[T]]) -> dict[T, set[str]]:
    found: dict[T, set[str]] = {}
    for resource in resources:
        for one in read(resource):
            found.setdefault(one, set()).add(resource.logical_id)
    return found


def _unchanged(
    side: StackSide, changed: Collection[str], types: Collection[str], read: Callable[[Resource], Iterable[T]]
) -> Collection[T]:
    """What other resources say: what another policy still allows is not lost."""
    others = (id for id in side.stack.resources if id not in changed and side.stack.resource_type(id) in types)
    return _gathered(_resources(side, others), read).keys()
