"""Which sandboxes are past their last day. Only the command line looks at the clock."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.spec import OrganizationSpec


def expired_sandboxes(organization: "OrganizationSpec", today: date | None = None) -> tuple[str, ...]:
    """A note for each sandbox that is wanted no more. Nothing closes it by itself: there may be work in it."""
    day = today or date.today()
    return tuple(
        f"the sandbox '{sandbox.name}' was wanted until {sandbox.expires}: close it, or give it a later day"
        for sandbox in organization.declared_sandboxes
        if sandbox.expired(day)
    )
