"""The worker as a process of its own, with a checkout whose app needs no Node."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import cells.fleet
from tests.cells.fleet.checkout import APP, FakeCheckout

SCRIPT = Path(cells.fleet.__path__[0]) / "worker.py"


@dataclass(frozen=True)
class Answered:
    answers: list[dict[str, str]]
    errors: str
    code: int


class Checkout(FakeCheckout):
    """Runs the worker by itself."""

    def folder(self, number: int) -> Path:
        return self.root.parent / f"out-{number}"

    def manifest(self, number: int):
        return json.loads((self.folder(number) / "manifest.json").read_text())

    def run(self, *products: str, **variables: str) -> Answered:
        asked = {
            "root": str(self.root),
            "flags": {"flag": True, "productName": "from the flags"},
            "jobs": [
                {"cell": str(number), "folder": str(self.folder(number)), "context": {"productName": product}}
                for number, product in enumerate(products)
            ],
        }
        done = subprocess.run(
            [sys.executable, "-P", str(SCRIPT)],
            input=json.dumps(asked),
            env={**os.environ, **variables},
            cwd=self.root.parent,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Answered([json.loads(line) for line in done.stdout.splitlines()], done.stderr, done.returncode)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.make(tmp_path / "checkout")


def errors(answered: Answered) -> list[tuple[str, str, str]]:
    return [(one["cell"], one["error"], one["hint"]) for one in answered.answers]


def test_every_job_gets_its_context_on_top_of_the_flags_and_its_folder(checkout: Checkout) -> None:
    answered = checkout.run("acme", "billing")

    assert errors(answered) == [("0", "", ""), ("1", "", "")]
    assert answered.code == 0
    assert checkout.manifest(0)["context"] == {"flag": True, "productName": "acme"}
    assert checkout.manifest(1)["context"] == {"flag": True, "productName": "billing"}


def test_the_app_is_built_without_what_costs_time_and_says_nothing(checkout: Checkout) -> None:
    checkout.run("acme")

    assert checkout.manifest(0)["rules"] == {
        "analytics_reporting": False,
        "tree_metadata": False,
        "stack_traces": False,
        "builtin_cloud_formation_validation": False,
    }


def test_the_app_runs_in_the_root_of_the_checkout_and_imports_from_there_first(checkout: Checkout) -> None:
    checkout.write("json_of_ours.py", "TEXT = 'imported'")
    checkout.write("app.py", f"{APP}\nimport json_of_ours, os, sys\nprint(json_of_ours.TEXT, os.getcwd(), __name__)")

    assert f"imported {checkout.root.resolve()} __main__" in checkout.run("acme").errors


def test_what_stops_the_app_is_the_error_and_its_second_line_the_hint(checkout: Checkout) -> None:
    checkout.write(
        "app.py",
        APP.replace("app.synth()", 'import sys\nif product == "acme":\n    sys.exit("error: no way\\nhint: mend it")\n')
        + "app.synth()\n",
    )

    assert errors(checkout.run("acme", "billing", "acme")) == [
        ("0", "no way", "mend it"),
        ("1", "", ""),
        ("2", "no way", "mend it"),
    ]


@pytest.mark.parametrize(
    "stop, error, hint",
    [
        ("sys.exit('without a hint')", "without a hint", ""),
        ("sys.exit('error: one\\ntwo\\nhint: three\\nfour')", "one\ntwo", "three\nfour"),
        ("sys.exit(3)", "3", ""),
        ("sys.exit(0)", "app.py has ended without writing an assembly", ""),
        ("pass", "app.py has ended without writing an assembly", ""),
        ("raise ValueError('a\\nb')", "ValueError: a (app.py:2)", ""),
        ("raise ValueError", "ValueError: no message (app.py:2)", ""),
        ("1 /", "SyntaxError: invalid syntax (app.py, line 2) (app.py)", ""),
    ],
)
def test_each_way_to_end_is_told(checkout: Checkout, stop: str, error: str, hint: str) -> None:
    checkout.write("app.py", f"import sys\n{stop}\n")

    assert errors(checkout.run("acme")) == [("0", error, hint)]


def test_an_app_that_stops_after_it_has_written_everything_has_done_its_work(checkout: Checkout) -> None:
    checkout.write("app.py", f"{APP}\nimport sys\nsys.exit(0)\n")

    assert errors(checkout.run("acme")) == [("0", "", "")]


def test_an_exception_names_the_last_line_of_the_checkouts_own_code(checkout: Checkout) -> None:
    packages = ".venv/lib/python3/site-packages"
    checkout.write(f"{packages}/dependency.py", "def fail():\n    raise RuntimeError('deep down')\n")
    checkout.write("stacks/data.py", "import dependency\n\n\ndef build():\n    dependency.fail()\n")
    checkout.write("app.py", f"import sys\nsys.path.append('{packages}')\nimport stacks.data\nstacks.data.build()\n")

    assert errors(checkout.run("acme")) == [("0", "RuntimeError: deep down (stacks/data.py:5)", "")]


def test_a_checkout_without_an_app_is_told(checkout: Checkout) -> None:
    (checkout.root / "app.py").unlink()

    [(_, error, _)] = errors(checkout.run("acme"))

    assert error.startswith("FileNotFoundError: ")
    assert "app.py" in error


def test_what_the_app_prints_does_not_disturb_the_answers(checkout: Checkout) -> None:
    printed = 'print("{\\"cell\\": 1}")\nos.write(1, b"raw\\n")\nos.system("echo child")\nsys.stdout.flush()'
    noise = f"import os, sys\n{printed}\n"
    checkout.write("app.py", noise + APP)

    answered = checkout.run("acme", "billing")

    assert errors(answered) == [("0", "", ""), ("1", "", "")]
    assert answered.errors.count("raw") == answered.errors.count("child") == answered.errors.count('{"cell": 1}') == 2


def test_a_cdk_that_cannot_be_imported_fails_every_job_with_a_hint(checkout: Checkout) -> None:
    checkout.write("aws_cdk.py", "raise ImportError('broken')")

    assert errors(checkout.run("acme", "billing")) == [
        (cell, "aws_cdk cannot be imported: ImportError: broken", "make setup") for cell in ("0", "1")
    ]


def test_a_module_of_ours_from_somewhere_else_is_refused(checkout: Checkout) -> None:
    elsewhere = checkout.root.parent / "elsewhere"
    for path in (elsewhere / "assembly" / "__init__.py", elsewhere / "assembly" / "load.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    checkout.write("assembly/__init__.py", "")
    checkout.write("app.py", f"import sys\nsys.path.insert(0, {str(elsewhere)!r})\nimport assembly.load\n{APP}")

    [(_, error, hint)] = errors(checkout.run("acme"))

    assert error == "the module assembly is not in this checkout and came from somewhere else"
    assert hint == ""


def test_a_module_of_ours_in_the_checkout_is_taken_also_through_a_link(checkout: Checkout, tmp_path: Path) -> None:
    checkout.write("assembly/__init__.py", "")
    checkout.write("app.py", f"import assembly\n{APP}")
    link = tmp_path / "link"
    link.symlink_to(checkout.root)

    assert errors(Checkout(link).run("acme")) == [("0", "", "")]


def test_a_checkout_that_has_no_code_of_ours_may_take_it_from_a_package(checkout: Checkout) -> None:
    package = checkout.root.parent / "package"
    (package / "assembly").mkdir(parents=True)
    (package / "assembly" / "__init__.py").write_text("")
    checkout.write("app.py", f"import sys\nsys.path.append({str(package)!r})\nimport assembly\n{APP}")

    assert errors(checkout.run("acme")) == [("0", "", "")]


def test_no_jobs_need_no_answers(checkout: Checkout) -> None:
    assert checkout.run() == Answered([], "", 0)
