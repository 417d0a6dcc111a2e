"""Expand, migrate, contract: which release may follow which, and how far back a cell can go."""

import pytest

from cells.deploy.schema_gate import LiveSchema, SchemaGate
from cells.images.schema import SchemaVersion
from constructs_lib.specs.errors import DataLossError, InputError
from tests.cells.deploy.conftest import HOME, FakeClients

PARAMETER = "/cells/acme-crm/prod/eu-west-1/schema"

BEFORE = SchemaVersion(applies=10, keeps=9)
EXPAND = SchemaVersion(applies=11, keeps=10)
"""A column comes. Its code writes the old and the new one."""
LET_GO = SchemaVersion(applies=12, keeps=11)
"""Its code uses the new column only."""
CONTRACT = SchemaVersion(applies=13, keeps=12)
"""The old column goes."""


@pytest.fixture
def clients() -> FakeClients:
    return FakeClients(HOME)


def gate(clients: FakeClients, wanted: SchemaVersion | None) -> SchemaGate:
    return SchemaGate(clients, PARAMETER, wanted)


def deploy(clients: FakeClients, *releases: SchemaVersion) -> None:
    for release in releases:
        this = gate(clients, release)
        this.check()
        this.migrating()
        this.deployed()


def test_one_release_after_the_other_goes_through(clients: FakeClients) -> None:
    deploy(clients, BEFORE, EXPAND, LET_GO, CONTRACT)

    assert gate(clients, None).live() == LiveSchema(database=CONTRACT, running=13)


@pytest.mark.parametrize("running", [(BEFORE,), (BEFORE, EXPAND)])
def test_a_contraction_waits_until_the_code_that_has_let_go_runs(clients: FakeClients, running: tuple) -> None:
    deploy(clients, *running)

    with pytest.raises(DataLossError) as caught:
        gate(clients, CONTRACT).check()

    assert caught.value.exit_code == 3
    assert "break code older than 12" in caught.value.message
    assert f"code of schema {running[-1].applies} runs" in caught.value.message
    assert "deploy the release of schema 12 first" in caught.value.hint


def test_a_cell_goes_back_one_release_but_not_behind_a_contraction(clients: FakeClients) -> None:
    deploy(clients, BEFORE, EXPAND, LET_GO, CONTRACT)
    deploy(clients, LET_GO)

    with pytest.raises(DataLossError, match="the database has schema 13, which breaks code older than 12"):
        gate(clients, EXPAND).check()


def test_after_going_back_the_next_release_is_held_against_the_code_that_runs(clients: FakeClients) -> None:
    deploy(clients, BEFORE, EXPAND, LET_GO, EXPAND)

    with pytest.raises(DataLossError, match="code of schema 11 runs"):
        gate(clients, CONTRACT).check()


def test_migrations_that_ended_without_their_code_leave_the_old_code_on_record(clients: FakeClients) -> None:
    deploy(clients, BEFORE)
    gate(clients, EXPAND).migrating()

    assert gate(clients, None).live() == LiveSchema(database=EXPAND, running=10)
    deploy(clients, EXPAND)
    assert gate(clients, None).live() == LiveSchema(database=EXPAND, running=11)


def test_without_any_declaration_nothing_is_checked_or_noted(clients: FakeClients) -> None:
    this = gate(clients, None)
    this.check()
    this.migrating()
    this.deployed()

    assert clients.ssm.values == {}


def test_who_has_declared_goes_on_declaring(clients: FakeClients) -> None:
    deploy(clients, BEFORE)

    with pytest.raises(InputError, match="the migrations of this release declare none"):
        gate(clients, None).check()


def test_a_new_database_starts_anew(clients: FakeClients) -> None:
    deploy(clients, BEFORE)
    gate(clients, None).forget()

    deploy(clients, CONTRACT)
