"""What a cell costs while nobody uses it: every part with its arithmetic, nothing estimated."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from cells.idle_cost import idle_cost
from cells.modules.module import Module
from cells.modules.partner_api import PartnerApiModule
from cells.modules.partner_api_settings import PartnerApiSpec
from cells.modules.permissions import PermissionsModule
from cells.modules.permissions_settings import PermissionsSpec
from cells.modules.search import SearchModule, SearchSpec
from cells.prices import PriceTable, price_table
from cells.settings import Settings
from cells.sizes import SIZES, Size
from constructs_lib.specs.search import InstanceType


@pytest.mark.parametrize("size", SIZES)
def test_every_size_has_an_idle_cost_in_both_regions(size: Size) -> None:
    for region in ("eu-west-1", "us-east-1"):
        cost = idle_cost(SIZES[size], region)
        assert cost.total > 0
        assert set(cost.unpriced) <= {"cache"}


def test_the_sum_is_that_of_its_parts() -> None:
    prod = idle_cost(SIZES["prod"], "eu-west-1")
    parts = {line.name: line.usd for line in prod.lines}

    assert parts["NAT gateways"] == Decimal("105.12")  # 3 zones x 730 h x 0.048
    assert parts["interface endpoints"] == Decimal("168.630")  # 7 endpoints x 3 zones x 730 h x 0.011
    assert parts["database"] == Decimal("102.20")  # writer and reader x 0.5 ACU x 730 h x 0.14
    assert parts["cache"] == Decimal("567.6480")  # 2 groups x 2 nodes x 730 h x 0.1944
    assert prod.total == sum(parts.values()).quantize(Decimal("0.01"))


def test_a_paused_database_costs_nothing() -> None:
    lines = {line.name: line for line in idle_cost(SIZES["prototype"], "us-east-1").lines}

    assert lines["database"].usd == 0


def test_what_has_no_price_is_named_and_not_guessed() -> None:
    cost = idle_cost(SIZES["dev"], "eu-west-1")

    assert cost.unpriced == ("cache",)
    assert str(cost).endswith(" + cache (no price)")
    assert idle_cost(SIZES["dev"], "sa-east-1").total == 0


def test_sizes_cost_more_the_bigger_they_are() -> None:
    totals = [idle_cost(SIZES[size], "us-east-1").total for size in ("prototype", "dev", "staging", "prod")]

    assert totals == sorted(totals)


def test_every_price_has_a_page_a_row_and_a_day() -> None:
    table = price_table()

    assert date(2026, 1, 1) < table.read < date(2027, 12, 31)
    assert all(price.row and price.page.startswith("https://aws.amazon.com/") for price in table.prices.values())


def test_every_node_type_of_a_size_is_in_the_table() -> None:
    assert {settings.cache.node_type for settings in SIZES.values()} <= set(price_table().prices)


def test_a_price_without_a_page_is_refused() -> None:
    document = price_table().model_dump(mode="json")
    document["prices"]["nat_gateway_gb"]["page"] = "https://example.com/pricing/"

    with pytest.raises(ValueError, match="page"):
        PriceTable.model_validate(document)


def test_an_override_changes_the_cost() -> None:
    values = SIZES["prod"].model_dump(mode="json")
    values["network"] |= {"nat": "single", "interface_endpoints": []}

    lines = {line.name for line in idle_cost(Settings.model_validate(values), "eu-west-1").lines}

    assert "interface endpoints" not in lines


def test_a_permission_service_is_paid_while_nobody_asks_it() -> None:
    module = PermissionsModule(PermissionsSpec(engine="openfga"))
    without, served = (idle_cost(SIZES["prod"], "eu-west-1", modules=modules) for modules in ((), (module,)))

    assert {line.name for line in served.lines} - {line.name for line in without.lines} == {"permission tasks"}
    (line,) = (line for line in served.lines if line.name == "permission tasks")
    assert line.arithmetic.startswith("2 x 730 h x (0.25 vCPU")
    assert line.usd is not None
    assert abs(served.total - without.total - line.usd) <= Decimal("0.01")


def test_rows_of_permissions_cost_nothing_of_their_own() -> None:
    assert idle_cost(SIZES["prod"], "eu-west-1", modules=[PermissionsModule()]) == idle_cost(SIZES["prod"], "eu-west-1")


def added(size: Size, region: str, *modules: Module, attached: bool = False) -> dict[str, Decimal | None]:
    """The lines that modules or an attachment add to a cell."""
    without = {line.name for line in idle_cost(SIZES[size], region).lines}
    lines = idle_cost(SIZES[size], region, modules=modules, attached=attached).lines
    return {line.name: line.usd for line in lines if line.name not in without}


def test_a_search_domain_is_paid_by_its_nodes_and_their_volumes() -> None:
    domain = SearchModule(SearchSpec(engine="opensearch", instance_type="m7g.medium.search", volume_gib=50))

    assert added("prod", "us-east-1", domain) == {
        "search nodes": Decimal("148.920"),  # 3 zones x 730 h x 0.068
        "search volumes": Decimal("18.300"),  # 3 x 50 GB x 0.122
    }
    assert added("dev", "us-east-1", domain)["search nodes"] == Decimal("49.640")
    assert added("prod", "us-east-1", SearchModule()) == {}


def test_the_cache_of_an_api_is_paid_where_it_is_on() -> None:
    assert added("prod", "us-east-1", PartnerApiModule(PartnerApiSpec(cache_gb="0.5"))) == {
        "API cache": Decimal("14.60")
    }
    assert added("prod", "us-east-1", PartnerApiModule(PartnerApiSpec(cache_gb=None))) == {}


def test_each_size_of_a_cache_without_a_price_is_named() -> None:
    cost = idle_cost(SIZES["prod"], "us-east-1", modules=[PartnerApiModule(PartnerApiSpec(cache_gb="6.1"))])

    assert cost.unpriced == ("API cache",)


def test_a_canary_is_paid_by_its_runs() -> None:
    values = SIZES["prod"].model_dump(mode="json") | {"canary": {"every_minutes": 5}}
    lines = {line.name: line for line in idle_cost(Settings.model_validate(values), "us-east-1").lines}

    assert lines["canary runs"].usd == Decimal("10.5120")  # 12 x 730 h x 0.0012


def test_a_cell_on_a_transit_gateway_pays_for_its_attachment() -> None:
    assert added("prod", "us-east-1", attached=True) == {"transit gateway attachment": Decimal("36.50")}


def test_every_type_of_search_node_is_in_the_table() -> None:
    assert set(get_args(InstanceType)) <= set(price_table().prices)
