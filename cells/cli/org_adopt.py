"""`cells org adopt`: write the declaration of an organization that is there."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from cells.cli import options, output
from cells.cli.project import open_workspace
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from accounts.spec import OrganizationSpec
    from accounts.vending.adoption import Adopted, Wishes
    from accounts.vending.clients import VendingClients
    from accounts.vending.live import LiveOrganization
    from cells.cli.workspace import Workspace

Into = Annotated[
    Path | None,
    typer.Option("--into", metavar="DIR", help="The folder to write into. Default: this project. May be empty."),
]
Account = Annotated[
    list[str] | None,
    typer.Option(
        "--account", metavar="NAME=ID", help="The account that is one of the platform's. May be given repeatedly."
    ),
]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Short name of the organization.")]
Email = Annotated[
    str | None, typer.Option("--email", metavar="PATTERN", help="Root addresses: aws+{account}@example.com.")
]
HomeRegion = Annotated[str | None, typer.Option("--home-region", metavar="REGION", help="Where cells live.")]
Governed = Annotated[
    str | None, typer.Option("--governed-regions", metavar="A,B", help="The regions that may be used, with commas.")
]
BaseDomain = Annotated[str | None, typer.Option("--base-domain", metavar="DOMAIN", help="Where cells get their zones.")]
Pool = Annotated[
    list[str] | None,
    typer.Option("--pool", metavar="REGION=CIDR", help="Where addresses are drawn from. May be given repeatedly."),
]
Lock = Annotated[
    str | None, typer.Option("--lock", metavar="MODE:LENGTH", help="The lock of the log archive: COMPLIANCE:7y.")
]
ReadContacts = Annotated[
    bool, typer.Option("--contacts", help="Read alternate contacts as well: three calls for each account.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over what is there. The old files are kept as *.bak.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be written, and write nothing.")]

_ORGANIZATION = Path("accounts") / "organization.yaml"
_REGISTRY = Path("accounts") / "registry.json"
_REGION = "us-east-1"


def adopt(
    into: Into = None,
    account: Account = None,
    name: Name = None,
    email: Email = None,
    home_region: HomeRegion = None,
    governed_regions: Governed = None,
    base_domain: BaseDomain = None,
    pool: Pool = None,
    lock: Lock = None,
    contacts: ReadContacts = False,
    target: options.TargetName = None,
    profile: options.Profile = None,
    dry_run: DryRun = False,
    force: Force = False,
    json: options.Json = False,
) -> None:
    """Write organization.yaml, the registry and missing product files from a live organization. Changes nothing there.

    The next plan is empty: what the platform would do is written down under `not_yet`, and each line that is taken
    away is a small plan. What AWS does not know (domain, regions, addresses, lock) comes from options, else from the
    organization.yaml of this project.
    Example: cells org adopt --into ../company --account log-archive=333333333333
    """
    from accounts.vending.adoption import adopt as adopted_from
    from accounts.vending.observe import observe, with_untold

    workspace = open_workspace()
    folder = (into or workspace.root).resolve()
    if not dry_run:
        _refuse_overwriting(folder, force=force)
    ids = dict(_pair(one, "--account", "log-archive=333333333333") for one in account or ())
    said = {
        "name": name,
        "email": email,
        "home_region": home_region,
        "governed_regions": governed_regions.split(",") if governed_regions else None,
        "base_domain": base_domain,
        "address_pools": dict(_pair(one, "--pool", "eu-west-1=10.0.0.0/10") for one in pool or ()) or None,
        "log_archive": _lock(lock) if lock else None,
    }
    with _clients(workspace, ids, target, profile) as clients:
        region = home_region or _home_region(workspace)
        with output.progress("observing the organization", quiet=json):
            live = observe(clients, contacts=contacts, home_region=region)
            base = _base(workspace, live, said)
            live = with_untold(clients, live, base.governed_regions)
    adopted = adopted_from(live, base, _wishes(workspace, folder, ids))
    files = _files(workspace, folder, adopted)
    if json:
        output.as_json(_machine(adopted, files, folder))
    else:
        _print(adopted, files, folder, dry_run=dry_run)
    if not dry_run:
        _write(folder, files, adopted, live)


@contextmanager
def _clients(
    workspace: "Workspace", ids: Mapping[str, str], target: str | None, profile: str | None
) -> "Iterator[VendingClients]":
    """Clients of the management account: the one that is named, else the registry's, else that of the credentials."""
    from accounts.vending.clients import VendingClients
    from cells.cli.live import aws_errors
    from cells.cli.target import AwsTarget, target_of

    with aws_errors():
        chosen = target_of(workspace.root, target, profile)
        management = ids.get("management") or _recorded_management(workspace)
        if management is None and not isinstance(chosen, AwsTarget):
            raise InputError("nobody says which account is the management account", hint="--account management=ID")
        if management is not None:
            chosen.verify(management)
        clients = chosen.clients(management or "", _REGION)
        yield VendingClients(clients.session, clients.endpoint)


def _recorded_management(workspace: "Workspace") -> str | None:
    if not workspace.registry_path.is_file():
        return None
    entry = workspace.registry.accounts.get("management")
    return entry.id if entry else None


def _home_region(workspace: "Workspace") -> str | None:
    return workspace.organization.home_region if (workspace.root / _ORGANIZATION).is_file() else None


def _base(
    workspace: "Workspace", live: "LiveOrganization", said: "Mapping[str, str | list[str] | dict[str, str] | None]"
) -> "OrganizationSpec":
    """What AWS does not know: from options, else from the project's own file, else as far as it can be guessed."""
    from pydantic import ValidationError

    from accounts.spec import OrganizationSpec
    from accounts.vending.recognition import email_pattern

    known: dict[str, JsonValue] = {}
    if (workspace.root / _ORGANIZATION).is_file():
        known = workspace.organization.model_dump(mode="json", exclude_defaults=True)
    elif pattern := email_pattern(live.accounts):
        known = {"email": pattern}
    options_ = {name: value for name, value in said.items() if value is not None}
    if "home_region" in options_ and "governed_regions" not in options_:
        options_["governed_regions"] = list(dict.fromkeys([str(options_["home_region"]), _REGION]))
    try:
        return OrganizationSpec.model_validate({**known, **options_})
    except ValidationError as error:
        detail = error.errors()[0]
        field = str(detail["loc"][0]) if detail["loc"] else "an option"
        option = {"address_pools": "--pool", "log_archive": "--lock"}.get(field, f"--{field.replace('_', '-')}")
        problem = "is not known" if detail["type"] == "missing" else detail["msg"].removeprefix("Value error, ")
        raise InputError(f"{field} {problem}", hint=f"say it with {option}") from None


def _wishes(workspace: "Workspace", folder: Path, ids: Mapping[str, str]) -> "Wishes":
    from accounts.spec import PLATFORM_ACCOUNTS
    from accounts.vending.adoption import Wishes
    from cells.cli.workspace import Workspace
    from constructs_lib.specs.registry import Registry

    accounts = {name: ids[name] for name in PLATFORM_ACCOUNTS if name in ids}
    unknown = sorted(set(ids) - set(accounts))
    if unknown:
        raise InputError(
            f"--account {unknown[0]}: the platform has no such account", hint=f"it has {', '.join(PLATFORM_ACCOUNTS)}"
        )
    there = Workspace(folder)
    names = there.product_names() if there.products_path.is_dir() else ()
    return Wishes(
        accounts=accounts,
        known=workspace.registry if workspace.registry_path.is_file() else Registry(),
        products={name: tuple(there.declared(name).spec.environments) for name in names},
        subdomains={
            name: workspace.declared(name).spec.subdomain or name
            for name in (workspace.product_names() if workspace.products_path.is_dir() else ())
        },
    )


def _files(workspace: "Workspace", folder: Path, adopted: "Adopted") -> dict[Path, str]:
    """The texts that are written, by their paths in the folder."""
    from accounts.ledger import registry_text
    from cells.cli.organization_file import OrganizationFile
    from cells.cli.organization_text import organization_text

    there = folder / _ORGANIZATION
    text = OrganizationFile(there).with_spec(adopted.spec) if there.is_file() else organization_text(adopted.spec)
    files = {_ORGANIZATION: text, _REGISTRY: registry_text(adopted.registry)}
    for product, environments in adopted.products.items():
        path = Path("cells") / "products" / f"{product}.yaml"
        if not (folder / path).is_file():
            files[path] = _product(workspace, product, environments)
    return files


def _product(workspace: "Workspace", product: str, environments: Sequence[str]) -> str:
    """The project's own file of a product, where it has one with these environments; else a new one."""
    from cells.cli.declaration import product_text
    from cells.spec import ProductSpec

    own = workspace.products_path / f"{product}.yaml"
    if own.is_file() and set(workspace.declared(product).spec.environments) == set(environments):
        return own.read_text(encoding="utf-8")
    spec = ProductSpec.model_validate(
        {
            "name": product,
            "summary": f"The product {product}",
            "owner": f"{product}-team",
            "environments": {name: {} for name in environments},
        }
    )
    return product_text(spec)


def _refuse_overwriting(folder: Path, *, force: bool) -> None:
    for path in (_ORGANIZATION, _REGISTRY):
        if (folder / path).is_file() and not force:
            raise InputError(
                f"{path} is there already in {folder}",
                hint="--force writes over it and keeps the old one; --dry-run only shows; --into names another folder",
            )


def _write(folder: Path, files: Mapping[Path, str], adopted: "Adopted", live: "LiveOrganization") -> None:
    from accounts.ledger import write_whole
    from accounts.vending.last_applied import LastApplied, save_applied
    from accounts.vending.store import FolderStore
    from cells.cli.org_apply import STATE

    for path, text in files.items():
        target = folder / path
        if target.is_file() and target.read_text(encoding="utf-8") != text:
            shutil.copy2(target, target.with_name(f"{target.name}.bak"))
        write_whole(target, text)
    (folder / "cells" / "products").mkdir(parents=True, exist_ok=True)
    # What is adopted is what drift is compared with.
    save_applied(FolderStore(folder / STATE), LastApplied(at=datetime.now(UTC), plan="adopted", live=live))


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise InputError(f"{option} takes NAME=VALUE, got '{text}'", hint=f"write it like {option} {example}")
    return name, value


def _lock(text: str) -> "dict[str, str]":
    mode, _, length = text.partition(":")
    unit = {"d": "lock_days", "y": "lock_years"}.get(length[-1:])
    if unit is None or not length[:-1].isdigit():
        raise InputError(f"--lock takes MODE:LENGTH, got '{text}'", hint="write it like --lock COMPLIANCE:7y")
    return {"lock_mode": mode, unit: length[:-1]}


def _print(adopted: "Adopted", files: Mapping[Path, str], folder: Path, *, dry_run: bool) -> None:
    for path, text in files.items():
        if dry_run:
            output.title(str(path))
            output.say(text)
        else:
            output.say(f"{'write' if not (folder / path).is_file() else 'change'} {folder / path}")
    for note in adopted.notes:
        output.note(note)
    waiting = len(adopted.spec.not_yet)
    accounts = len([entry for entry in adopted.registry.accounts.values() if entry.id]) + len(adopted.registry.cells)
    output.say(f"{accounts} accounts, {len(adopted.products)} products; {waiting} lines under not_yet")


def _machine(adopted: "Adopted", files: Mapping[Path, str], folder: Path) -> dict[str, JsonValue]:
    return {
        "folder": str(folder),
        "files": {str(path): text for path, text in files.items()},
        "products": {name: list[JsonValue](found) for name, found in adopted.products.items()},
        "not_yet": list[JsonValue](adopted.spec.not_yet),
        "notes": list[JsonValue](adopted.notes),
    }
