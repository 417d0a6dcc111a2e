"""Metrics of orders are in one namespace of each product: what writes them and what watches them agree."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from assembly.load import CloudAssembly
from cells.module_settings import Override, settings_of
from cells.modules.order_feed import OrderFeedModule
from cells.plan import ModulePlan, Source
from constructs_lib.specs.errors import InputError


def written(value: JsonValue) -> Iterator[str]:
    """The namespaces that functions and containers are told."""
    if isinstance(value, dict):
        if value.get("Name") == "ORDER_METRICS_NAMESPACE":
            yield str(value["Value"])
        for name, item in value.items():
            if name == "METRICS_NAMESPACE":
                yield str(item)
            yield from written(item)
    elif isinstance(value, list):
        for item in value:
            yield from written(item)


def watched(value: JsonValue, metric: str) -> Iterator[str]:
    """The namespaces that alarms look for a metric in."""
    if isinstance(value, dict):
        if value.get("MetricName") == metric:
            yield str(value["Namespace"])
        for item in value.values():
            yield from watched(item, metric)
    elif isinstance(value, list):
        for item in value:
            yield from watched(item, metric)


@pytest.mark.parametrize(("product", "namespace"), [("nexusstream", "NexusStream"), ("shop3d", "Orders")])
def test_functions_and_containers_write_into_the_namespace_of_the_product(
    product_cell: Callable[[str, str], Path], product: str, namespace: str
) -> None:
    service = CloudAssembly.load(product_cell(product, "prod")).stack("ProductCell-Service")

    assert set(written(json.loads(json.dumps(service.resources)))) == {namespace}


def test_the_alarm_on_refused_orders_looks_where_they_are_counted(product_cell: Callable[[str, str], Path]) -> None:
    service = CloudAssembly.load(product_cell("nexusstream", "prod")).stack("ProductCell-Service")

    assert set(watched(json.loads(json.dumps(service.resources)), "OrdersRejected")) == {"NexusStream"}


@pytest.mark.parametrize("namespace", ["", "AWS/Orders", ":orders", "two words"])
def test_a_name_that_cloudwatch_keeps_for_itself_or_refuses_is_an_error_at_its_line(namespace: str) -> None:
    where = Source(kind="product file", where="cells/products/shop.yaml:7")
    override = Override(name="order-feed.metrics_namespace", value=namespace, source=where)

    with pytest.raises(InputError, match="shop.yaml:7: order-feed.metrics_namespace"):
        settings_of(OrderFeedModule, ModulePlan(name="order-feed", major=1, reason="chosen"), [override])
