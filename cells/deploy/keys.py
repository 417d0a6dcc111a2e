"""The two keys that it takes to destroy a cell whose data is protected."""

from __future__ import annotations

from dataclasses import dataclass

from assembly.document import as_object, as_text
from assembly.load import Stack
from assembly.stateful import KEPT, stateful
from cells.deploy.stack import LiveStack
from constructs_lib.specs.errors import DataLossError, InputError


@dataclass(frozen=True)
class Keys:
    """Which keys there are."""

    prefix: str
    """The cell, as it has to be typed: `acme-crm-prod`."""
    declared: bool
    """The product file decommissions the environment."""
    protected: tuple[str, ...]
    """What is still protected in the deployed stacks."""
    typed: str | None
    """What `--destroy-data` said."""

    @property
    def needed(self) -> bool:
        """Whether the cell has, or had, protected data."""
        return self.declared or bool(self.protected)

    def check(self) -> None:
        """Raise DataLossError that names the missing keys; InputError when another cell was typed."""
        if self.typed is not None and self.typed != self.prefix:
            raise InputError(
                f"--destroy-data says '{self.typed}', the cell is '{self.prefix}'", hint=f"type {self.prefix}"
            )
        if not self.needed:
            return
        missing = [*self._first_key(), *self._second_key()]
        if missing:
            raise DataLossError(
                f"{self.prefix} holds protected data, and it takes two keys to destroy it; missing: "
                + "; ".join(what for what, _ in missing),
                hint="; ".join(how for _, how in missing),
            )

    def _first_key(self) -> list[tuple[str, str]]:
        environment = self.prefix.rpartition("-")[2]
        if not self.declared:
            return [
                (
                    f"`environments.{environment}.decommission` in the product file",
                    "write reason and owner there and deploy it, which takes the protection off",
                )
            ]
        if self.protected:
            return [
                (
                    f"the decommission is declared but not deployed ({self.protected[0]})",
                    "cells deploy first, which takes the protection off",
                )
            ]
        return []

    def _second_key(self) -> list[tuple[str, str]]:
        if self.typed is None:
            return [(f"--destroy-data {self.prefix}", f"add --destroy-data {self.prefix}")]
        return []


def still_protected(live: LiveStack, stack: Stack) -> list[str]:
    """What is protected in a deployed stack: the stack itself, or a store that outlives it although it should not."""
    if not live.exists():
        return []
    found = [f"{live.name} has termination protection"] if live.protected() else []
    template = live.template()
    resources = as_object(template.get("Resources"))
    for logical_id in stateful(template):
        if as_text(as_object(resources[logical_id]).get("DeletionPolicy")) in KEPT and not _stays(stack, logical_id):
            found.append(f"{logical_id} of {live.name} is retained")
    return found


def _stays(stack: Stack, logical_id: str) -> bool:
    """Whether it is meant to stay, also in a cell without protection."""
    return not stack.termination_protection and (
        as_text(stack.resources.get(logical_id, {}).get("DeletionPolicy")) in KEPT
    )
