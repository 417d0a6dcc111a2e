"""The functions that run statements in the cluster: one bundle, in which each finds its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib import database_statements
from constructs_lib.lambdas.database_statements import statements
from tests.constructs_lib.sample_data import DESTROY, SampleData, only
from tests.constructs_lib.test_database import DEV, database_in

BUNDLE = Path(statements.__file__).parent.parent
LOAD = (
    "import importlib, sys; module, name = sys.argv[1].rsplit('.', 1); getattr(importlib.import_module(module), name)"
)


def build():
    sample = SampleData()
    database = database_in(sample, DEV, DESTROY)
    database.add_application_user()
    database.add_logical_database(sample.data, "Own", name="openfga")
    return sample.template()


@pytest.fixture(scope="module")
def template():
    return build()


def functions(template):
    return [found["Properties"] for found in template.find_resources("AWS::Lambda::Function").values()]


def codes(template):
    return [
        only(template.find_resources(type))["Properties"]["Code"]
        for type in ("Custom::DatabaseUser", "Custom::LogicalDatabase")
    ]


def test_the_functions_have_one_bundle(template):
    user, own = functions(template)

    assert user["Code"] == own["Code"]


def test_each_function_finds_its_handler_in_the_bundle_as_lambda_looks_for_it(template):
    handlers = {found["Handler"] for found in functions(template)}

    assert len(handlers) == 2
    for handler in handlers:
        subprocess.run([sys.executable, "-B", "-c", LOAD, handler], env={"PYTHONPATH": str(BUNDLE)}, check=True)


def test_what_python_leaves_beside_the_code_does_not_change_the_template(template):
    leftovers = Path(statements.__file__).parent / "__pycache__"
    leftovers.mkdir(exist_ok=True)
    extra = leftovers / "left_by_a_test.pyc"
    extra.write_bytes(b"anything")
    try:
        again = build().to_json()
    finally:
        extra.unlink()

    assert again == template.to_json()


def test_new_code_runs_again_so_that_what_is_there_gets_new_grants(template, tmp_path, monkeypatch):
    changed = tmp_path / "changed"
    shutil.copytree(BUNDLE, changed)
    with (changed / "statements" / "user.py").open("a") as file:
        file.write("# changed\n")
    monkeypatch.setattr(database_statements, "_CODE", changed)

    assert not {*codes(build())} & {*codes(template)}
