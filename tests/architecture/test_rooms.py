"""Imports run one way, and some things appear nowhere."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("accounts", "assembly", "cells", "constructs_lib", "local")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

MAY_IMPORT = {
    "constructs_lib.specs": {"constructs_lib.specs"},
    "constructs_lib": {"constructs_lib"},
    "cells.cli": {"accounts", "assembly", "cells", "constructs_lib", "local"},
    "cells.deploy": {"assembly", "cells", "constructs_lib"},
    "cells.fleet": {"assembly", "cells", "constructs_lib"},
    "cells": {"cells", "constructs_lib"},
    "accounts": {"accounts", "constructs_lib"},
    "assembly": {"assembly"},
    "local": {"local"},
}

DOCUMENTED_ACCOUNTS = {digit * 12 for digit in "0123456789"} | {
    "111122223333",
    "444455556666",
    "777788889999",
    "123456789012",
    "017000801446",  # of AWS: it publishes the Powertools layers
}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def room_of(name: str) -> str:
    return next(room for room in MAY_IMPORT if name == room or name.startswith(f"{room}."))


@cache
def read(path: Path) -> tuple[str, frozenset[str], frozenset[str]]:
    """The text of a file, what it imports and the names in it: each file is read once for all rules."""
    text = path.read_text()
    imports: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports.add(node.module)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    return text, frozenset(imports), frozenset(names)


def text_of(path: Path) -> str:
    return read(path)[0]


def imports_of(path: Path) -> frozenset[str]:
    return read(path)[1]


def test_there_are_files_to_look_at() -> None:
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_run_one_way(path: Path) -> None:
    room = room_of(module_name(path))
    allowed = MAY_IMPORT[room]

    ours = {name for name in imports_of(path) if name.partition(".")[0] in (*ROOMS, "app")}

    wrong = {name for name in ours if not any(name == a or name.startswith(f"{a}.") for a in allowed)}
    assert not wrong, f"{module_name(path)} in {room} imports {wrong}"


@pytest.mark.parametrize("path", [p for p in FILES if not module_name(p).startswith("cells.cli")], ids=module_name)
def test_nothing_but_the_command_line_imports_the_command_line(path: Path) -> None:
    assert not {name for name in imports_of(path) if name.startswith("cells.cli")}


STARTS_PROCESSES = {"cells.cli.process", "cells.cli.cdk", "cells.images.placeholder.build", "local.process"}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_processes_start_in_one_place(path: Path) -> None:
    assert "subprocess" not in imports_of(path) or module_name(path) in STARTS_PROCESSES


@pytest.mark.parametrize("path", [p for p in FILES if module_name(p) == "cells.fleet.worker"], ids=module_name)
def test_the_worker_imports_nothing_of_the_project(path: Path) -> None:
    assert not {name for name in imports_of(path) if name.partition(".")[0] in ROOMS}


@pytest.mark.parametrize("path", [p for p in FILES if "specs" in p.parts], ids=module_name)
def test_specs_are_pure(path: Path) -> None:
    assert not {name for name in imports_of(path) if name.partition(".")[0] in ("aws_cdk", "boto3", "constructs")}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_account_id_stands_in_code(path: Path) -> None:
    found = set(re.findall(r"(?<![\da-f])\d{12}(?![\da-f])", text_of(path)))

    assert found <= DOCUMENTED_ACCOUNTS


@pytest.mark.parametrize("path", [p for p in FILES if module_name(p).partition(".")[0] != "local"], ids=module_name)
def test_no_partition_is_written_out(path: Path) -> None:
    assert "arn:aws:" not in text_of(path)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_any_and_no_bare_ignore(path: Path) -> None:
    text, _, names = read(path)

    assert "Any" not in names
    assert not re.search(r"#\s*type:\s*ignore(?!\[)", text)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_drawer_for_everything(path: Path) -> None:
    assert path.stem not in ("utils", "helpers", "common", "constants")


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if module_name(p).partition(".")[0] in ("constructs_lib", "accounts") or "layers" in p.parts],
    ids=module_name,
)
def test_synth_reads_no_environment_clock_or_randomness(path: Path) -> None:
    if "lambdas" in path.parts or module_name(path).startswith("accounts.vending"):
        pytest.skip("runs in AWS or against it, not at synth")
    wrong = imports_of(path) & {"os", "time", "random", "uuid", "socket", "urllib.request", "boto3", "subprocess"}

    assert not wrong or module_name(path) in ("accounts.ledger",), f"{module_name(path)} imports {wrong}"


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_forbidden_cdk_features_are_not_used(path: Path) -> None:
    for name in ("CfnParameter", "override_logical_id", "NestedStack", "cdk.Stage(", "from_lookup"):
        assert not re.search(rf"\b{re.escape(name)}(?!\w)", text_of(path))
