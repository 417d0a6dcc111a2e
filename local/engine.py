"""The emulator's stack engine: which of our handlers and refinements it uses."""

from dataclasses import dataclass
from typing import Protocol

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners, stacks

from local.aws import Aws
from local.handlers.handler import Handler, Place
from local.properties import Json, Properties
from local.recorded import attributes_of
from local.refinements.refinement import Refinement
from local.schema import schema_of

Argument = str | dict[str, Json] | None
Made = tuple[str, dict[str, Json]]
"""A physical id and attributes."""


class Operation(Protocol):
    """Create, called with (logical id, properties, stack); or update, with (id, old, new, stack, logical id)."""

    def __call__(self, *arguments: Argument) -> Made:
        """Return the physical id and the attributes."""


@dataclass(frozen=True)
class _Call:
    """What an operation was called with."""

    logical_id: str
    properties: Properties
    stack: str

    @classmethod
    def of(cls, operation: str, arguments: tuple[Argument, ...]) -> "_Call":
        if operation == "create":
            logical_id, props, stack = arguments[:3]
        else:
            props, stack = arguments[2:4]
            logical_id = arguments[4] if len(arguments) > 4 else ""
        return cls(str(logical_id or ""), Properties(props if isinstance(props, dict) else {}), str(stack))


class Engine:
    """The stack engine of the emulator underneath, extended in place. One for each process."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[tuple[str, str], Aws] = {}
        self._ours: set[str] = set()
        self._threaded: set[str] = set()

    def install(self) -> None:
        """Let the engine run our handlers on a worker thread, since they call this very server. Call once."""
        original = stacks._runs_on_worker_thread
        stacks._runs_on_worker_thread = lambda name: name in self._threaded or bool(original(name))
        for table, surely in (("_REPLACING_PROPERTIES", True), ("_CONDITIONALLY_REPLACING_PROPERTIES", False)):
            setattr(provisioners, table, _Replacing(getattr(provisioners, table), self._ours, surely=surely))

    def register(self, type_name: str, handler: Handler) -> None:
        """Let `handler` carry the resources of `type_name`."""
        self._ours.add(type_name)
        self._threaded.add(type_name)
        provisioners._RESOURCE_HANDLERS[type_name] = {
            **provisioners._RESOURCE_HANDLERS.get(type_name, {}),
            **_entry(self, handler),
        }

    def refine(self, type_name: str, refinement: Refinement) -> None:
        """Let `refinement` add to the resources of a type of the emulator underneath."""
        self._threaded.add(type_name)
        entry = provisioners._RESOURCE_HANDLERS[type_name]
        for operation in ("create", "update"):
            if operation in entry:
                entry[operation] = self._refined(entry[operation], refinement, operation)
        delete = entry["delete"]

        def release(physical_id: str, props: dict[str, Json], *rest: str) -> None:
            refinement.release(self.place("", physical_id), physical_id, Properties(props))
            delete(physical_id, props, *rest)

        entry["delete"] = release

    def complete(self, type_name: str) -> None:
        """Give the resources of a type of the emulator underneath the attributes that its schema promises."""
        entry = provisioners._RESOURCE_HANDLERS[type_name]
        for operation in ("create", "update"):
            if operation in entry:
                entry[operation] = self._completed(entry[operation], type_name, operation)

    def place(self, stack: str, logical_id: str) -> Place:
        """Return where a resource of the current account and region is declared."""
        return Place(
            aws=self.aws(get_account_id(), get_region()),
            stack=stack,
            logical_id=logical_id,
            name=provisioners._physical_name(stack, logical_id, max_len=60),
            elsewhere=self.aws,
        )

    def aws(self, account: str, region: str) -> Aws:
        """Return the services of an account and region."""
        return self._clients.setdefault((account, region), Aws(self._endpoint, account, region))

    def _refined(self, original: Operation, refinement: Refinement, operation: str) -> Operation:
        def run(*arguments: Argument) -> Made:
            physical_id, attributes = original(*arguments)
            call = _Call.of(operation, arguments)
            place = self.place(call.stack, call.logical_id or physical_id)
            return physical_id, {**attributes, **refinement.refine(place, physical_id, call.properties)}

        return run

    def _completed(self, original: Operation, type_name: str, operation: str) -> Operation:
        def run(*arguments: Argument) -> Made:
            physical_id, attributes = original(*arguments)
            schema, call = schema_of(type_name), _Call.of(operation, arguments)
            if schema is None or not schema.read_only:
                return physical_id, attributes
            place = self.place(call.stack, call.logical_id or physical_id)
            return physical_id, {**attributes_of(schema, place, call.properties, physical_id), **attributes}

        return run


class _Replacing:
    """Which changed properties replace a resource: the emulator's own table first, then the registry's schemas."""

    def __init__(self, table: dict[str, tuple[str, ...]], ours: set[str], *, surely: bool) -> None:
        self._table = table
        self._ours = ours
        self._surely = surely

    def get(self, type_name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...] | None:
        """Return the properties of a type; the default where they are not known."""
        if type_name in self._table and type_name not in self._ours:
            return self._table[type_name]
        schema = schema_of(type_name)
        if schema is None:
            return default
        return schema.create_only if self._surely else schema.conditional


def _entry(engine: Engine, handler: Handler) -> dict[str, object]:
    """Return the entry of the emulator's handler table for one of our handlers."""

    def create(logical_id: str, props: dict[str, Json], stack: str) -> Made:
        made = handler.create(engine.place(stack, logical_id), Properties(props))
        return made.physical_id, made.attributes

    def update(
        physical_id: str, old: dict[str, Json], new: dict[str, Json], stack: str, logical_id: str | None
    ) -> Made:
        place = engine.place(stack, logical_id or physical_id)
        made = handler.update(place, physical_id, Properties(old), Properties(new))
        return made.physical_id, made.attributes

    def delete(physical_id: str, props: dict[str, Json], logical_id: str | None) -> None:
        handler.delete(engine.place("", logical_id or physical_id), physical_id, Properties(props))

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": delete,
        "delete_with_logical_id": True,
    }
