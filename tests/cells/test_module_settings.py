"""Settings of modules: a product sets what the chosen major has, and every value knows where it came from."""

from pathlib import Path

import pytest

from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.module_settings import Override, settings_of
from cells.modules.module import Module
from cells.plan import ModulePlan, Source
from constructs_lib.specs.errors import InputError
from constructs_lib.specs.queue import ConsumedQueueSpec

ROOT = Path(__file__).parents[2]
RETENTION = "documents.revision_retention_days"


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Rewrites acme-crm's file in a copy of the declared files, and gives the workspace."""
    for name in ("accounts/organization.yaml", "accounts/registry.json", "cells/products/acme-crm.yaml"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((ROOT / name).read_text())
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cells/products/acme-crm.yaml"

    def write(*changes: tuple[str, str]) -> Workspace:
        text = path.read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path.write_text(text)
        return Workspace(tmp_path)

    return write


def test_a_name_without_a_major_stays_on_the_first(product) -> None:
    plan = product().plan("acme-crm", choice(environment="prod"))

    assert "documents@1" in [module.reference for module in plan.modules]


def test_a_setting_has_the_default_of_its_major(product) -> None:
    plan = product(("- documents", "- documents@2")).plan("acme-crm", choice(environment="prod"))

    assert plan.values()[RETENTION] == "365"
    assert str(plan.sources[RETENTION]) == "default documents@2"


def test_the_environment_wins_over_the_product_and_names_its_line(product) -> None:
    workspace = product(
        ("- documents", "- documents@2"),
        ("environments:", f"settings:\n  {RETENTION}: 100\nenvironments:"),
        ("database.readers: 2", f"{RETENTION}: 2555"),
    )

    prod, dev = (workspace.plan("acme-crm", choice(environment=name)) for name in ("prod", "dev"))

    assert (prod.values()[RETENTION], prod.sources[RETENTION].kind) == ("2555", "environment")
    assert prod.sources[RETENTION].where == "cells/products/acme-crm.yaml:19"
    assert (dev.values()[RETENTION], dev.sources[RETENTION].kind) == ("100", "product file")


def test_an_environment_may_be_on_a_newer_major_than_the_product(product) -> None:
    workspace = product(("dev: {}", "dev:\n    modules: [tasks, documents@2]"))

    dev, prod = (workspace.plan("acme-crm", choice(environment=name)) for name in ("dev", "prod"))

    assert "documents@2" in [module.reference for module in dev.modules]
    assert "documents@1" in [module.reference for module in prod.modules]
    assert str(dev.sources["modules"]) == "environment cells/products/acme-crm.yaml:13"


@pytest.mark.parametrize(
    "changes,message",
    [
        (
            [("database.readers: 2", f"{RETENTION}: 30")],
            "cells/products/acme-crm.yaml:17: module documents@1 has no setting 'revision_retention_days'",
        ),
        (
            [("- documents", "- notes"), ("database.readers: 2", f"{RETENTION}: 30")],
            f"cells/products/acme-crm.yaml:17: '{RETENTION}' sets a module that this cell does not have",
        ),
        (
            [("- documents", "- documents@2"), ("database.readers: 2", f"{RETENTION}: 0")],
            f"cells/products/acme-crm.yaml:17: {RETENTION}: input should be greater than or equal to 1, got 0",
        ),
        (
            [("database.readers: 2", "documents.revision_days: 30")],
            "environments.prod.settings.documents.revision_days is not a known setting",
        ),
        (
            [("- documents", "- documents\n  - documents@2")],
            "modules names 'documents' twice: a cell runs one major of a module",
        ),
    ],
)
def test_a_setting_that_the_module_does_not_have_is_an_error(product, changes, message: str) -> None:
    workspace = product(*changes)

    with pytest.raises(InputError) as caught:
        workspace.plan("acme-crm", choice(environment="prod"))

    assert message in caught.value.message


def test_a_setting_of_the_file_without_its_module_is_a_note_when_the_command_line_chose_the_modules(product) -> None:
    workspace = product(("- documents", "- documents@2"), ("database.readers: 2", f"{RETENTION}: 30"))

    plan = workspace.plan("acme-crm", choice(environment="prod", modules="tasks"))

    assert any(RETENTION in note and "has no effect" in note for note in plan.notes)


class Orders(Module):
    name = "orders"
    spec = ConsumedQueueSpec


def test_settings_that_do_not_fit_each_other_name_the_lines_that_set_them_and_the_cure() -> None:
    overrides = [
        Override(name=f"orders.{name}", value=value, source=Source(kind="product file", where=f"shop.yaml:{line}"))
        for name, value, line in (("visibility_seconds", 30, 7), ("timeout_seconds", 10, 8))
    ]

    with pytest.raises(InputError) as caught:
        settings_of(Orders, ModulePlan(name="orders", major=1, reason="chosen"), overrides)

    assert caught.value.message == (
        "shop.yaml:7, shop.yaml:8: orders: the queue hides a message for 30 s, but its function may run 10 s"
    )
    assert "set the visibility timeout to 60 s or more" in caught.value.hint
