"""Each file in `changes`: what the diff says of it, exactly."""

from pathlib import Path

import pytest

from assembly.diff.compare import compare
from tests.assembly.diff.change_files import ChangeFile, change_files, verdict

FILES = list(change_files())
SOURCES = ("https://docs.aws.amazon.com/", "https://repost.aws/", "https://github.com/aws")
CLASSES = {"in-place", "replace", "maybe", "remove", "create", "unknown"}


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_says_what_cloudformation_does(file: ChangeFile, tmp_path: Path) -> None:
    diff = compare(*file.assemblies(tmp_path))

    changes = {change.logical_id: change for change in diff.resources}
    assert {id: verdict(change) for id, change in changes.items()} == file.expect
    assert {change.logical_id for change in diff.endangered} == file.loses
    gone = {id: change for id, change in changes.items() if change.action == "remove" or change.moved_from}
    assert {id for id, change in gone.items() if change.kept} == file.kept
    assert {id: change.moved_from for id, change in changes.items() if change.moved_from} == file.moved
    assert diff.changed == bool(file.expect)


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.notes], ids=[file.name for file in FILES if file.notes]
)
def test_tells_what_a_person_has_to_know(file: ChangeFile, tmp_path: Path) -> None:
    diff = compare(*file.assemblies(tmp_path))

    notes = {change.logical_id: " ".join(change.notes) for change in diff.resources if change.notes}
    assert notes.keys() == file.notes.keys()
    assert all(file.notes[id] in text for id, text in notes.items())
    assert any("refuse" in text for text in notes.values()) == file.refused


def test_names_the_files_of_an_asset_that_change(tmp_path: Path) -> None:
    for file in [file for file in FILES if file.files]:
        diff = compare(*file.assemblies(tmp_path / file.name))

        changes = {change.logical_id: change.properties[0] for change in diff.resources}
        assert {id: sorted({*one.before, *one.after}) for id, one in changes.items()} == file.files


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_says_what_becomes_possible_and_nothing_else(file: ChangeFile, tmp_path: Path) -> None:
    diff = compare(*file.assemblies(tmp_path))

    said = [change.text for change in diff.security]
    assert [part for part in file.says if not any(part in text for text in said)] == []
    assert [text for text in said if not any(part in text for part in file.says)] == []


def test_there_are_files_enough_and_each_says_where_aws_documents_it() -> None:
    assert len(FILES) >= 25
    for file in FILES:
        assert file.docs.startswith(SOURCES), file.name
        assert file.title and file.why, file.name
        assert set(file.expect.values()) <= CLASSES, file.name
        assert file.loses | file.kept | file.moved.keys() | file.notes.keys() <= file.expect.keys(), file.name
