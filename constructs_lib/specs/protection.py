"""How data is protected from a mistake."""

from typing import Literal, Self

from pydantic import model_validator

from constructs_lib.specs.base import Spec


class ProtectionSpec(Spec):
    """What stands between a mistake and the data of a cell."""

    removal: Literal["retain", "snapshot", "destroy"]
    """What becomes of data when its resource goes: it stays, a snapshot of it stays, or it goes too."""
    deletion_protection: bool
    """Whether the resources refuse to be deleted (Aurora, load balancer, user pools)."""
    termination_protection: bool
    """Whether the stacks Foundation and Data refuse to be deleted."""

    @model_validator(mode="after")
    def _retained_data_is_protected_twice(self) -> Self:
        if self.removal == "retain" and not (self.deletion_protection and self.termination_protection):
            raise ValueError(
                "removal 'retain' needs deletion_protection and termination_protection: data is protected twice"
            )
        return self
