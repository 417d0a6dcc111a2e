"""A diff in words: the sentences and short values that every way of printing it shares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assembly.diff.change import Action, AssemblyDiff, PropertyChange, ResourceChange, StackDiff
from assembly.diff.side import STACK_OUTPUT, label_of
from assembly.diff.value import GET_ATT, JOIN
from assembly.document import Json, as_list, as_object, as_text

SIGNS: dict[Action, str] = {"create": "+", "update": "~", "replace": "±", "remove": "-"}

DONE: dict[Action, str] = {"create": "created", "update": "updated", "replace": "replaced", "remove": "removed"}

_NOTHING = "—"
_CUT = "…"
_BEFORE_DIFFERENCE = 18
_PUBLISHED = re.compile(r"PublishOutput(?:Ref|FnGetAtt)(.+)[0-9A-F]{8}")
"""An output that the CDK publishes for another stack: named after what it holds, and a hash."""
_NO_LIMIT = 100_000
_LINE_ENDS = {number: f"\\u{number:04x}" for number in (0x85, 0x2028, 0x2029)}
_OUTPUT = "output "
"""What a cause starts with that is an output: no logical id has a space."""
_STATEMENTS = re.compile(r"(?:(.+?)\.)?Statement(?:\[.*)?", re.DOTALL)
"""The path of something in the statements of a policy. The conditions of a web ACL are called `Statement` as well, but
are no list."""


@dataclass(frozen=True)
class Lines:
    """How much of a stack is told, and what is left out."""

    told: tuple[ResourceChange, ...]
    followers: tuple[ResourceChange, ...]
    """Resources that change in place only because something that they refer to is replaced."""


def stacks_of(diff: AssemblyDiff, *, full: bool) -> tuple[StackDiff, ...]:
    """The changed stacks that are told: outputs that come and go with something else are told only in full."""
    changed = tuple(stack for stack in diff.stacks if stack.changed)
    told = tuple(stack for stack in changed if full or stack.resources or stack.settings or not stack.outputs)
    return told or changed


def lines_of(stack: StackDiff, *, full: bool) -> Lines:
    """Divide the changes of a stack: those that somebody made, and those that only follow in place."""
    if full:
        return Lines(stack.resources, ())
    followers = tuple(change for change in stack.resources if change.action == "update" and change.follows)
    kept = tuple(change for change in stack.resources if change not in followers)
    return Lines(kept, followers)


def name_of(change: ResourceChange) -> str:
    """What a person calls a resource: its construct path without the stack, else its logical id."""
    return label_of(change.path, change.logical_id)


def fate(change: ResourceChange) -> str:
    """What becomes of a resource and why: `replaced, because Engine cannot change in place`."""
    if change.action == "replace":
        return _replaced(change)
    if change.action == "remove":
        return "leaves the stack and stays where it is" if change.kept else "removed"
    if change.follows:
        return f"updated, because {causes_text(change.follows)}"
    return DONE[change.action]


def causes_text(causes: Iterable[str]) -> str:
    """What has to happen for others to follow: `Key is replaced`, `output Url has another value`."""
    names = sorted({_short(cause) for cause in causes})
    outputs = [name.removeprefix(_OUTPUT) for name in names if name.startswith(_OUTPUT)]
    resources = [name for name in names if not name.startswith(_OUTPUT)]
    said = []
    if resources:
        said.append(f"{_listed(resources)} {'is' if len(resources) == 1 else 'are'} replaced")
    if outputs:
        verb = "has another value" if len(outputs) == 1 else "have other values"
        said.append(f"{counted_noun('output', len(outputs))} {_listed(outputs)} {verb}")
    return " and ".join(said)


def counted_noun(noun: str, count: int) -> str:
    """`cell` of one, `cells` of any other number."""
    return noun if count == 1 else f"{noun}s"


def danger(change: ResourceChange) -> str:
    """What would be lost with a resource; empty when nothing would."""
    if not change.endangers_data:
        return ""
    if change.kept:
        return f"STARTS EMPTY: the old one stays outside the stack, with what it holds ({change.holds})"
    return f"LOSES DATA: {change.holds}"


def values_of(change: ResourceChange, *, full: bool) -> list[str]:
    """The changed values of a resource, one on a line.

    Unless `full`, values that only follow from a replacement are left out, long ones are cut, and the statements of a
    policy are counted: what they mean is told as security.
    """
    if full:
        return [property_text(one, limit=_NO_LIMIT) for one in change.properties]
    told = [one for one in change.properties if not one.cause or one.effect != "in-place"]
    lines = []
    policies: dict[str, list[PropertyChange]] = {}
    for one in told:
        in_policy = _STATEMENTS.fullmatch(one.path)
        if in_policy:
            policies.setdefault(in_policy[1] or "", []).append(one)
        else:
            lines.append(property_text(one))
    for policy, parts in sorted(policies.items()):
        counts = _counts("statement", [(one.before, one.after) for one in parts], "worded otherwise")
        lines.append(f"{policy}: {counts}" if policy else counts)
    return lines


def property_text(change: PropertyChange, *, limit: int = 72) -> str:
    """One changed value: `EngineVersion: 16.4 → 17.1`."""
    if change.cause:
        return f"{change.path}: refers to {_short(change.cause)}"
    before, after = pair(_inner(change, change.before), _inner(change, change.after), limit=limit)
    if change.before is None:
        return f"{change.path}: {after} (new)"
    if change.after is None:
        return f"{change.path}: {before} (gone)"
    return f"{change.path}: {before} → {after}"


def pair(before: Json, after: Json, *, limit: int) -> tuple[str, str]:
    """Two values, cut to the part in which they differ when they are long."""
    left, right = value_text(before), value_text(after)
    if left == right and before != after:  # a text and a number, or blanks
        left, right = _json_text(before), _json_text(after)
    if len(left) <= limit and len(right) <= limit:
        return left, right
    same = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    start = max(0, same - _BEFORE_DIFFERENCE)
    return _window(left, start, limit), _window(right, start, limit)


def value_text(value: Json) -> str:
    """A value on one line: references by what they mean, texts without quotes."""
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return " ".join(value.split()) if value.strip() else json.dumps(value)
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return f"[{', '.join(value_text(item) for item in value)}]"
    return " ".join(_call_text(value).split()) or _json_text(value)


def _json_text(value: Json) -> str:
    """JSON on one line, also where a text has one of the line ends that JSON leaves as they are."""
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


def _call_text(value: Json) -> str:
    """A reference as `${FilesBucket.Arn}`, a text with such references in it; empty for anything else."""
    if not isinstance(value, dict) or len(value) != 1:
        return ""
    name, argument = next(iter(value.items()))
    if name in ("Ref", GET_ATT):
        return f"${{{argument}}}" if isinstance(argument, str) else ""
    if name == STACK_OUTPUT:
        output = as_text(as_object(argument).get("OutputName"))
        return f"${{{_output_name(output)}}}" if output else ""
    parts = as_list(argument)
    if name == JOIN and len(parts) == 2:
        told = [part if isinstance(part, str) else value_text(part) for part in as_list(parts[1])]
        return as_text(parts[0]).join(told)
    return ""


def summary(diff: AssemblyDiff | StackDiff) -> str:
    """`1 created, 2 updated`; empty when no resource changes."""
    return ", ".join(f"{diff.count(action)} {word}" for action, word in DONE.items() if diff.count(action))


def stack_summary(stack: StackDiff) -> str:
    """The same of one stack; what else changes when no resource does."""
    return summary(stack) or outputs_text(stack) or ("settings" if stack.settings else stack.action)


def outputs_text(stack: StackDiff) -> str:
    """How many outputs come, go or have another value: `2 outputs gone`; empty when none does."""
    return _counts("output", [(one.before, one.after) for one in stack.outputs], "with another value")


def _replaced(change: ResourceChange) -> str:
    said = "replaced" if change.certain else "replaced, perhaps"
    if change.moved_from:
        return f"{said}, because its logical id is not {change.moved_from} any more"
    own = sorted({_head(one.path) for one in change.properties if one.effect != "in-place" and not one.cause})
    causes = {one.cause for one in change.properties if one.effect != "in-place" and one.cause}
    reasons = []
    if own:
        reasons.append(f"{_listed(own)} cannot {'always ' if not change.certain else ''}change in place")
    if causes:
        reasons.append(causes_text(causes))
    return f"{said}, because {' and '.join(reasons)}" if reasons else said


def _head(path: str) -> str:
    """The property that a path leads into: `ContainerDefinitions` of `ContainerDefinitions[app].Cpu`."""
    return path.partition(".")[0].partition("[")[0]


def _inner(change: PropertyChange, value: Json) -> Json:
    """Of a named item with one value, `{"Key": "team", "Value": "crm"}`, the value: the path has the name."""
    if isinstance(value, dict) and len(value) == 2 and change.path.endswith("]"):
        name = change.path.rpartition("[")[2].removesuffix("]")
        others = [item for item in value.values() if item != name]
        return others[0] if len(others) == 1 else value
    return value


def _counts(noun: str, changes: Sequence[tuple[Json, Json]], otherwise: str) -> str:
    """How many of something come, go or are otherwise: `1 output new, 2 outputs gone`."""
    new = sum(before is None for before, _ in changes)
    gone = sum(before is not None and after is None for before, after in changes)
    counts = ((new, "new"), (gone, "gone"), (len(changes) - new - gone, otherwise))
    return ", ".join(f"{count} {counted_noun(noun, count)} {word}" for count, word in counts if count)


def _listed(names: Sequence[str], most: int = 3) -> str:
    shown = list(names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown) + more


def _short(cause: str) -> str:
    """The logical id, or the name of the output, without its stack."""
    name = cause.partition("/")[2] or cause
    return f"{_OUTPUT}{_output_name(name.removeprefix(_OUTPUT))}" if name.startswith(_OUTPUT) else name


def _output_name(name: str) -> str:
    found = _PUBLISHED.fullmatch(name)
    return found[1] if found else name


def _window(text: str, start: int, limit: int) -> str:
    cut = text[start : start + limit]
    return f"{_CUT if start else ''}{cut}{_CUT if start + limit < len(text) else ''}"
