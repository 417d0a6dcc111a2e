"""The modules there are, and how a choice of modules becomes an ordered set."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from pydantic.fields import FieldInfo

from cells.modules.assets import AssetsModule
from cells.modules.audit_log import AuditLogModule
from cells.modules.auth import AuthModule
from cells.modules.catalog import CatalogModule
from cells.modules.contacts import ContactsModule
from cells.modules.custom import custom_modules
from cells.modules.documents import DocumentsModule
from cells.modules.documents_2 import Documents2Module
from cells.modules.email import EmailModule
from cells.modules.entity_links import EntityLinksModule
from cells.modules.error_events import ErrorEventsModule
from cells.modules.events import EventsModule
from cells.modules.files import FilesModule
from cells.modules.finance import FinanceModule
from cells.modules.jobs import JobsModule
from cells.modules.ledger import LedgerModule
from cells.modules.module import Module
from cells.modules.notes import NotesModule
from cells.modules.notifications import NotificationsModule
from cells.modules.order_feed import OrderFeedModule
from cells.modules.order_stats import OrderStatsModule
from cells.modules.organizations import OrganizationsModule
from cells.modules.partner_api import PartnerApiModule
from cells.modules.permissions import PermissionsModule
from cells.modules.search import SearchModule
from cells.modules.settings import SettingsModule
from cells.modules.tasks import TasksModule
from cells.modules.teams import TeamsModule
from cells.modules.users import UsersModule
from cells.modules.virus_scan import VirusScanModule
from cells.plan import ModulePlan
from constructs_lib.specs.errors import InputError

MODULES: tuple[type[Module], ...] = (
    FilesModule,
    JobsModule,
    NotificationsModule,
    EventsModule,
    AuditLogModule,
    SettingsModule,
    AuthModule,
    UsersModule,
    OrganizationsModule,
    TeamsModule,
    PermissionsModule,
    EntityLinksModule,
    SearchModule,
    TasksModule,
    ContactsModule,
    DocumentsModule,
    Documents2Module,
    NotesModule,
    FinanceModule,
    AssetsModule,
    CatalogModule,
    VirusScanModule,
    OrderFeedModule,
    ErrorEventsModule,
    OrderStatsModule,
    PartnerApiModule,
    EmailModule,
    LedgerModule,
)
"""The modules of the platform. A package adds more through the entry point group `cells.modules`."""


@cache
def known_modules() -> tuple[type[Module], ...]:
    """The platform's modules and those that installed packages add, in a fixed order.

    Raises InputError for a custom module that cannot be used, such as one that takes a name of the platform.
    """
    return (*MODULES, *custom_modules(MODULES))


def find_module(reference: str) -> type[Module]:
    """The module of a reference: `documents@2` is that major, and `documents` is the first.

    A name without a major never means the newest: a new major would move every product on the day it is published.
    Raises InputError for a module or major that is not there, and names the closest.
    """
    name, _, major = reference.partition("@")
    named = [module for module in known_modules() if module.name == name]
    if not named:
        names = sorted({module.name for module in known_modules()})
        close = get_close_matches(name, names, n=1, cutoff=0.5)
        raise InputError(
            f"unknown module '{name}'", hint=f"did you mean '{close[0]}'?" if close else f"known: {', '.join(names)}"
        )
    exact = next((module for module in named if str(module.major) == (major or "1")), None)
    if exact is None:
        majors = ", ".join(f"{name}@{module.major}" for module in named)
        raise InputError(f"module '{name}' has no major {major or 1}", hint=f"there is {majors}")
    return exact


def is_module(reference: str) -> bool:
    """Whether there is a module of this reference."""
    name, _, major = reference.partition("@")
    return any(module.name == name and str(module.major) == (major or "1") for module in known_modules())


def choose_modules(references: Iterable[str]) -> tuple[ModulePlan, ...]:
    """The chosen modules, the core ones and everything they require, dependencies first.

    The order does not depend on the order of the references, so that two ways of writing one choice give one template.
    Raises InputError for an unknown module, two majors of one, or modules that require each other in a circle.
    """
    chosen = {module.name: module for module in _each_once(references)}
    core = {module.name: module for module in known_modules() if module.core and module.major == 1}
    picked = {**core, **chosen}
    required_by: dict[str, set[str]] = {}
    ordered: dict[str, type[Module]] = {}
    for name in sorted(picked, key=lambda name: (not picked[name].core, _rank(picked[name]))):
        _visit(picked[name], picked, ordered, required_by, ())
    return tuple(
        ModulePlan(
            name=name,
            major=module.major,
            reason="core" if module.core else "chosen" if name in chosen else "required",
            required_by=tuple(sorted(required_by.get(name, ()))),
        )
        for name, module in ordered.items()
    )


def build_modules(plans: Iterable[ModulePlan]) -> tuple[Module, ...]:
    """A fresh instance of each module of a cell."""
    found = [(find_module(plan.reference), plan) for plan in plans]
    return tuple(module(module.spec.model_validate(plan.settings)) for module, plan in found)


def module_settings() -> dict[str, FieldInfo]:
    """The settings of all modules by their dotted names. Where majors differ, the newest says what it means."""
    return {
        f"{module.name}.{name}": field for module in known_modules() for name, field in module.spec.model_fields.items()
    }


def _visit(
    module: type[Module],
    picked: dict[str, type[Module]],
    ordered: dict[str, type[Module]],
    required_by: dict[str, set[str]],
    way: tuple[str, ...],
) -> None:
    if module.name in way:
        raise InputError(
            f"modules require each other in a circle: {' → '.join((*way, module.name))}", hint="break the circle"
        )
    for reference in module.requires:
        name = reference.partition("@")[0]
        required = _agreed(reference, picked.get(name) or ordered.get(name) or _required(reference, module), module)
        required_by.setdefault(name, set()).add(module.name)
        _visit(required, picked, ordered, required_by, (*way, module.name))
    ordered.setdefault(module.name, module)


def _required(reference: str, by: type[Module]) -> type[Module]:
    try:
        return find_module(reference)
    except InputError as error:
        raise InputError(f"module '{by.name}' requires '{reference}', which is not there", hint=error.hint) from None


def _agreed(reference: str, found: type[Module], by: type[Module]) -> type[Module]:
    """The module that is there, if its major is the one required. A requirement without a major takes any."""
    name, _, major = reference.partition("@")
    if major and str(found.major) != major:
        raise InputError(
            f"module '{by.name}@{by.major}' requires {reference}, but {name}@{found.major} is chosen",
            hint=f"choose {reference}: a cell runs one major of a module",
        )
    return found


def _each_once(references: Iterable[str]) -> list[type[Module]]:
    modules = [find_module(reference) for reference in references]
    names = [module.name for module in modules]
    for name in names:
        if len({module for module in modules if module.name == name}) > 1:
            raise InputError(f"module '{name}' is chosen in two majors", hint="a cell runs one major of a module")
    return modules


def _rank(module: type[Module]) -> int:
    return known_modules().index(module)
