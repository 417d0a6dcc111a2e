"""A person is asked before something is changed."""

import pytest
import typer

from cells.cli.asking import agreed
from constructs_lib.specs.errors import CellsError


def ask() -> bool:
    return agreed("Deploy this?", otherwise="nothing was deployed", hint="--yes deploys without asking")


def test_a_yes_is_agreed_and_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(typer, "confirm", lambda question, *, err: True)

    assert ask()
    assert capsys.readouterr() == ("", "")


def test_a_no_is_noted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(typer, "confirm", lambda question, *, err: False)

    assert not ask()
    assert "nothing was deployed" in capsys.readouterr().err


def test_when_nobody_answers_the_error_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(question: str, *, err: bool) -> bool:
        raise typer.Abort

    monkeypatch.setattr(typer, "confirm", nobody)

    with pytest.raises(CellsError, match="nobody answered, so nothing was deployed") as raised:
        ask()
    assert raised.value.hint == "--yes deploys without asking"
