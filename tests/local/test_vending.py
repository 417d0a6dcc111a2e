"""The vending engine against the embedded AWS: over the wire, with threads, and with a bucket for its journal."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from accounts.ledger import load_registry
from accounts.vending.account_room import AccountRoom
from accounts.vending.apply import apply
from accounts.vending.bucket_store import BucketStore
from accounts.vending.clients import VendingClients
from accounts.vending.last_applied import last_applied
from accounts.vending.observe import observe_declared
from accounts.vending.plan import plan_of
from accounts.vending.settings_step import settings_of
from accounts.vending.store import FolderStore, Moved
from tests.accounts.vending.world import CONTACT, FULL, Told, World, organization, products_named
from tests.local.conftest import Local

OWNER = "333333333333"


@pytest.fixture
def store(local: Local):
    s3 = local.session(OWNER, "us-east-1").client("s3", endpoint_url=local.server.endpoint)
    s3.create_bucket(Bucket="vending-journal")
    s3.put_bucket_versioning(Bucket="vending-journal", VersioningConfiguration={"Status": "Enabled"})
    return BucketStore(s3, "vending-journal")


@dataclass
class Engine:
    """The vending engine at work on one organization of the embedded AWS."""

    local: Local
    owner: str
    world: World
    store: object

    def __post_init__(self):
        self.clients = VendingClients(self.local.session(self.owner, "us-east-1"), self.local.server.endpoint)

    def plan(self):
        return plan_of(self.world.spec, self.world.topology, observe_declared(self.clients, self.world.spec))

    def apply(self, plan):
        return apply(
            plan,
            spec=self.world.spec,
            products=self.world.products,
            registry_path=self.world.registry_path,
            clients=self.clients,
            store=self.store,
            reporter=Told(),
            bootstrapper=self.world.bootstrapper,
        )

    def control(self, path, **body):
        address = f"{self.local.server.endpoint}/_local/{path}"
        with urllib.request.urlopen(address, data=json.dumps(body).encode()) as answer:
            return json.load(answer)

    def member(self, service, name, region="eu-west-1"):
        return self.local.session(self.world.ids()[name], region).client(
            service, endpoint_url=self.local.server.endpoint
        )


def engine_of(local, owner, store, folder, **declared):
    world = World.__new__(World)
    # Other tests have organizations of their own, and an address belongs to one account for ever.
    addresses = f"{owner}+{{account}}@example.com"
    world.spec, world.products = organization(**{"email": addresses, **declared}), products_named("acme-crm")
    world.settle(folder)
    return Engine(local, owner, world, store)


def test_an_organization_is_built_and_built_again(local: Local, store, tmp_path):
    engine = engine_of(local, OWNER, store, tmp_path, contacts={"security": CONTACT})
    plan = engine.plan()

    applied = engine.apply(plan)

    assert len(applied.live.accounts) == 9
    assert applied.accounts == engine.world.ids()
    assert last_applied(store).live == applied.live
    assert [step.kind for step in engine.plan().steps] == ["wait-for-baseline", "move-account"] * 3
    again = engine.apply(plan)
    assert (again.done, again.waiting) == ((), applied.waiting)
    role = f"arn:aws:iam::{applied.accounts['acme-crm-dev']}:role/OrganizationAccountAccessRole"
    sts = local.session(OWNER).client("sts", endpoint_url=local.server.endpoint)
    assert sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]


def test_accounts_are_set_up_from_inside_and_wait_for_their_baseline(local: Local, tmp_path):
    owner = "333333333334"
    quotas = {"accounts": 100, "fargate_vcpu": 500}
    engine = engine_of(
        local,
        owner,
        FolderStore(tmp_path / "state"),
        tmp_path / "it",
        email="inside+{account}@example.com",
        **FULL,
        quotas=quotas,
    )
    engine.control("identity-center", account=owner, region="eu-west-1", enabled="no")

    applied = engine.apply(engine.plan())

    ec2, iam = engine.member("ec2", "acme-crm-dev"), engine.member("iam", "acme-crm-dev")
    assert ec2.describe_vpcs()["Vpcs"] == []
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 14
    settings = settings_of(engine.world.spec)
    assert list(AccountRoom(engine.clients, engine.world.ids()["acme-crm-dev"]).differences(settings)) == []
    units = {one.name: one.unit for one in applied.live.accounts}
    assert (units["ci-cd"], units["acme-crm-dev"]) == (("Shared Services",), ("Onboarding",))
    assert {name.partition(":")[0] for name in applied.waiting} == {
        "bootstrap-account",
        "manual",
        "move-account",
        "request-quota",
        "wait-for-baseline",
    }

    engine.control("identity-center", account=owner, region="eu-west-1", enabled="yes")
    engine.control("quotas/decide", status="APPROVED")
    applied = engine.apply(engine.plan())

    assert {name.partition(":")[0] for name in applied.waiting} == {
        "bootstrap-account",
        "move-account",
        "wait-for-baseline",
    }
    recorded = load_registry(engine.world.registry_path).organization
    assert recorded.identity_center == applied.live.identity_center.arn


def test_what_control_tower_governs_is_left_alone(local: Local, tmp_path):
    owner = "333333333335"
    session = local.session(owner, "us-east-1")
    session.client("organizations", endpoint_url=local.server.endpoint).create_organization(FeatureSet="ALL")
    engine = engine_of(
        local, owner, FolderStore(tmp_path / "state"), tmp_path / "it", email="tower+{account}@example.com"
    )
    manifest = {"organizationStructure": {"security": {"name": "Security"}, "sandbox": {"name": "Sandbox"}}}
    engine.control("organizations/control-tower", management=owner, manifest=manifest, units=["Security", "Sandbox"])

    plan = engine.plan()

    assert "AWS Control Tower governs Sandbox, Security and what is in them; nothing of it is changed" in plan.notes
    assert not {"create-account:log-archive", "create-unit:Security"} & set(plan.names)
    assert "create-account:ci-cd" in plan.names


def test_the_bucket_of_the_embedded_aws_writes_under_conditions(store):
    store.create("a.json", "first")
    old = store.read("a.json")
    store.replace("a.json", "second", version=old.version)

    for change in (
        lambda: store.create("a.json", "third"),
        lambda: store.replace("a.json", "third", version=old.version),
        lambda: store.remove("a.json", version=old.version),
    ):
        with pytest.raises(Moved):
            change()
    assert store.read("a.json").text == "second"


def test_of_many_that_make_a_document_of_the_bucket_at_once_one_does(store):
    def make(number):
        try:
            store.create("once.json", str(number))
        except Moved:
            return None
        return str(number)

    with ThreadPoolExecutor(8) as pool:
        made = [number for number in pool.map(make, range(8)) if number]

    assert made == [store.read("once.json").text]
