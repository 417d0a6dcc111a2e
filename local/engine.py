"""Our handlers and intrinsic functions, put into the emulator's CloudFormation engine."""

from collections.abc import Callable
from typing import Protocol

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

from local.aws import Aws
from local.conditions import is_empty_list, resolved_conditions
from local.handlers.handler import Handler, Place
from local.properties import Json, Properties
from local.recorded import attributes_of
from local.schema import ResourceSchema, schema_of
from local.stack_output import FUNCTION, resolve_stack_output


class Operation(Protocol):
    """A create or update operation of the emulator's handlers."""

    def __call__(self, *arguments: str | dict[str, Json] | None) -> tuple[str, dict[str, Json]]:
        """Return the physical id and the attributes."""


Parameters = dict[str, dict[str, str]]
"""Template parameters as the engine keeps them: name, then `Value`, `Type` and so on."""


class Engine:
    """The stack engine of the emulator underneath, extended in place. One for each process."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[tuple[str, str], Aws] = {}
        self._ours: set[str] = set()

    def aws(self, account: str, region: str) -> Aws:
        """Return the services of an account and region."""
        return self._clients.setdefault((account, region), Aws(self._endpoint, account, region))

    def native_types(self) -> frozenset[str]:
        """Return the types that the emulator underneath handles itself."""
        return frozenset(provisioners._RESOURCE_HANDLERS) - self._ours

    def install(self) -> None:
        """Teach the engine our intrinsic functions. Call once."""
        self._patch_references()
        self._patch_conditions()
        self._patch_threads()

    def register(self, type_name: str, handler: Handler) -> None:
        """Let `handler` carry the resources of `type_name`."""
        self._ours.add(type_name)
        schema = schema_of(type_name)
        provisioners._REPLACING_PROPERTIES[type_name] = schema.create_only if schema else ()
        provisioners._RESOURCE_HANDLERS[type_name] = {
            "create": self._creator(handler),
            "update": self._updater(handler),
            "update_with_logical_id": True,
            "delete": self._deleter(handler),
            "delete_with_logical_id": True,
        }

    def complete(self, type_name: str) -> None:
        """Give the resources of a type of the emulator underneath the attributes that its schema promises."""
        schema, handler = schema_of(type_name), provisioners._RESOURCE_HANDLERS[type_name]
        if schema is None or not schema.read_only:
            return
        for operation in ("create", "update"):
            if operation in handler:
                handler[operation] = self._completed(handler[operation], schema, operation)

    def _completed(self, original: Operation, schema: ResourceSchema, operation: str) -> Operation:
        def run(*arguments: str | dict[str, Json] | None) -> tuple[str, dict[str, Json]]:
            physical_id, attributes = original(*arguments)
            logical_id, props, stack = arguments[:3] if operation == "create" else ("", *arguments[2:4])
            properties = Properties(props if isinstance(props, dict) else {})
            made = attributes_of(
                schema, self._place(str(stack), str(logical_id or physical_id)), properties, physical_id
            )
            return physical_id, {**made, **attributes}

        return run

    def _place(self, stack: str, logical_id: str) -> Place:
        return Place(
            aws=self.aws(get_account_id(), get_region()),
            stack=stack,
            logical_id=logical_id,
            name=provisioners._physical_name(stack, logical_id, max_len=60),
            elsewhere=self.aws,
        )

    def _creator(self, handler: Handler) -> Callable[[str, dict[str, Json], str], tuple[str, dict[str, Json]]]:
        def create(logical_id: str, props: dict[str, Json], stack: str) -> tuple[str, dict[str, Json]]:
            made = handler.create(self._place(stack, logical_id), Properties(props))
            return made.physical_id, made.attributes

        return create

    def _updater(
        self, handler: Handler
    ) -> Callable[[str, dict[str, Json], dict[str, Json], str, str | None], tuple[str, dict[str, Json]]]:
        def update(
            physical_id: str, old: dict[str, Json], new: dict[str, Json], stack: str, logical_id: str | None
        ) -> tuple[str, dict[str, Json]]:
            place = self._place(stack, logical_id or physical_id)
            made = handler.update(place, physical_id, Properties(old), Properties(new))
            return made.physical_id, made.attributes

        return update

    def _deleter(self, handler: Handler) -> Callable[[str, dict[str, Json], str | None], None]:
        def delete(physical_id: str, props: dict[str, Json], logical_id: str | None) -> None:
            handler.delete(self._place("", logical_id or physical_id), physical_id, Properties(props))

        return delete

    def _patch_references(self) -> None:
        """Resolve stack outputs of other regions and accounts, and empty list parameters."""
        original = engine._resolve_refs

        def resolve(
            value: Json, resources: Json, params: Parameters, conditions: Json, mappings: Json, name: str, stack_id: str
        ) -> Json:
            if isinstance(value, dict) and len(value) == 1:
                if FUNCTION in value:
                    return resolve_stack_output(
                        value[FUNCTION],
                        lambda inner: resolve(inner, resources, params, conditions, mappings, name, stack_id),
                    )
                if "Ref" in value and is_empty_list(value["Ref"], params):
                    return []
            resolved: Json = original(value, resources, params, conditions, mappings, name, stack_id)
            return resolved

        for module in (engine, stacks, changesets):
            module._resolve_refs = resolve

    def _patch_conditions(self) -> None:
        """Evaluate value functions inside conditions."""
        original = engine._evaluate_conditions

        def evaluate(template: dict[str, Json], params: Parameters) -> dict[str, bool]:
            body = Properties(template)
            conditions = resolved_conditions(
                dict(body.child("Conditions")),
                lambda value: engine._resolve_refs(value, {}, params, {}, dict(body.child("Mappings")), "", ""),
            )
            evaluated: dict[str, bool] = original({**template, "Conditions": conditions}, params)
            return evaluated

        for module in (engine, stacks, changesets, handlers):
            module._evaluate_conditions = evaluate

    def _patch_threads(self) -> None:
        """Run our handlers on a worker thread: they call this very server."""
        original = stacks._runs_on_worker_thread

        def on_thread(resource_type: str) -> bool:
            return resource_type in self._ours or bool(original(resource_type))

        stacks._runs_on_worker_thread = on_thread
