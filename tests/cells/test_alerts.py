"""Alarms of a cell go where its product file says, from both regions; without a word nothing is built."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.stacks.execution_policy import SERVICES
from assembly.load import CloudAssembly
from cells.cell_declaration import Context
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.images.lock import ImageLock
from cells.plan import CellPlan
from cells.product_file import ProductFile
from cells.resolution import Ground, resolve
from cells.spec import ProductSpec

Synthesize = Callable[[CellPlan], Path]


def plan_of(workspace: Workspace, alerts: object, prod: object = None) -> CellPlan:
    spec = ProductSpec.model_validate(
        {
            "name": "acme-crm",
            "summary": "A product",
            "owner": "a-team",
            "alerts": alerts,
            "environments": {"dev": {}, "prod": {"alerts": prod} if prod is not None else {}},
        }
    )
    return resolve(
        ProductFile(spec, None),
        "prod",
        ground=Ground(workspace.landing, workspace.registry),
        images=ImageLock(product="acme-crm"),
        context=Context(),
    )


@pytest.fixture(scope="module")
def assembly(workspace: Workspace, synthesize: Synthesize) -> CloudAssembly:
    alerts = {
        "email": [{"address": "ops@example.com"}],
        "slack": {"workspace": "T01", "channel": "C01"},
        "pagerduty": {},
    }
    return CloudAssembly.load(synthesize(plan_of(workspace, alerts)))


def types(assembly: CloudAssembly, stack: str) -> list[str]:
    found = assembly.stack(stack)
    return [found.resource_type(id) for id in found.resources]


def test_the_leaf_subscribes_to_both_topics_and_the_data_layer_keeps_the_url(assembly: CloudAssembly) -> None:
    assert types(assembly, "ProductCell").count("AWS::SNS::Subscription") == 4
    assert types(assembly, "ProductCell").count("AWS::Chatbot::SlackChannelConfiguration") == 1
    secrets = [
        resource["Properties"]
        for resource in assembly.stack("ProductCell-Data").resources.values()
        if {"Key": "cells:secret", "Value": "alerts/pagerduty-url"} in resource.get("Properties", {}).get("Tags", [])
    ]
    assert len(secrets) == 1
    assert "GenerateSecretString" not in secrets[0]


def test_a_cell_without_alerts_has_nothing_of_it(cell: Callable[[str], Path]) -> None:
    found = types(CloudAssembly.load(cell("prod")), "ProductCell")

    assert "AWS::Chatbot::SlackChannelConfiguration" not in found
    assert "AWS::SNS::Subscription" not in found


def test_the_environment_says_instead_of_the_product(workspace: Workspace) -> None:
    everywhere = {"email": [{"address": "ops@example.com"}]}

    product, own, quiet = (
        plan_of(workspace, everywhere, prod)
        for prod in (None, {"email": [{"address": "night@example.com", "alarms": ["cell-data"]}]}, {})
    )

    assert product.values()["alerts.email"] == "ops@example.com"
    assert product.sources["alerts.email"].kind == "product file"
    assert own.values()["alerts.email"] == "night@example.com (cell-data)"
    assert (quiet.values()["alerts.email"], quiet.sources["alerts.email"].kind) == ("none", "environment")


def test_without_a_word_the_source_says_so(workspace: Workspace) -> None:
    plan = workspace.plan("acme-crm", choice(environment="prod"))

    assert plan.values()["alerts.slack"] == "none"
    assert str(plan.sources["alerts.slack"]) == "default nowhere but the dashboard"


def test_cloudformation_may_make_what_carries_alarms() -> None:
    assert {"sns", "chatbot", "secretsmanager"} <= set(SERVICES)
