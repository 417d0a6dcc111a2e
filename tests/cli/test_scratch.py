"""Folders that belong to one run."""

import os
import subprocess
import sys

import pytest

from cells.cli.scratch import abandoned, own, scratch


@pytest.fixture
def dead():
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_scratch_folder_is_empty_and_gone_at_the_end(tmp_path):
    with scratch(tmp_path, "work") as folder:
        assert folder == tmp_path / f"work-{os.getpid()}"
        assert not list(folder.iterdir())
        (folder / "file").touch()
    assert not folder.exists()


def test_a_scratch_folder_is_gone_after_an_error(tmp_path):
    with pytest.raises(RuntimeError), scratch(tmp_path, "work"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_taken_away(tmp_path, dead):
    (tmp_path / f"work-{dead}" / "deep").mkdir(parents=True)
    with scratch(tmp_path, "work"):
        assert [path.name for path in tmp_path.iterdir()] == [f"work-{os.getpid()}"]


def test_what_a_run_that_goes_on_has_is_left_alone(tmp_path):
    (tmp_path / f"work-{os.getppid()}").mkdir()
    with scratch(tmp_path, "work"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [f"work-{os.getppid()}"]


def test_a_folder_of_another_name_is_nobodys(tmp_path, dead):
    for name in (f"other-{dead}", "work-of-mine", "work"):
        (tmp_path / name).mkdir()
    assert abandoned(tmp_path, "work") == []


def test_a_name_that_is_no_process_number_is_nobodys(tmp_path):
    (tmp_path / f"work-{10**30}").mkdir()
    assert abandoned(tmp_path, "work") == []


def test_where_nothing_is_nothing_is_abandoned(tmp_path):
    assert abandoned(tmp_path / "none", "work") == []
    assert not own(tmp_path, "work").exists()
