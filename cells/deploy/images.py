"""The images of a cell: the placeholder where nothing was built yet, and a refusal where an image is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.images.placeholder import PLACEHOLDER_DIGEST
from cells.images.reference import ImageReference
from cells.images.registry import missing_images, push_placeholder
from cells.images.repository import RepositorySettings
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter
    from cells.plan import CellPlan
    from constructs_lib.specs.registry import Registry


def references_of(plan: CellPlan) -> list[ImageReference]:
    """What the containers of the cell run."""
    return [
        ImageReference(product=plan.identity.product, container=container, digest=digest)
        for container, digest in sorted(plan.images.items())
    ]


def seed_placeholders(plan: CellPlan, registry: Registry, clients: Clients, reporter: Reporter) -> None:
    """Put the placeholder where a container of the cell runs it. `clients` are those of shared services."""
    for reference in references_of(plan):
        if reference.digest == PLACEHOLDER_DIGEST:
            settings = RepositorySettings(pull_accounts=_accounts(plan, registry), tags=_tags(plan))
            account = plan.landing.shared_services_account
            pushed = push_placeholder(clients.ecr, account, reference.repository, settings)
            if pushed.pushed:
                reporter.done(f"the placeholder is in {reference.repository}")


def refuse_missing(plan: CellPlan, clients: Clients) -> None:
    """Raise InputError for a digest that the registry does not have."""
    missing = missing_images(clients.ecr, plan.landing.shared_services_account, references_of(plan))
    if missing:
        names = "; ".join(image.reason for image in missing)
        raise InputError(
            f"{names} (account {plan.landing.shared_services_account})",
            hint=f"build and push it, or correct cells/images/locks/{plan.identity.product}.json",
        )


def _accounts(plan: CellPlan, registry: Registry) -> tuple[str, ...]:
    cells = [cell for cell in registry.cells if cell.product == plan.identity.product]
    return tuple(sorted({cell.account for cell in cells if cell.account}))


def _tags(plan: CellPlan) -> dict[str, str]:
    return {"product": plan.identity.product, "owner": plan.owner}
