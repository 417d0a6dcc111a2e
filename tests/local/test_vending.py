"""The vending engine against the embedded AWS: over the wire, with threads, and with a bucket for its journal."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.vending.apply import apply
from accounts.vending.bucket_store import BucketStore
from accounts.vending.clients import VendingClients
from accounts.vending.last_applied import last_applied
from accounts.vending.observe import observe
from accounts.vending.plan import plan_of
from accounts.vending.store import Moved
from tests.accounts.vending.world import CONTACT, Told, World, organization, products_named
from tests.local.conftest import Local

OWNER = "333333333333"


@pytest.fixture
def store(local: Local):
    s3 = local.session(OWNER, "us-east-1").client("s3", endpoint_url=local.server.endpoint)
    s3.create_bucket(Bucket="vending-journal")
    s3.put_bucket_versioning(Bucket="vending-journal", VersioningConfiguration={"Status": "Enabled"})
    return BucketStore(s3, "vending-journal")


def test_an_organization_is_built_and_built_again(local: Local, store, tmp_path):
    world = World.__new__(World)
    world.spec, world.products = organization(contacts={"security": CONTACT}), products_named("acme-crm")
    world.settle(tmp_path)
    clients = VendingClients(local.session(OWNER, "us-east-1"), local.server.endpoint)
    plan = plan_of(world.spec, world.topology, observe(clients, contacts=True))

    def run():
        return apply(
            plan,
            spec=world.spec,
            products=world.products,
            registry_path=world.registry_path,
            clients=clients,
            store=store,
            reporter=Told(),
        )

    applied = run()

    assert len(applied.live.accounts) == 9
    assert applied.accounts == world.ids()
    assert plan_of(world.spec, world.topology, observe(clients, contacts=True)).steps == ()
    assert run().done == ()
    assert last_applied(store).live == applied.live
    role = f"arn:aws:iam::{applied.accounts['acme-crm-dev']}:role/OrganizationAccountAccessRole"
    sts = local.session(OWNER).client("sts", endpoint_url=local.server.endpoint)
    assert sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]


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
