"""The journal remembers, across runs, what AWS was asked for and did not answer."""

from datetime import UTC, datetime

import pytest

from accounts.vending.journal import Entry, Journal
from accounts.vending.store import FolderStore
from constructs_lib.specs.errors import CellsError

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STEP = "create-account:crm-dev"


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path)


def opened(store, plan="a" * 64):
    return Journal(store, plan, clock=lambda: NOON)


def entries(store):
    (log,) = (store._path / "journal").iterdir()
    return [Entry.model_validate_json(line) for line in store.lines(f"journal/{log.name}")]


def test_every_line_says_when_for_which_plan_and_what(store):
    journal = opened(store)
    journal.begin()
    journal.note("asked", STEP, "car-12345678")
    journal.end()

    assert [(one.event, one.step, one.detail) for one in entries(store)] == [
        ("begin", "", ""),
        ("asked", STEP, "car-12345678"),
        ("end", "", ""),
    ]
    assert {(one.at, one.plan) for one in entries(store)} == {(NOON, "a" * 64)}


def test_a_run_that_did_not_end_is_gone_on_with(store):
    opened(store).begin()

    again = opened(store, "b" * 64)

    assert again.resumed
    again.begin()
    assert [one.plan[0] for one in entries(store)] == ["a", "b"]


def test_a_run_that_ended_is_not_gone_on_with(store):
    journal = opened(store)
    journal.begin()
    journal.note("asked", STEP, "car-12345678")
    journal.end()

    again = opened(store)

    assert not again.resumed
    assert again.request_of(STEP) == ""


ENDINGS = [
    ("asked and not answered", [("asked", "car-1")], "car-1"),
    ("asked twice", [("asked", "car-1"), ("asked", "car-2")], "car-2"),
    ("done", [("asked", "car-1"), ("done", "123456789012")], ""),
    ("failed: AWS may still work on it", [("asked", "car-1"), ("failed", "took too long")], "car-1"),
    ("failed and asked again", [("asked", "car-1"), ("failed", "no"), ("asked", "car-2")], "car-2"),
    ("only begun", [("start", "")], ""),
]


@pytest.mark.parametrize(("notes", "expected"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS])
def test_a_request_is_open_until_its_step_is_done(store, notes, expected):
    journal = opened(store)
    journal.begin()
    for event, detail in notes:
        journal.note(event, STEP, detail)
    journal.note("asked", "create-account:other", "car-9")

    assert opened(store).request_of(STEP) == expected
    assert opened(store).request_of("create-account:other") == "car-9"


def test_a_line_that_a_crash_cut_off_is_passed_over(store, tmp_path):
    journal = opened(store)
    journal.begin()
    journal.note("asked", STEP, "car-12345678")
    (log,) = (tmp_path / "journal").iterdir()
    whole = log.read_text()
    for length in range(1, 60, 7):
        log.write_text(whole + whole.splitlines()[1][:length] + "\n")

        assert opened(store).request_of(STEP) == "car-12345678"


def test_a_line_that_nobody_of_us_wrote_is_an_error(store, tmp_path):
    opened(store).begin()
    (log,) = (tmp_path / "journal").iterdir()
    log.write_text("by hand\n")

    with pytest.raises(CellsError, match="by hand"):
        opened(store)
