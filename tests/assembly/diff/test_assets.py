"""The files behind the hashes of assets."""

import json

import pytest

from assembly.diff.assets import Asset, assets_of, read_asset
from tests.assembly.diff.templates import stack_of


def listing(folder, files):
    folder.mkdir(exist_ok=True)
    (folder / "Cell.assets.json").write_text(json.dumps({"version": "55.0.0", "files": files}))
    return stack_of({}, path=folder / "Cell.template.json")


def entry(path, *keys):
    return {"source": {"path": path}, "destinations": {f"to-{key}": {"objectKey": key} for key in keys}}


@pytest.fixture
def folder(tmp_path):
    """An asset of two files, one of them in a folder."""
    asset = tmp_path / "asset.abc"
    (asset / "lib").mkdir(parents=True)
    (asset / "index.py").write_text("print()")
    (asset / "lib" / "it.py").write_text("it = 1")
    return asset


def test_an_asset_is_found_by_each_key_that_a_template_may_name(tmp_path):
    stack = listing(tmp_path, {"abc": entry("asset.abc", "abc.zip", "there/abc.zip"), "def": entry("def.json", "def")})

    assert assets_of(stack) == {
        "abc.zip": tmp_path / "asset.abc",
        "there/abc.zip": tmp_path / "asset.abc",
        "def": tmp_path / "def.json",
    }


def test_a_template_from_an_account_has_no_assets(tmp_path):
    assert assets_of(stack_of({}, path=tmp_path / "Cell.template.json")) == {}


@pytest.mark.parametrize("files", [None, [], "text", {"a": None}, {"a": {"source": [], "destinations": []}}])
def test_a_listing_without_assets_is_none(tmp_path, files):
    assert assets_of(listing(tmp_path, files)) == {}


def test_every_file_of_a_folder_is_hashed(folder):
    found = read_asset(folder)

    assert list(found.files) == ["index.py", "lib/it.py"]
    assert all(len(digest) == 64 for digest in found.files.values())


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    assert read_asset(tmp_path / "gone") == Asset({})


@pytest.mark.parametrize(
    "path, name", [("asset.abc.json", "asset.json"), ("asset.def.json", "asset.json"), ("page.html", "page.html")]
)
def test_a_single_file_is_called_without_the_hash(tmp_path, path, name):
    (tmp_path / path).write_text("text")

    assert list(read_asset(tmp_path / path).files) == [name]


def test_the_files_that_differ_are_named(folder):
    before = read_asset(folder)
    (folder / "index.py").write_text("print(1)")
    (folder / "lib" / "it.py").unlink()
    (folder / "new.py").write_text("")

    assert before.changed_files(read_asset(folder)) == ("index.py", "lib/it.py", "new.py")
    assert read_asset(folder).changed_files(before) == ("index.py", "lib/it.py", "new.py")


def test_a_file_that_is_only_touched_does_not_differ(folder):
    before = read_asset(folder)
    (folder / "index.py").write_text("print()")

    assert before.changed_files(read_asset(folder)) == ()
