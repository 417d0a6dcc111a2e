"""The page of the guardrails' proof: `cells org prove --report`."""

import re

import pytest

from accounts.policies import registry
from accounts.policies.registry import GUARDRAILS
from cells.cli.guardrail_report import GuardrailReport
from cells.cli.org_prove import report_of
from cells.cli.workspace import Workspace
from tests.cli.conftest import ROOT, Cells


@pytest.fixture(scope="module")
def report() -> GuardrailReport:
    """What the page of the example company is made from."""
    return report_of(Workspace(ROOT))


@pytest.fixture(scope="module")
def page(report: GuardrailReport) -> str:
    return report.html()


@pytest.fixture(scope="module")
def broken() -> GuardrailReport:
    """The same without one guardrail."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "GUARDRAILS", tuple(one for one in GUARDRAILS if one.name != "no-root"))
        return report_of(Workspace(ROOT))


def test_the_command_writes_the_page_and_says_where(cells: Cells, tmp_path) -> None:
    result = cells("org", "prove", "--report", "guardrails.html")

    assert result.out.splitlines()[-1] == "every call is in guardrails.html"
    assert (tmp_path / "guardrails.html").read_text().startswith("<!doctype html>")


def test_every_account_of_every_call_is_in_the_page(page: str) -> None:
    assert page.count("<tr data-must=") > 1000
    assert {one.name for one in GUARDRAILS if one.authorizes} == set(re.findall(r"<option>([a-z-]{5,})</option>", page))
    assert "all do." in page


def test_the_page_needs_nothing_but_itself(page: str) -> None:
    assert not re.findall(r"""(?:src|href|url)\s*[=(]|@import|https?://""", page)


def test_the_same_input_gives_the_same_page(page: str) -> None:
    assert report_of(Workspace(ROOT)).html() == page


def test_placeholders_are_text_and_no_tags(page: str) -> None:
    assert "&lt;partition&gt;" in page
    assert "<partition>" not in page


def test_what_came_out_wrong_is_first_and_says_why(broken: GuardrailReport) -> None:
    page = broken.html()

    rows = re.findall(r'<tr( class="wrong")? data-must', page)
    wrong = sum(map(bool, rows))
    assert wrong > 0
    assert all(rows[:wrong])
    assert "✗ wrong:" in page
    assert 'class="verdict wrong"' in page


def test_markdown_has_the_same_rows(broken: GuardrailReport) -> None:
    page, text = broken.html(), broken.markdown()

    calls = text.partition("## Calls")[2].splitlines()
    assert len([line for line in calls if line.startswith("| ")]) - 1 == page.count(' data-must="')
    assert text.count("**wrong**") == page.count("✗ wrong:")


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("guardrails.pdf", "cannot write a report as 'guardrails.pdf'", "end its name with .html or .md"),
        ("nowhere/guardrails.html", "there is no folder", "make it, or name another file"),
    ],
)
def test_a_page_that_cannot_be_written_is_wrong_input(cells: Cells, tmp_path, name, error, hint) -> None:
    result = cells("org", "prove", "--report", str(tmp_path / name))

    assert result.code == 2
    assert f"error: {error}" in result.err
    assert f"hint: {hint}" in result.err
