"""The page that compares our diff with `cdk diff` is as the diff says today. The CLI is not run here."""

from benchmarks.diff_compared import PAGE, Says, page, parsed, recorded
from tests.assembly.diff.change_files import change_files

AGAIN = "run: .venv/bin/python benchmarks/diff_compared.py --write"


def test_the_page_has_every_change_and_no_other() -> None:
    cdk, _ = recorded(PAGE.read_text())

    assert sorted(cdk) == sorted(file.name for file in change_files()), AGAIN


def test_the_page_says_what_our_diff_says() -> None:
    text = PAGE.read_text()

    assert page(*recorded(text)) == text, AGAIN


def test_a_cell_of_the_page_is_read_as_it_was_written() -> None:
    for says in (
        Says({}),
        Says({"A": "replace", "B": "may be replaced", "C": "in place", "D": "in place"}),
        Says({"A": "create", "B": "destroy", "C": "orphan"}, permissions=True),
    ):
        assert parsed(str(says)) == says
