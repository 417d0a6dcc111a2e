"""The page about cost, from the price table and the sizes."""

from cells.cli.markdown import table
from cells.idle_cost import LEFT_OUT, idle_cost
from cells.network_choice import choose_network
from cells.prices import price_table
from cells.sizes import SIZE_NAMES, SIZES
from constructs_lib.specs.traffic import TrafficSpec

_EXAMPLE = TrafficSpec(internet_gb=5, services_gb={"logs": 1200, "ecr.dkr": 40})

_CHOICE = (
    "A size brings its NAT gateways and endpoints. A product that says what it sends out gets the cheaper network "
    "instead, worked out for each of its environments and regions; `cells show PRODUCT --explain` prints the "
    "arithmetic. Settings such as `network.nat` still win. A product without `traffic` keeps the network of its size."
)


def cost_page(generated: str) -> str:
    """What every size costs while idle, how traffic chooses a network, and every price with its source."""
    prices = price_table()
    lines = [
        "# Cost",
        "",
        generated,
        "",
        "## What a cell costs while nobody uses it",
        "",
        f"US dollars a month, without {LEFT_OUT}. Modules add what they ask for: search nodes, a cache of the API. "
        "`cells show PRODUCT -e ENV --explain` prints every part.",
        "",
        *table(
            ("size", *prices.regions),
            [(size, *(str(idle_cost(SIZES[size], region)) for region in prices.regions)) for size in SIZE_NAMES],
        ),
        "",
        "## NAT, endpoints, or both",
        "",
        _CHOICE,
        "",
        "```yaml",
        "traffic:",
        f"  internet_gb: {_EXAMPLE.internet_gb:g}",
        f"  services_gb: {{ {', '.join(f'{name}: {gb:g}' for name, gb in _EXAMPLE.services_gb.items())} }}",
        "```",
        "",
        "For these numbers, in a staging cell in eu-west-1:",
        "",
        *(f"- {line}" for line in _example()),
        "",
        "## Prices",
        "",
        "`cells/prices.yaml`. AWS draws the numbers of a region into its pages by a script, so each was read from the "
        "row of the AWS Price List that stands behind the page, as public copies quote it. What was not found is not "
        "in the table.",
        "",
        *table(
            ("price", "unit", *prices.regions, "row", "page", "read"),
            [
                (
                    f"`{name}`",
                    price.unit,
                    *(f"${price.usd[region]}" if region in price.usd else "" for region in prices.regions),
                    f"`{price.row}`",
                    f"<{price.page}>",
                    (price.read or prices.read).isoformat(),
                )
                for name, price in prices.prices.items()
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _example() -> tuple[str, ...]:
    return choose_network(_EXAMPLE, nat=SIZES["staging"].network.nat, region="eu-west-1").arithmetic
