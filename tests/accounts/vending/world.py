"""An organization to vend into: moto in this process, as strict as AWS through the repairs of the embedded AWS."""

import json
import random
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from accounts.ledger import load_registry
from accounts.policies.settled import settled_policies
from accounts.spec import OrganizationSpec
from accounts.topology import topology_of
from accounts.vending.apply import apply
from accounts.vending.clients import VendingClients
from accounts.vending.observe import observe_declared
from accounts.vending.patience import Patience
from accounts.vending.plan import plan_of
from accounts.vending.store import FolderStore

MANAGEMENT = "111122223333"


@cache
def session() -> boto3.Session:
    """One for all tests: it keeps the descriptions of the services that it has read.

    Made inside the first mock: moto does not reach sessions that are older than it.
    """
    # The SDK puts its usual name together anew for each call, which takes it longer than some answers.
    core = botocore.session.Session()
    core.set_default_client_config(Config(user_agent="tests"))
    return boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1", botocore_session=core
    )


ENVIRONMENTS = ("dev", "staging", "prod")
CONTACT = {"name": "Ana", "title": "Security", "email": "security@example.com", "phone": "+49 30 1234567"}


BARE = {
    "identity_center": False,
    "budgets": {"cost_allocation_tags": []},
    "settings": {"default_network": "kept", "ebs_encryption": False, "password_policy": None, "bootstrap": False},
}
"""Nothing is set inside accounts: for tests of everything else."""

FULL = {"settings": {}, "budgets": {}, "identity_center": True}
"""Everything that is done inside accounts."""


def organization(**changes):
    return OrganizationSpec.model_validate(
        {
            **BARE,
            "name": "example",
            "email": "aws+{account}@example.com",
            "home_region": "eu-west-1",
            "governed_regions": ["eu-west-1", "us-east-1"],
            "base_domain": "example.com",
            "address_pools": {"eu-west-1": "10.0.0.0/10"},
            "log_archive": {"lock_mode": "GOVERNANCE", "lock_days": 1},
            **changes,
        }
    )


def products_named(*names):
    return dict.fromkeys(names, ENVIRONMENTS)


def write_cells(path, products, regions=("eu-west-1",), *, number=0):
    """A registry as `cells new` leaves it: every cell has its line, and no account yet."""
    identities = [(name, one, region) for name in products for one in products[name] for region in regions]
    cells = [
        {
            "product": product,
            "environment": environment,
            "region": region,
            "cidr": f"10.{number // 16}.{number % 16 * 16}.0/20",
            "domain": f"{product}-{environment}-{number}.example.com",
        }
        for number, (product, environment, region) in enumerate(identities, number)
    ]
    path.write_text(json.dumps({"version": 1, "accounts": {}, "cells": cells}))


@dataclass
class Told:
    """A reporter that remembers."""

    lines: list = field(default_factory=list)

    def step(self, text):
        self.lines.append(("step", text))

    def done(self, text):
        self.lines.append(("done", text))

    def note(self, text):
        self.lines.append(("note", text))

    def notes(self):
        return [text for kind, text in self.lines if kind == "note"]


class Killed(BaseException):
    """The process ends here: nothing catches this, and nothing is written after it."""


class Mortal(FolderStore):
    """A store that a dead process cannot write to any more."""

    def __init__(self, path, faults):
        super().__init__(path)
        self._faults = faults

    def create(self, name, text):
        self._faults.live()
        super().create(name, text)

    def replace(self, name, text, *, version):
        self._faults.live()
        super().replace(name, text, version=version)

    def remove(self, name, *, version):
        self._faults.live()
        super().remove(name, version=version)

    def append(self, name, line):
        self._faults.live()
        super().append(name, line)


@dataclass
class Faults:
    """Breaks calls: kills the process at one, or answers with errors.

    `calls` counts the calls that change something.
    """

    kill_at: int = -1
    side: str = "before"
    answers: dict = field(default_factory=dict)
    """Error codes of the next calls by operation, None for a call that works: before AWS did anything.
    Those of `late` come after it did."""
    late: dict = field(default_factory=dict)
    busy: random.Random | None = None
    calls: list = field(default_factory=list)
    dead: bool = False

    def live(self):
        if self.dead:
            raise Killed

    def before(self, model, **_):
        self.live()
        # A program that is started asks AWS again by itself.
        if self.busy is not None and model.name != "Bootstrap" and self.busy.random() < 0.15:
            codes = ("TooManyRequestsException", "ConcurrentModificationException", "ThrottlingException")
            raise refusal(self.busy.choice(codes), model.name)
        self._answer(self.answers, model)
        if changes(model):
            self._kill("before")

    def after(self, model, http_response, **_):
        self.live()
        if changes(model) and http_response.status_code < 300:
            self._answer(self.late, model)
            self._kill("after")
            self.calls.append(model.name)

    def _answer(self, answers, model):
        code = answers[model.name].pop(0) if answers.get(model.name) else None
        if code:
            raise refusal(code, model.name)

    def _kill(self, side):
        # With several workers the count may pass the number between two looks at it.
        if side == self.side and 0 <= self.kill_at <= len(self.calls):
            self.dead = True
            raise Killed


def changes(model):
    return not model.name.startswith(("AssumeRole", "Describe", "List", "Get"))


def refusal(code, operation):
    return ClientError({"Error": {"Code": code, "Message": "said the test"}}, operation)


class WatchedClients(VendingClients):
    """Clients whose calls are counted and broken, also those in member accounts."""

    faults: Faults

    def open(self, service, region=None, credentials=None):
        client = super().open(service, region, credentials)
        client.meta.events.register("before-call", lambda **call: self.faults.before(**call))
        client.meta.events.register("after-call", lambda **call: self.faults.after(**call))
        return client


class ToldBootstrapper:
    """Stands in for the CDK CLI: remembers, and dies like a call."""

    def __init__(self, faults):
        self.faults = faults
        self.made = []

    def bootstrap(self, account, region, *, policy, untrust, credentials):
        self.faults.before(Bootstrap)
        self.made.append((account, region, policy, tuple(untrust), credentials and credentials.token))
        self.faults.after(Bootstrap, Answered)


class Bootstrap:
    """What stands for a call."""

    name = "Bootstrap"


class Answered:
    """What stands for its answer."""

    status_code = 200


class World:
    """What a person has: the declaration, the registry, credentials and a store."""

    def __init__(self, folder: Path, spec, products, *, workers=1, creation=None):
        self.spec = spec
        self.products = products
        self.workers = workers
        self.creation = creation
        self.home = folder
        self.slept = []
        self.settle(folder)
        self.clients = self.new_clients()

    @property
    def faults(self):
        """What breaks calls."""
        return self._faults

    @faults.setter
    def faults(self, faults):
        self._faults = faults
        for user in (getattr(self, "clients", None), getattr(self, "bootstrapper", None)):
            if user is not None:
                user.faults = faults

    def settle(self, folder: Path):
        """Go to a folder of its own, with the registry as `cells new` leaves it."""
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.registry_path = folder / "registry.json"
        write_cells(self.registry_path, self.products)
        self.faults = Faults()
        self.told = Told()
        self.bootstrapper = ToldBootstrapper(self.faults)

    def new_clients(self):
        patience = Patience(self.slept.append, lambda: 1.0)
        clients = WatchedClients(session(), workers=self.workers, patience=patience)
        clients.faults = self.faults
        return clients

    @property
    def store(self):
        return Mortal(self.folder / "store", self.faults)

    @property
    def topology(self):
        return topology_of(self.spec, self.products, load_registry(self.registry_path))

    def observe(self):
        return observe_declared(self.clients, self.spec)

    def plan(self):
        policies = settled_policies(self.spec, load_registry(self.registry_path), self.topology)
        return plan_of(self.spec, self.topology, self.observe(), policies)

    def apply(self, plan, **options):
        return apply(
            plan,
            spec=self.spec,
            products=self.products,
            registry_path=self.registry_path,
            clients=self.clients,
            store=self.store,
            reporter=self.told,
            bootstrapper=self.bootstrapper,
            **options,
        )

    def ids(self):
        """The ids of the registry, by account name."""
        registry = load_registry(self.registry_path)
        found = {name: entry.id for name, entry in registry.accounts.items()}
        return found | {cell.identity.prefix: cell.account for cell in registry.cells}


def shape(live):
    """An organization without the ids that AWS draws."""
    names = {account.id: account.name for account in live.accounts}
    return {
        "management": live.management,
        "units": sorted(unit.path for unit in live.units),
        "accounts": [
            (one.name, one.email, one.unit, one.state, one.tags, {k: v.email for k, v in one.contacts.items()})
            for one in live.accounts
        ],
        "policy_types": live.policy_types,
        "services": live.services,
        "administrators": [(names[one.account], one.principal) for one in live.administrators],
        "root_features": live.root_features,
    }
