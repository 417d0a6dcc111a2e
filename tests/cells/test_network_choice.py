"""NAT or endpoints or both: what traffic chooses, with the arithmetic that led to it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cells.cell_declaration import Context
from cells.images.lock import ImageLock
from cells.network_choice import ZONES, choose_network, nat_gateways
from cells.prices import price_table
from cells.product_file import ProductFile
from cells.resolution import Ground, resolve
from cells.sizes import SIZES
from cells.spec import ProductSpec
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.network import REQUIRED_WITHOUT_NAT, NetworkSettings
from constructs_lib.specs.traffic import TrafficSpec

REGION = "eu-west-1"
GIGABYTES = st.integers(0, 20_000).map(float)
TRAFFIC = st.builds(
    TrafficSpec,
    internet_gb=GIGABYTES,
    services_gb=st.dictionaries(st.sampled_from(["logs", "ecr.dkr", "sqs", "kms", "sts"]), GIGABYTES),
)


def cost(traffic: TrafficSpec, nat: str, endpoints: tuple[str, ...]) -> Decimal:
    """What a network costs for some traffic, reckoned anew."""
    usd = {name: price.usd[REGION] for name, price in price_table().prices.items() if REGION in price.usd}
    by_endpoint = sum(Decimal(gb) for name, gb in traffic.services_gb.items() if name in endpoints)
    by_nat = sum(Decimal(gb) for name, gb in traffic.services_gb.items() if name not in endpoints)
    return (
        nat_gateways(nat) * 730 * (usd["nat_gateway_hour"] + usd["public_ipv4_hour"])
        + (by_nat + Decimal(traffic.internet_gb)) * usd["nat_gateway_gb"]
        + len(endpoints) * ZONES * 730 * usd["interface_endpoint_hour"]
        + by_endpoint * usd["interface_endpoint_gb"]
    )


@given(TRAFFIC, st.sampled_from(["regional", "single"]))
def test_no_network_with_nat_is_cheaper_than_the_chosen_one(traffic: TrafficSpec, nat: str) -> None:
    chosen = choose_network(traffic, nat=nat, region=REGION)
    names = tuple(name for name, gb in traffic.services_gb.items() if gb > 0)

    own = cost(traffic, chosen.nat, chosen.interface_endpoints)

    assert own <= cost(traffic, nat, ())
    assert own <= cost(traffic, nat, names)


@given(TRAFFIC, st.sampled_from(["regional", "per_az", "single", "none"]))
def test_what_is_chosen_is_always_a_network_that_works(traffic: TrafficSpec, nat: str) -> None:
    chosen = choose_network(traffic, nat=nat, region=REGION)

    NetworkSettings(nat=chosen.nat, interface_endpoints=chosen.interface_endpoints)
    assert traffic.internet_gb == 0 or chosen.nat != "none"
    assert chosen.nat != "none" or set(REQUIRED_WITHOUT_NAT) <= set(chosen.interface_endpoints)


@pytest.mark.parametrize(
    "gigabytes,endpoints", [(633, ()), (634, ("logs",))], ids=["below the break-even", "above the break-even"]
)
def test_an_endpoint_pays_from_its_break_even_on(gigabytes: float, endpoints: tuple[str, ...]) -> None:
    # 24.09 / (0.048 - 0.01) = 633.9 GB
    traffic = TrafficSpec(internet_gb=1, services_gb={"logs": gigabytes})

    assert choose_network(traffic, nat="single", region=REGION).interface_endpoints == endpoints


def test_the_arithmetic_is_shown_line_by_line() -> None:
    traffic = TrafficSpec(internet_gb=5, services_gb={"logs": 1200, "ecr.dkr": 40})

    assert choose_network(traffic, nat="regional", region=REGION).arithmetic == (
        "an endpoint: 3 zones x 730 h x $0.011 = $24.09 a month",
        "ecr.dkr: 40 GB x $0.048 = $1.92 by NAT, $24.09 + 40 GB x $0.01 = $24.49 by endpoint: NAT",
        "logs: 1200 GB x $0.048 = $57.60 by NAT, $24.09 + 1200 GB x $0.01 = $36.09 by endpoint: endpoint",
        "NAT regional: 3 x $38.69 + 45 GB x $0.048 + 1 endpoints x $24.09 + 1200 GB x $0.01 = $154.32",
        "5 GB go to the internet, so NAT is needed",
    )


def test_much_traffic_to_services_only_needs_no_nat() -> None:
    traffic = TrafficSpec(
        internet_gb=0, services_gb=dict.fromkeys(("logs", "ecr.dkr", "sqs", "sns", "kms", "monitoring"), 5000)
    )

    chosen = choose_network(traffic, nat="regional", region=REGION)

    assert chosen.nat == "none"
    assert {"sns", "sqs", "monitoring", "ecr.api", "secretsmanager", "sts"} <= set(chosen.interface_endpoints)


def test_a_region_without_prices_is_an_error_that_says_what_to_add() -> None:
    with pytest.raises(InputError, match=r"cells/prices.yaml has no nat_gateway_gb for sa-east-1") as caught:
        choose_network(TrafficSpec(internet_gb=1), nat="single", region="sa-east-1")

    assert "eu-west-1" in caught.value.hint


def plan_of(workspace, **fields):
    spec = ProductSpec.model_validate({"name": "acme-crm", "summary": "A product", "owner": "a-team", **fields})
    return resolve(
        ProductFile(spec, None),
        "staging",
        ground=Ground(workspace.landing, workspace.registry),
        images=ImageLock(product="acme-crm"),
        context=Context(),
    )


def test_a_product_that_says_nothing_keeps_the_network_of_its_size(workspace) -> None:
    plan = plan_of(workspace)

    assert plan.settings.network == SIZES["staging"].network
    assert plan.network_arithmetic == ()
    assert plan.sources["network.nat"].kind == "size"


def test_traffic_chooses_and_is_named_as_the_source(workspace) -> None:
    plan = plan_of(workspace, traffic={"internet_gb": 5, "services_gb": {"logs": 1200}})

    assert (plan.settings.network.nat, plan.settings.network.interface_endpoints) == ("regional", ("logs",))
    assert plan.network.settings == plan.settings.network
    assert plan.sources["network.interface_endpoints"].kind == "traffic"
    assert plan.network_arithmetic[-1] == "5 GB go to the internet, so NAT is needed"


def test_an_environment_has_its_own_traffic_and_a_setting_still_wins(workspace) -> None:
    plan = plan_of(
        workspace,
        traffic={"internet_gb": 5, "services_gb": {"logs": 1200}},
        settings={"network.nat": "single"},
        environments={"staging": {"traffic": {"internet_gb": 1}}},
    )

    assert (plan.settings.network.nat, plan.settings.network.interface_endpoints) == ("single", ())
    assert plan.sources["network.nat"].kind == "product file"
