"""An exception to a rule, written beside the resource that it excuses.

It becomes metadata of the CloudFormation resource, so that an auditor who reads the template sees which rule is not
met, why, who answers for it and until when. `cells check` reads it from there; an expired or unused one fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import jsii
from aws_cdk import Aspects, CfnResource, IAspect, Stack, Stage, Token
from constructs import IConstruct

from constructs_lib.specs.errors import InputError

METADATA_KEY = "cells:exceptions"
"""The metadata key of a CloudFormation resource that holds its exceptions."""

_RULE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\[.+\])?")
_ONE_BY_ONE = ("AwsSolutions-IAM4", "AwsSolutions-IAM5")
_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")


def excuse(
    construct: IConstruct,
    *,
    rule: str,
    reason: str,
    owner: str,
    expires: str,
    apply_to_children: bool = False,
) -> None:
    """Declare that a resource does not meet a rule, on purpose and until a day.

    - `rule` is the whole id that `cells check` prints: `W3010`, `AwsSolutions-S1`, `AwsSolutions-IAM5[Action::s3:*]`.
      It carries no identity: `{account}`, `{region}` and `{product}` stand for values, `{other}` for the id of another
      account, `{reference}` for one reference to a resource, as in `AwsSolutions-IAM5[Resource::{reference}/*]`.
    - `expires` is the last day on which it counts, as `2027-06-30`.
    - The construct's own resource is excused; with `apply_to_children` every resource below it, those that are added
      later too (a role's policy comes with its first grant). One of them has to need it.

    Raises InputError for a stack or app, an id that is none or has an account id in it, an empty reason or owner, and
    a day that is none.
    """
    entry = _entry(rule, reason, owner, expires)
    _refuse_wide(construct, rule)
    if apply_to_children:
        below = construct.node.path.removeprefix(f"{Stack.of(construct).node.path}/")
        Aspects.of(construct).add(_Excuse({**entry, "covers": below}))
    else:
        _record(_own_resource(construct, rule), [entry])


def excuse_each(construct: IConstruct, reasons: Mapping[str, str], *, owner: str, expires: str) -> None:
    """Declare several exceptions of one resource, each rule with its reason, as `excuse` does.

    All at once: each `excuse` reads and writes what is recorded already, and a policy has dozens of findings.
    """
    entries = [_entry(rule, reason, owner, expires) for rule, reason in reasons.items()]
    if entries:
        rule = entries[0]["rule"]
        _refuse_wide(construct, rule)
        _record(_own_resource(construct, rule), entries)


def _entry(rule: str, reason: str, owner: str, expires: str) -> dict[str, str]:
    said = {"rule": _rule(rule), "reason": _said("reason", reason), "owner": _said("owner", owner)}
    return {**said, "expires": _day(expires)}


def _refuse_wide(construct: IConstruct, rule: str) -> None:
    if isinstance(construct, Stack | Stage):
        raise InputError(
            f"the exception to {rule} is on {construct.node.path or 'the app'}, which is not one resource",
            hint="declare it on the construct that needs it",
        )


@jsii.implements(IAspect)
class _Excuse:
    """Records an exception on every resource below a construct, at synth, when all of them are there."""

    def __init__(self, entry: dict[str, str]) -> None:
        self._entry = entry

    def visit(self, node: IConstruct) -> None:
        """Record it when the node is a resource."""
        if isinstance(node, CfnResource):
            _record(node, [self._entry])


def _record(resource: CfnResource, entries: Sequence[dict[str, str]]) -> None:
    recorded: list[dict[str, str]] = resource.get_metadata(METADATA_KEY) or []
    new = [entry for entry in entries if entry not in recorded]
    if new:
        resource.add_metadata(METADATA_KEY, [*recorded, *new])


def _own_resource(construct: IConstruct, rule: str) -> CfnResource:
    resource = construct if isinstance(construct, CfnResource) else construct.node.default_child
    if not isinstance(resource, CfnResource):
        raise InputError(
            f"the exception to {rule} is on {construct.node.path}, which has no resource of its own",
            hint="declare it on a construct below, or pass apply_to_children=True",
        )
    return resource


def _rule(rule: str) -> str:
    if "${" in rule and Token.is_unresolved(rule):  # the CDK is asked about what may be a token only: a call costs
        raise InputError(f"the rule id {rule} holds a value that is known at deployment only", hint="use {reference}")
    if not _RULE.fullmatch(rule):
        raise InputError(f"{rule!r} is not the id of a rule", hint="copy the id that `cells check` prints")
    if rule in _ONE_BY_ONE:
        raise InputError(
            f"{rule} has several findings on one resource, and each is excused by itself",
            hint="write the whole id that `cells check` prints, with the part in brackets",
        )
    if _ACCOUNT_ID.search(rule):
        raise InputError(f"the rule id {rule} has an account id in it", hint="write {account} in its place")
    return rule


def _said(field: str, text: str) -> str:
    if not text.strip():
        raise InputError(f"the {field} of an exception is empty", hint="say it in one sentence")
    return text.strip()


def _day(expires: str) -> str:
    try:
        return date.fromisoformat(expires).isoformat()
    except ValueError:
        raise InputError(f"{expires!r} is not a day", hint="write it like 2027-06-30") from None
