"""The operations of the API that read stack sets: the emulator underneath has none of them."""

from collections.abc import Callable
from datetime import datetime
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import handlers, helpers

from local.properties import Json
from local.stack_sets.stack_set import Instance, Operation, StackSet
from local.stack_sets.stack_sets import Refused, StackSets

Parameters = dict[str, list[str]]
Answer = tuple[int, dict[str, str], bytes]
Read = Callable[[Parameters], dict[str, Json]]

_PAGE = 100


class Answers:
    """Answers for the stack sets of this emulator."""

    def __init__(self, stack_sets: StackSets) -> None:
        self._stack_sets = stack_sets

    def install(self) -> None:
        """Take the operations over. Call once."""
        reads: dict[str, Read] = {
            "DescribeStackSet": lambda asked: {"StackSet": self._find(asked).describe()},
            "DescribeStackInstance": self._describe_instance,
            "DescribeStackSetOperation": self._describe_operation,
            "ListStackInstances": self._list_instances,
            "ListStackSetOperations": self._list_operations,
            "ListStackSets": self._list,
        }
        for action, read in reads.items():
            handlers._ACTION_HANDLERS[action] = _answering(action, read)

    def _find(self, asked: Parameters) -> StackSet:
        name, call_as = _text(asked, "StackSetName"), _text(asked, "CallAs", "SELF")
        return self._stack_sets.find(get_account_id(), get_region(), name, call_as)

    def _list(self, asked: Parameters) -> dict[str, Json]:
        seen = self._stack_sets.seen_by(get_account_id(), get_region(), _text(asked, "CallAs", "SELF"))
        kept = ("StackSetName", "StackSetId", "Description", "Status", "AutoDeployment", "PermissionModel")
        described = [one.describe() for one in seen]
        return _page(asked, [{name: one[name] for name in kept if name in one} for one in described])

    def _list_instances(self, asked: Parameters) -> dict[str, Json]:
        stack_set = self._find(asked)
        account, region = _text(asked, "StackInstanceAccount"), _text(asked, "StackInstanceRegion")
        found = [
            _instance(stack_set, one)
            for one in list(stack_set.instances.values())
            if account in ("", one.account) and region in ("", one.region)
        ]
        return _page(asked, found)

    def _describe_instance(self, asked: Parameters) -> dict[str, Json]:
        stack_set = self._find(asked)
        key = (_text(asked, "StackInstanceAccount"), _text(asked, "StackInstanceRegion"))
        if key not in stack_set.instances:
            raise Refused("StackInstanceNotFoundException", f"no stack instance in {' and '.join(key)}")
        return {"StackInstance": _instance(stack_set, stack_set.instances[key])}

    def _describe_operation(self, asked: Parameters) -> dict[str, Json]:
        stack_set, id = self._find(asked), _text(asked, "OperationId")
        if id not in stack_set.operations:
            raise Refused("OperationNotFoundException", f"Operation {id} not found")
        told = _operation(stack_set.operations[id])
        return {"StackSetOperation": {**told, "StackSetId": stack_set.id}}

    def _list_operations(self, asked: Parameters) -> dict[str, Json]:
        newest_first = reversed(self._find(asked).operations.values())
        return _page(asked, [_operation(one) for one in newest_first])


def _answering(action: str, read: Read) -> Callable[[Parameters], Answer]:
    def answer(asked: Parameters) -> Answer:
        try:
            told = read(asked)
        except Refused as error:
            refusal: Answer = helpers._error(error.code, str(error), 404 if "NotFound" in error.code else 400)
            return refusal
        done: Answer = helpers._xml(200, f"{action}Response", f"<{action}Result>{_xml(told)}</{action}Result>")
        return done

    return answer


def _instance(stack_set: StackSet, one: Instance) -> dict[str, Json]:
    return {
        "StackSetId": stack_set.id,
        "Account": one.account,
        "Region": one.region,
        "Status": one.status,
        "StackInstanceStatus": {"DetailedStatus": one.detailed},
        "StatusReason": one.reason or None,
        "StackId": one.stack_id or None,
        "OrganizationalUnitId": one.unit or None,
        "LastOperationId": one.operation,
        "DriftStatus": "NOT_CHECKED",
    }


def _operation(one: Operation) -> dict[str, Json]:
    return {
        "OperationId": one.id,
        "Action": one.action,
        "Status": one.status,
        "CreationTimestamp": _time(one.started),
        "EndTimestamp": _time(one.ended) if one.ended else None,
        "StatusDetails": {"FailedStackInstancesCount": one.failed},
    }


def _page(asked: Parameters, found: list[dict[str, Json]]) -> dict[str, Json]:
    start = int(_text(asked, "NextToken", "0"))
    size = int(_text(asked, "MaxResults", str(_PAGE)))
    token = str(start + size) if len(found) > start + size else None
    return {"Summaries": list[Json](found[start : start + size]), "NextToken": token}


def _text(asked: Parameters, name: str, default: str = "") -> str:
    return str((asked.get(name) or [default])[0] or default)


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _xml(value: Json) -> str:
    """A value in the style of the Query API: an element for each name, `member` for each of a list."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(part)}</{name}>" for name, part in value.items() if part is not None)
    if isinstance(value, list):
        return "".join(f"<member>{_xml(part)}</member>" for part in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
