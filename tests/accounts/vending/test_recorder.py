"""Ids come into the registry at once, together where threads wait for each other, each with its own error."""

import threading
import time

import pytest

from accounts.ledger import load_registry, locked, record_accounts
from accounts.vending.kept_registry import KeptRegistry
from accounts.vending.recorder import Recorder
from accounts.vending.store import FolderStore
from constructs_lib.specs.errors import InputError
from tests.accounts.vending.world import Told, products_named, write_cells

WRONG, RIGHT, OTHER, THIRD = "444455556666", "123456789012", "111122223333", "777788889999"


def kept(path):
    return KeptRegistry(FolderStore(path.parent / "state"), path)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "registry.json"
    write_cells(path, products_named("acme-crm"))
    record_accounts(path, {"log-archive": RIGHT})
    return path


def test_an_id_is_on_disk_when_record_returns(path):
    told = Told()
    recorder = Recorder(path, cells={"acme-crm-dev", "acme-shop-dev"}, reporter=told, kept=kept(path))

    recorder.record({"network-hub": WRONG, "acme-crm-dev": OTHER, "acme-shop-dev": THIRD})

    registry = load_registry(path)
    assert registry.accounts["network-hub"].id == WRONG
    assert [cell.account for cell in registry.cells] == [OTHER, None, None]
    assert [note.split(" has no place")[0] for note in told.notes()] == [f"account acme-shop-dev ({THIRD})"]


def test_the_error_of_one_thread_is_not_the_error_of_the_others(path):
    recorder = Recorder(path, cells=(), reporter=Told(), kept=kept(path))
    errors = {}

    def record(name, id):
        try:
            recorder.record({name: id})
        except InputError as error:
            errors[name] = error

    wanted = {"log-archive": WRONG, **{f"account-{number}": f"{200000000000 + number}" for number in range(7)}}
    threads = [threading.Thread(target=record, args=item) for item in wanted.items()]
    with locked(path):
        for thread in threads:
            thread.start()
        # All but the one that waits for the file wait for that one.
        while len(recorder._waiting) < len(wanted) - 1:
            time.sleep(0.001)
    for thread in threads:
        thread.join()

    accounts = {name: entry.id for name, entry in load_registry(path).accounts.items()}
    assert accounts == {**wanted, "log-archive": RIGHT}
    assert list(errors) == ["log-archive"]
