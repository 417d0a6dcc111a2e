"""The registry's copy in the store brings back what a vanished machine recorded."""

import pytest

from accounts.ledger import load_registry, record_accounts, record_organization, write_registry
from accounts.vending.kept_registry import KeptRegistry
from accounts.vending.store import FolderStore
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.registry import OrganizationEntry, Registry
from tests.accounts.vending.world import products_named, write_cells

CELLS = {"acme-crm-dev", "acme-crm-staging", "acme-crm-prod"}


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "state")


@pytest.fixture
def checkout(tmp_path):
    """Makes a checkout as it was committed: the cells have ranges and no accounts."""

    def make(name):
        path = tmp_path / name / "registry.json"
        path.parent.mkdir()
        write_cells(path, products_named("acme-crm"))
        return path

    return make


def test_what_nobody_committed_comes_back_in_another_checkout(store, checkout):
    first, second = checkout("first"), checkout("second")
    record_accounts(first, {"log-archive": "333333333333", "acme-crm-dev": "111122223333"}, cells=CELLS)
    record_organization(first, OrganizationEntry(id="o-exampleorgid", root="r-exam"))
    KeptRegistry(store, first).keep()

    KeptRegistry(store, second).restore(cells=CELLS)

    assert load_registry(second) == load_registry(first)


def test_a_cell_that_the_checkout_does_not_declare_is_left_out(store, checkout):
    first, second = checkout("first"), checkout("second")
    record_accounts(first, {"acme-crm-dev": "111122223333"}, cells=CELLS)
    KeptRegistry(store, first).keep()

    KeptRegistry(store, second).restore(cells={"acme-crm-prod"})

    assert all(cell.account is None for cell in load_registry(second).cells)


def test_an_id_that_the_checkout_has_otherwise_is_an_error(store, checkout):
    first, second = checkout("first"), checkout("second")
    record_accounts(first, {"log-archive": "333333333333"})
    record_accounts(second, {"log-archive": "444444444444"})
    KeptRegistry(store, first).keep()

    with pytest.raises(InputError, match="says that the account log-archive is 444444444444, but it is 333333333333"):
        KeptRegistry(store, second).restore(cells=CELLS)


def test_without_a_copy_nothing_changes(store, checkout):
    path = checkout("first")
    before = path.read_bytes()

    KeptRegistry(store, path).restore(cells=CELLS)

    assert path.read_bytes() == before


def test_a_copy_is_written_only_when_the_registry_changed(store, checkout, tmp_path):
    path = checkout("first")
    kept = KeptRegistry(store, path)
    kept.keep()
    before = (tmp_path / "state" / "registry.json").stat().st_mtime_ns

    kept.keep()

    assert (tmp_path / "state" / "registry.json").stat().st_mtime_ns == before
    write_registry(path, Registry())
    kept.keep()
    assert (tmp_path / "state" / "registry.json").stat().st_mtime_ns != before


def test_a_copy_that_somebody_broke_is_told_and_not_taken(store, checkout):
    path = checkout("first")
    before = path.read_bytes()
    store.create("registry.json", '{"version": 1, "cells": 7}')

    with pytest.raises(InputError, match="registry.json in .* is no registry") as error:
        KeptRegistry(store, path).restore(cells=CELLS)

    assert "take it away" in error.value.hint
    assert path.read_bytes() == before
