from pathlib import Path

import pytest

from cells.cell_declaration import Context
from cells.cli.workspace import Workspace
from cells.images.lock import load_lock
from cells.plan import CellPlan
from cells.product_file import load_product
from cells.resolution import Ground, resolve
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.identity import SENTINEL_ACCOUNT, Environment
from constructs_lib.specs.registry import Registry

BASE = """\
name: acme-crm
summary: A test
owner: team@example.com
modules: [tasks]
"""


@pytest.fixture
def plan_of(workspace: Workspace, tmp_path: Path):
    def plan(
        text: str = BASE, environment: Environment = "prod", *, context: Context | None = None, pending: bool = False
    ) -> CellPlan:
        (tmp_path / "acme-crm.yaml").write_text(text)
        registry = workspace.registry
        if pending:
            cells = [cell.model_copy(update={"state": "pending", "account": None}) for cell in registry.cells]
            registry = Registry(accounts=registry.accounts, cells=tuple(cells))
        return resolve(
            load_product("acme-crm", tmp_path),
            environment,
            ground=Ground(workspace.landing, registry),
            images=load_lock("acme-crm", tmp_path),
            context=context,
        )

    return plan


def test_a_value_comes_from_the_size_when_nothing_else_is_said(plan_of) -> None:
    plan = plan_of()

    assert plan.settings.database.max_acu == 128
    assert str(plan.sources["database.max_acu"]) == "size prod"


def test_the_later_layer_wins_and_the_source_says_so(plan_of) -> None:
    text = BASE + (
        "settings:\n  database.max_acu: 16\n  api.max_tasks: 5\n"
        "environments:\n  prod:\n    settings:\n      api.max_tasks: 7\n"
    )

    plan = plan_of(text, context=Context(settings={"worker.max_tasks": 9}))

    assert (plan.settings.database.max_acu, plan.settings.api.max_tasks, plan.settings.worker.max_tasks) == (16, 7, 9)
    assert plan.sources["database.max_acu"].where.endswith("acme-crm.yaml:6")
    assert plan.sources["api.max_tasks"].kind == "environment"
    assert plan.sources["api.max_tasks"].where.endswith("acme-crm.yaml:11")
    assert plan.sources["worker.max_tasks"].kind == "context"


def test_every_value_has_a_source(plan_of) -> None:
    plan = plan_of()

    assert set(plan.values()) - set(plan.sources) == set()


def test_modules_of_the_command_line_replace_those_of_the_file_and_the_plan_says_so(plan_of) -> None:
    plan = plan_of(context=Context(modules=("notes",)))

    assert [module.name for module in plan.modules if module.reason == "chosen"] == ["notes"]
    assert plan.modules_from_context
    assert "modules are those of the command line; they replace the product file's" in plan.notes


def test_a_pending_cell_gets_the_sentinel_account(plan_of) -> None:
    plan = plan_of(pending=True)

    assert plan.account == SENTINEL_ACCOUNT
    assert plan.pending
    assert "has no account yet" in plan.notes[0]


def test_decommissioning_takes_the_protection_off(plan_of) -> None:
    text = BASE + "environments:\n  prod:\n    decommission: {reason: the product is closed, owner: team}\n"

    plan = plan_of(text)

    assert not plan.settings.protection.deletion_protection
    assert plan.settings.protection.removal == "destroy"


@pytest.mark.parametrize(
    "name,addition,message,hint",
    [
        (
            "a size that production forbids",
            "environments:\n  prod: {size: prototype}\n",
            "protection.removal must be retain in prod (from size prototype)",
            "set `protection.removal` in the settings of prod",
        ),
        (
            "a range turned round",
            "settings:\n  database.max_acu: 0.5\n",
            "acme-crm.yaml:6: database.max_acu: input should be greater than or equal to 1, got 0.5",
            "the value comes from product file",
        ),
        (
            "a rule over two fields",
            "settings:\n  api.min_tasks: 20\n",
            "acme-crm.yaml:6: api: min_tasks must be <= max_tasks (10), got 20",
            "",
        ),
        ("a region that is not governed", "region: ap-south-1\n", "region 'ap-south-1' is not governed", "eu-west-1"),
        (
            "an unknown setting",
            "settings:\n  database.max_acus: 1\n",
            "acme-crm.yaml:6: settings.database.max_acus is not a known setting",
            "did you mean 'database.max_acu'?",
        ),
        ("an unknown module", "environments: {prod: {}}\nmodules: [documets]\n", "found duplicate key", ""),
    ],
)
def test_rejects(plan_of, name: str, addition: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        plan_of(BASE + addition)

    assert message in caught.value.message, name
    assert hint in caught.value.hint


def test_an_environment_that_the_product_does_not_have_names_those_it_has(plan_of) -> None:
    with pytest.raises(InputError, match="has no environment 'sandbox'") as caught:
        plan_of(environment="sandbox")

    assert "dev, staging, prod" in caught.value.hint


def test_a_cell_that_is_not_recorded_says_how_to_record_it(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "acme-crm.yaml").write_text(BASE)

    with pytest.raises(InputError, match=r"acme-crm/prod/eu-west-1 is not in accounts/registry\.json") as caught:
        resolve(
            load_product("acme-crm", tmp_path),
            "prod",
            ground=Ground(workspace.landing, Registry()),
            images=load_lock("acme-crm", tmp_path),
        )

    assert "cells new acme-crm" in caught.value.hint


@pytest.mark.parametrize(("environment", "segment"), [("dev", "non-prod"), ("staging", "non-prod"), ("prod", "prod")])
def test_a_cell_is_told_who_signs_the_tokens_of_its_segment(workspace, tmp_path, environment, segment) -> None:
    issuers = {one: f"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_{one}" for one in ("prod", "non-prod")}
    known = workspace.registry.organization.model_copy(update={"issuers": issuers})
    ground = Ground(workspace.landing, workspace.registry.model_copy(update={"organization": known}))
    (tmp_path / "acme-crm.yaml").write_text(BASE)

    plan = resolve(
        load_product("acme-crm", tmp_path), environment, ground=ground, images=load_lock("acme-crm", tmp_path)
    )

    assert plan.issuer == issuers[segment]
    assert plan.values()["issuer"] == issuers[segment]
    assert plan.sources["issuer"].kind == "registry"


def test_a_cell_is_told_nothing_while_the_registry_knows_no_issuer(plan_of) -> None:
    assert plan_of().issuer is None
    assert "issuer" not in plan_of().values()


ATTACHED = BASE + "settings: {network.attachment: true}\n"


def test_an_attachment_leads_to_the_gateway_of_the_region_and_the_ranges_of_the_lines(workspace, tmp_path) -> None:
    known = workspace.registry.organization.model_copy(
        update={"transit_gateways": {"eu-west-1": "tgw-0123456789abcdef0"}}
    )
    landing = workspace.landing.model_copy(update={"outside_ranges": ("172.16.0.0/12",)})
    (tmp_path / "acme-crm.yaml").write_text(ATTACHED)

    plan = resolve(
        load_product("acme-crm", tmp_path),
        "prod",
        ground=Ground(landing, workspace.registry.model_copy(update={"organization": known})),
        images=load_lock("acme-crm", tmp_path),
    )

    assert plan.network.attachment.transit_gateway == "tgw-0123456789abcdef0"
    assert plan.network.attachment.ranges == ("172.16.0.0/12",)


def test_an_attachment_without_a_known_gateway_is_refused_with_its_line(plan_of) -> None:
    with pytest.raises(InputError) as raised:
        plan_of(ATTACHED)

    assert "acme-crm.yaml:5: network.attachment is on" in raised.value.message
    assert "knows no transit gateway of eu-west-1" in raised.value.message
    assert "cells org apply" in raised.value.hint


def test_a_cell_is_attached_to_nothing_unless_it_asks(plan_of) -> None:
    assert plan_of().network.attachment is None
