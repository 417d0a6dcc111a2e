import json
import multiprocessing
from pathlib import Path

import pytest

from accounts import ledger
from accounts.landing import landing_of
from accounts.ledger import (
    load_registry,
    locked,
    record_accounts,
    record_attachment,
    record_cell,
    record_organization,
    write_registry,
)
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import Identity
from constructs_lib.specs.registry import AccountEntry, CellEntry, OrganizationEntry, Registry

CRM = Identity(product="acme-crm", environment="dev", region="eu-west-1")
SHOP = Identity(product="beta-shop", environment="dev", region="eu-west-1")


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "registry.json"
    write_registry(file, Registry(accounts={"log-archive": AccountEntry(id="333333333333", state="active")}))
    return file


def test_a_cell_is_recorded_with_the_next_range(path, organization):
    first = record_cell(path, organization, CRM, size="dev", domain="crm-dev.example.com")
    second = record_cell(path, organization, SHOP, size="dev", domain="shop-dev.example.com")

    assert (first.cidr, second.cidr) == ("10.0.0.0/21", "10.0.8.0/21")
    assert load_registry(path).cells == (first, second)
    assert load_registry(path).accounts["log-archive"].id == "333333333333"


def test_a_cell_without_an_account_is_pending_and_with_one_active(path, organization):
    assert record_cell(path, organization, CRM, size="dev", domain="crm-dev.example.com").state == "pending"
    entry = record_cell(path, organization, SHOP, size="dev", domain="shop-dev.example.com", account="111122223333")

    assert (entry.state, entry.account) == ("active", "111122223333")


def test_recording_a_cell_again_changes_nothing(path, organization):
    entry = record_cell(path, organization, CRM, size="dev", domain="crm-dev.example.com")
    before = path.read_bytes()

    assert record_cell(path, organization, CRM, size="prod", domain="other.example.com") == entry
    assert path.read_bytes() == before


def test_a_domain_belongs_to_one_cell(path, organization):
    record_cell(path, organization, CRM, size="dev", domain="crm-dev.example.com")

    with pytest.raises(InputError) as raised:
        record_cell(path, organization, SHOP, size="dev", domain="crm-dev.example.com")

    assert "'crm-dev.example.com' of beta-shop/dev/eu-west-1 belongs to acme-crm/dev/eu-west-1" in raised.value.message


def test_equal_registries_give_equal_bytes(path):
    crm = CellEntry(
        product="acme-crm", environment="dev", region="eu-west-1", cidr="10.0.0.0/21", domain="a.example.com"
    )
    shop = CellEntry(
        product="beta-shop", environment="dev", region="eu-west-1", cidr="10.0.8.0/21", domain="b.example.com"
    )
    accounts = {"ci-cd": AccountEntry(), "log-archive": AccountEntry()}

    write_registry(path, Registry(accounts=accounts, cells=(crm, shop)))
    one = path.read_bytes()
    write_registry(path, Registry(accounts=dict(reversed(accounts.items())), cells=(shop, crm)))

    assert path.read_bytes() == one
    assert one.endswith(b"}\n")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    before = path.read_bytes()

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_registry(path, Registry())

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["registry.json"]


def test_a_locked_registry_is_not_written(path, organization, monkeypatch):
    monkeypatch.setattr(ledger, "_LOCK_SECONDS", 0.1)

    with locked(path), pytest.raises(InputError) as raised:
        record_cell(path, organization, CRM, size="dev", domain="crm-dev.example.com")

    assert raised.value.message == "registry.json is being written by another command"


def _record(path, organization, product):
    identity = Identity(product=product, environment="dev", region="eu-west-1")
    record_cell(path, organization, identity, size="dev", domain=f"{product}.example.com")


def test_commands_at_the_same_time_lose_no_cell(path, organization):
    context = multiprocessing.get_context("fork")
    products = [f"product-{letter}" for letter in "abcdef"]
    writers = [context.Process(target=_record, args=(path, organization, product)) for product in products]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    cells = load_registry(path).cells
    assert [cell.product for cell in cells] == products
    assert sorted(cell.cidr for cell in cells) == sorted(f"10.0.{8 * i}.0/21" for i in range(6))


def test_an_overlap_in_the_file_is_an_error_with_file_and_line(path, registry):
    document = registry.model_dump(mode="json")
    document["cells"][1]["cidr"] = document["cells"][0]["cidr"]
    path.write_text(json.dumps(document, indent=2))

    with pytest.raises(InputError) as raised:
        load_registry(path)

    assert "registry.json:1: " in raised.value.message
    assert "overlaps" in raised.value.message


def test_an_account_id_that_lost_its_zeros_is_named_with_its_line(path):
    path.write_text('{\n  "accounts": {\n    "ci-cd": {"id": 1234, "state": "active"}\n  }\n}\n')

    with pytest.raises(InputError) as raised:
        load_registry(path)

    assert "registry.json:3: accounts.ci-cd.id" in raised.value.message


def test_the_example_registry_is_what_the_ledger_would_write(tmp_path):
    committed = Path(ledger.__file__).with_name("registry.json")
    write_registry(tmp_path / "registry.json", load_registry(committed))

    assert committed.read_bytes() == (tmp_path / "registry.json").read_bytes()


def test_the_domains_of_the_example_are_those_that_a_cell_computes(organization, registry):
    landing = landing_of(organization, registry)

    assert {cell.domain for cell in registry.cells} == {
        landing.cell_domain("crm", environment) for environment in ("dev", "staging", "prod")
    }


def test_a_platform_account_that_is_pending_has_the_sentinel(organization, registry):
    accounts = {**registry.accounts, "log-archive": AccountEntry()}

    landing = landing_of(organization, Registry(accounts=accounts))

    assert landing.log_archive_account == "000000000000"
    assert landing.network_hub_account == "444444444444"


def test_a_platform_account_that_is_missing_is_an_error(organization):
    with pytest.raises(InputError) as raised:
        landing_of(organization, Registry())

    assert "'log-archive' is missing from accounts/registry.json" in raised.value.message


def test_the_organization_is_recorded_and_what_is_not_said_stays(registry, tmp_path):
    path = tmp_path / "registry.json"
    write_registry(path, registry.model_copy(update={"organization": OrganizationEntry()}))
    record_organization(path, OrganizationEntry(id="o-exampleorgid", root="r-exam"))

    record_organization(path, OrganizationEntry(id="o-exampleorgid", identity_store="d-0123456789"))

    assert load_registry(path).organization == OrganizationEntry(
        id="o-exampleorgid", root="r-exam", identity_store="d-0123456789"
    )
    assert load_registry(path).accounts == registry.accounts


def test_the_registry_of_another_organization_is_refused(registry, tmp_path):
    path = tmp_path / "registry.json"
    write_registry(path, registry)

    with pytest.raises(InputError, match="is of the organization o-exampleorgid, but this is o-otherorgidx"):
        record_organization(path, OrganizationEntry(id="o-otherorgidx"))


def test_what_somebody_wrote_between_two_records_is_read(registry, tmp_path):
    path = tmp_path / "registry.json"
    record_to = registry.model_copy(update={"accounts": {}, "cells": ()})
    write_registry(path, record_to)
    record_accounts(path, {"log-archive": "111111111111"})
    path.write_text(path.read_text().replace("111111111111", "222222222222"))

    record_accounts(path, {"ci-cd": "333333333333"})

    recorded = load_registry(path).accounts
    assert (recorded["log-archive"].id, recorded["ci-cd"].id) == ("222222222222", "333333333333")


def test_what_somebody_broke_between_two_records_is_an_error(registry, tmp_path):
    path = tmp_path / "registry.json"
    write_registry(path, registry.model_copy(update={"accounts": {}, "cells": ()}))
    record_accounts(path, {"log-archive": "111111111111"})
    path.write_text(path.read_text().replace("111111111111", "1"))

    with pytest.raises(InputError, match="got '1'"):
        record_accounts(path, {"ci-cd": "333333333333"})


def test_an_account_is_recorded_under_one_name(registry, tmp_path):
    path = tmp_path / "registry.json"
    write_registry(path, registry.model_copy(update={"accounts": {}, "cells": ()}))
    record_accounts(path, {"log-archive": "111111111111"})

    with pytest.raises(InputError, match="the account 111111111111 is log-archive, but it is ci-cd"):
        record_accounts(path, {"ci-cd": "111111111111"})


def test_the_attachment_of_a_cell_is_recorded_once_and_for_no_other(path, organization):
    record_cell(path, organization, CRM, size="dev", domain="crm-dev.example.com")
    record_cell(path, organization, SHOP, size="dev", domain="shop-dev.example.com")

    assert record_attachment(path, CRM, "tgw-attach-0123456789abcdef0") is True
    assert record_attachment(path, CRM, "tgw-attach-0123456789abcdef0") is False
    assert record_attachment(path, CRM, "tgw-attach-0123456789abcdef1") is True
    assert load_registry(path).find(CRM).attachment == "tgw-attach-0123456789abcdef1"
    assert load_registry(path).find(SHOP).attachment is None


def test_an_attachment_of_a_cell_that_is_not_recorded_is_refused(path):
    with pytest.raises(InputError, match="is not in accounts/registry.json"):
        record_attachment(path, CRM, "tgw-attach-0123456789abcdef0")
