"""Both stores keep the same promises; the lock is one run's, and never stolen silently."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import boto3
import pytest

from accounts.vending.bucket_store import BucketStore
from accounts.vending.last_applied import LastApplied, last_applied, save_applied
from accounts.vending.live import LiveOrganization
from accounts.vending.lock import LOCK, Holder, locked
from accounts.vending.store import FolderStore, Moved
from constructs_lib.specs.errors import InputError
from tests.accounts.vending.world import MANAGEMENT

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


@pytest.fixture
def s3(aws):
    """A client of moto's S3, which knows conditional writes; with a bucket that keeps versions."""
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="vending")
    client.put_bucket_versioning(Bucket="vending", VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.fixture(params=["folder", "bucket"])
def open_store(request, tmp_path):
    """Opens the same store again, as another process does."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / "deep" / "store")
    client = request.getfixturevalue("s3")
    return lambda: BucketStore(client, "vending")


@pytest.fixture
def store(open_store):
    return open_store()


def test_what_is_not_there_reads_as_none(store):
    assert store.read("a.json") is None
    assert list(store.lines("journal/a.jsonl")) == []


def test_a_document_is_read_as_it_was_written(store, open_store):
    store.create("deep/a.json", "first ✓")

    assert open_store().read("deep/a.json").text == "first ✓"


def test_a_document_is_made_once(store):
    store.create("a.json", "first")

    with pytest.raises(Moved, match="a.json"):
        store.create("a.json", "second")
    assert store.read("a.json").text == "first"


def test_of_many_that_make_a_document_at_once_one_does(tmp_path):
    # Of a bucket this is tested against the embedded AWS: moto looks and writes in two steps.
    store = FolderStore(tmp_path)
    made, refused = [], []
    start = threading.Barrier(8)

    def make(number):
        start.wait()
        try:
            store.create("a.json", str(number))
            made.append(str(number))
        except Moved:
            refused.append(number)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [store.read("a.json").text] == made
    assert len(refused) == 7


def test_a_document_is_replaced_by_who_read_it_last(store):
    store.create("a.json", "first")
    old = store.read("a.json")
    store.replace("a.json", "second", version=old.version)

    with pytest.raises(Moved):
        store.replace("a.json", "third", version=old.version)
    assert store.read("a.json").text == "second"


def test_a_document_is_removed_by_who_read_it_last(store):
    store.create("a.json", "first")
    old = store.read("a.json")
    store.replace("a.json", "second", version=old.version)

    with pytest.raises(Moved):
        store.remove("a.json", version=old.version)
    store.remove("a.json", version=store.read("a.json").version)

    assert store.read("a.json") is None


@pytest.mark.parametrize("change", ["replace", "remove"])
def test_what_is_gone_is_neither_replaced_nor_removed(store, change):
    store.create("a.json", "first")
    version = store.read("a.json").version
    store.remove("a.json", version=version)

    with pytest.raises(Moved):
        if change == "replace":
            store.replace("a.json", "second", version=version)
        else:
            store.remove("a.json", version=version)


def test_a_log_grows_in_order_and_another_process_goes_on(store, open_store):
    for number in range(12):
        store.append("journal/a.jsonl", f"line {number}")
    open_store().append("journal/a.jsonl", "the last")
    store.append("journal/other.jsonl", "elsewhere")

    assert list(open_store().lines("journal/a.jsonl")) == [*(f"line {number}" for number in range(12)), "the last"]


def test_a_line_that_a_crash_cut_off_swallows_no_other(tmp_path):
    store = FolderStore(tmp_path)
    store.append("a.jsonl", "whole")
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("half a li")
    assert list(store.lines("a.jsonl")) == ["whole"]

    store.append("a.jsonl", "next")

    assert list(store.lines("a.jsonl")) == ["whole", "half a li", "next"]


def test_a_failed_write_leaves_the_old_document_and_no_other_file(tmp_path, monkeypatch):
    store = FolderStore(tmp_path)
    store.create("a.json", "first")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("accounts.vending.store._write", full)
    with pytest.raises(OSError, match="no space"):
        store.replace("a.json", "second", version=store.read("a.json").version)

    assert store.read("a.json").text == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_bucket_that_keeps_no_versions_is_refused(s3):
    s3.create_bucket(Bucket="plain")

    with pytest.raises(InputError, match="plain does not keep versions") as error:
        BucketStore(s3, "plain").create("a.json", "text")
    assert "put-bucket-versioning" in error.value.hint


def test_two_processes_do_not_write_one_log_at_a_time(s3):
    ours, theirs = BucketStore(s3, "vending"), BucketStore(s3, "vending")
    ours.append("a.jsonl", "ours")
    theirs.append("a.jsonl", "theirs")

    with pytest.raises(Moved):
        ours.append("a.jsonl", "ours again")
    assert list(theirs.lines("a.jsonl")) == ["ours", "theirs"]


def test_a_bucket_keeps_what_was_replaced(s3):
    store = BucketStore(s3, "vending")
    store.create("a.json", "first")
    store.replace("a.json", "second", version=store.read("a.json").version)

    versions = s3.list_object_versions(Bucket="vending")["Versions"]

    assert len(versions) == 2


def test_the_lock_is_there_while_it_is_held_and_gone_after(store):
    with locked(store, "ana"):
        assert '"owner":"ana"' in store.read(LOCK).text

    assert store.read(LOCK) is None


def test_the_lock_is_gone_after_a_failure(store):
    with pytest.raises(ZeroDivisionError), locked(store, "ana"):
        1 / 0  # noqa: B018

    assert store.read(LOCK) is None


def test_a_held_lock_names_its_owner_and_since_when(store):
    with (
        locked(store, "ana@laptop, process 4711", clock=lambda: NOON),
        pytest.raises(InputError) as error,
        locked(store, "bob", clock=lambda: LATER),
    ):
        pass

    assert "ana@laptop, process 4711, since 2026-11-24 12:00 UTC (90 min)" in error.value.message
    assert str(store) in error.value.message
    assert "--break-lock" in error.value.hint


def test_a_lock_is_broken_only_on_demand_and_its_old_owner_does_not_remove_the_new_one(store):
    with locked(store, "dead"):
        with locked(store, "bob", break_lock=True):
            mine = store.read(LOCK)
            assert '"owner":"bob"' in mine.text
        store.create(LOCK, mine.text)

    assert store.read(LOCK) == mine


def test_a_lock_that_was_not_written_to_its_end_is_told_and_broken(store):
    store.create(LOCK, "")

    with pytest.raises(InputError, match="another run"), locked(store, "ana"):
        pass
    with locked(store, "ana", break_lock=True):
        pass
    assert store.read(LOCK) is None


def test_what_was_applied_last_is_read_back(store):
    assert last_applied(store) is None
    for digest in ("first", "second"):
        save_applied(store, LastApplied(at=NOON, plan=digest, live=LiveOrganization(management=MANAGEMENT)))

    assert last_applied(store).plan == "second"
    assert last_applied(store).live.management == MANAGEMENT


@pytest.fixture
def dead():
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_by(store, **changes):
    """The lock as a run left it that was killed."""
    with locked(store, "ana@laptop"):
        text = store.read(LOCK).text
    store.create(LOCK, Holder.model_validate_json(text).model_copy(update=changes).model_dump_json())


def test_the_lock_of_a_process_that_is_gone_is_taken_over(store, dead):
    left_by(store, process=dead)

    with locked(store, "bob"):
        assert Holder.model_validate_json(store.read(LOCK).text).owner == "bob"


def test_the_lock_of_a_process_that_runs_is_not(store):
    left_by(store, process=os.getppid())

    with pytest.raises(InputError, match="is locked in"), locked(store, "bob"):
        raise AssertionError("taken")


def test_the_lock_of_another_machine_is_not_taken_over_whatever_runs_here(store, dead):
    left_by(store, process=dead, machine="elsewhere")

    with pytest.raises(InputError, match="is locked in"), locked(store, "bob"):
        raise AssertionError("taken")


def test_the_lock_of_nobody_knows_who_is_not_taken_over(store):
    left_by(store, process=0, machine="")

    with pytest.raises(InputError, match="is locked in"), locked(store, "bob"):
        raise AssertionError("taken")
