"""Bad input: a clear error, the offending value, what to change, exit code 2, and nothing touched."""

import errno
from pathlib import Path

import pytest

from assembly.errors import AssemblyError
from cells.cli.errors import report
from constructs_lib.specs.errors import CellsError, DataLossError, InputError
from local.error import LocalError
from tests.cli.conftest import Cells


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def product(project: Path) -> Path:
    return project / "cells" / "products" / "acme-crm.yaml"


def test_an_unknown_product_names_the_closest(cells: Cells) -> None:
    result = cells("show", "acme-cmr")

    assert result.code == 2
    assert result.err == (
        "error: unknown product 'acme-cmr'\nhint: did you mean 'acme-crm'?; `cells new acme-cmr` makes a new one\n"
    )
    assert result.out == ""


def test_an_unknown_module_names_the_closest(cells: Cells) -> None:
    result = cells("show", "acme-crm", "--modules", "tasks,docments")

    assert (result.code, result.err) == (2, "error: unknown module 'docments'\nhint: did you mean 'documents'?\n")


def test_an_unknown_environment_lists_the_known(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-e", "production")

    assert result.code == 2
    assert result.err == "error: unknown environment 'production'\nhint: choose one of dev, staging, prod, sandbox\n"


def test_an_environment_that_the_product_does_not_have_names_the_line_to_change(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-e", "sandbox")

    assert result.code == 2
    assert "product 'acme-crm' has no environment 'sandbox'" in result.err
    assert "hint: it has dev, staging, prod; add it to cells/products/acme-crm.yaml:11" in result.err


def test_an_unknown_field_is_named_with_file_and_line(cells: Cells, project: Path) -> None:
    append(product(project), "modulse: []\n")

    result = cells("show", "acme-crm")

    assert result.code == 2
    assert result.err.startswith("error: cells/products/acme-crm.yaml:18: modulse is not a known field\n")
    assert "did you mean 'modules'?" in result.err


def test_broken_yaml_is_named_with_file_and_line(cells: Cells, project: Path) -> None:
    append(product(project), "settings: {a: [1\n")

    result = cells("synth", "acme-crm")

    assert result.code == 2
    assert "error: cells/products/acme-crm.yaml:19:" in result.err
    assert "hint: check indentation" in result.err


def test_a_double_key_is_refused(cells: Cells, project: Path) -> None:
    append(product(project), "owner: someone-else\n")

    result = cells("show", "acme-crm")

    assert result.code == 2
    assert "acme-crm.yaml:18" in result.err
    assert "duplicate key" in result.err


def test_a_region_outside_the_governed_list_is_refused(cells: Cells) -> None:
    result = cells("show", "acme-crm", "--region", "ap-southeast-2")

    assert result.code == 2
    assert "region 'ap-southeast-2' is not governed" in result.err
    assert "governed regions are eu-west-1, us-east-1" in result.err


def test_a_cell_that_is_not_in_the_registry_is_refused(cells: Cells) -> None:
    result = cells("show", "acme-crm", "--region", "us-east-1")

    assert result.code == 2
    assert "cell acme-crm/dev/us-east-1 is not in accounts/registry.json" in result.err


def test_an_account_that_is_missing_from_the_registry_is_refused(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    path.write_text(path.read_text().replace('"network-hub"', '"network-hub-2"'))

    result = cells("show", "acme-crm")

    assert result.code == 2
    assert "the account 'network-hub' is missing from accounts/registry.json" in result.err


def test_overlapping_ranges_are_refused(cells: Cells, project: Path) -> None:
    path = project / "accounts" / "registry.json"
    path.write_text(path.read_text().replace("10.0.32.0/20", "10.0.16.0/21"))

    result = cells("show", "acme-crm")

    assert result.code == 2
    assert "overlaps" in result.err


def test_a_setting_on_the_command_line_is_checked(cells: Cells) -> None:
    unknown = cells("show", "acme-crm", "--set", "database.max_acus=8")
    empty = cells("show", "acme-crm", "--set", "database.max_acu")
    wrong = cells("show", "acme-crm", "--set", "database.max_acu=many")

    assert unknown.err == "error: 'database.max_acus' is not a known setting\nhint: did you mean 'database.max_acu'?\n"
    assert empty.err.startswith("error: '--set database.max_acu' has no value\n")
    assert "database.max_acu" in wrong.err
    assert {unknown.code, empty.code, wrong.code} == {2}


def test_production_rules_cannot_be_switched_off(cells: Cells) -> None:
    result = cells("show", "acme-crm", "-e", "prod", "--set", "api.execute_command=true")

    assert result.code == 2
    assert "api.execute_command must be false in prod" in result.err


def test_an_unknown_command_names_the_closest(cells: Cells) -> None:
    result = cells("shwo", "acme-crm")

    assert (result.code, result.err) == (2, "error: unknown command 'shwo'\nhint: did you mean 'show'?\n")


def test_a_wrong_option_is_wrong_input(cells: Cells) -> None:
    result = cells("show", "acme-crm", "--enviroment", "dev")

    assert result.code == 2
    assert result.err.startswith("error: no such option: --enviroment")
    assert "hint: `cells show --help` shows what it takes" in result.err


def test_a_missing_argument_is_wrong_input(cells: Cells) -> None:
    result = cells("show")

    assert result.code == 2
    assert result.err.startswith("error: missing argument 'PRODUCT'")


@pytest.mark.parametrize(
    "error,code",
    [
        (CellsError("it failed", hint="mend it"), 1),
        (InputError("it failed", hint="mend it"), 2),
        (DataLossError("it failed", hint="mend it"), 3),
        (AssemblyError("it failed", "mend it"), 1),
        (LocalError("it failed", "mend it"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_room_s_errors_are_told_alike(error: Exception, code: int) -> None:
    told = report(error)

    assert (told.message, told.hint, told.exit_code) == ("it failed", "mend it", code)


def test_an_interruption_ends_with_130() -> None:
    told = report(KeyboardInterrupt())

    assert (told.message, told.exit_code) == ("interrupted", 130)


def test_an_unexpected_error_is_one_line_and_points_to_debug() -> None:
    told = report(ValueError("first\nsecond"))

    assert told.message == "internal: ValueError: first"
    assert "--debug" in told.hint
    assert told.exit_code == 1


def test_what_the_cdk_refuses_is_not_called_internal() -> None:
    from aws_cdk import App, Stack

    app = App(builtin_cloud_formation_validation=False)
    Stack(app, "Data")
    with pytest.raises(RuntimeError) as caught:
        Stack(app, "Data")

    told = report(caught.value)

    assert told.message.startswith("the CDK refused: There is already a Construct with name 'Data'")
    assert told.exit_code == 1


def test_an_error_of_the_system_names_the_file() -> None:
    told = report(OSError(errno.ENOSPC, "No space left on device", "cdk.out/manifest.json"))

    assert told.message == "cdk.out/manifest.json: no space left on device"


def test_no_traceback_without_debug(cells: Cells) -> None:
    plain = cells("show", "nothing")
    debug = cells("show", "nothing", "--debug")

    assert "Traceback" not in plain.err
    assert "Traceback" in debug.err
    assert debug.err.endswith(plain.err)
