"""The byte-identical test, and what it says when it fails."""

import json
import shutil

import pytest

from assembly.canonical import compare, fingerprint
from assembly.errors import AssemblyError

TEMPLATE = {"Resources": {"Files": {"Type": "AWS::S3::Bucket"}}}


@pytest.fixture
def two(writer, tmp_path):
    writer.stack("Data", TEMPLATE)
    shutil.copytree(writer.directory, tmp_path / "second")
    return writer.directory, tmp_path / "second"


def test_a_copy_elsewhere_has_the_same_digest(two):
    first, second = two

    assert fingerprint(first).digest == fingerprint(second).digest
    assert compare(first, second) == ()


@pytest.mark.parametrize("file", ["manifest.json", "Data.template.json", "Data.metadata.json"])
def test_one_more_byte_in_any_file_changes_the_digest(two, file):
    first, second = two
    with (second / file).open("a") as appended:
        appended.write("\n ")

    assert fingerprint(first).digest != fingerprint(second).digest
    assert [difference.file for difference in compare(first, second)] == [file]


def test_a_difference_names_file_line_and_both_texts(two):
    first, second = two
    path = second / "Data.template.json"
    path.write_text(path.read_text().replace("S3::Bucket", "SQS::Queue"))

    assert [str(difference) for difference in compare(first, second)] == [
        'Data.template.json:4: \'"Type": "AWS::S3::Bucket"\' is \'"Type": "AWS::SQS::Queue"\' in the second'
    ]


def test_a_file_that_only_one_has_is_a_difference(two):
    first, second = two
    (first / "asset.1").write_text("x")
    (second / "asset.2").write_text("x")

    assert [str(difference) for difference in compare(first, second)] == [
        "asset.1: only in the first",
        "asset.2: only in the second",
    ]


def test_staged_assets_in_folders_count(two):
    first, second = two
    for directory, content in ((first, b"\xff\x00"), (second, b"\xff\x01")):
        (directory / "asset.1").mkdir()
        (directory / "asset.1" / "index.zip").write_bytes(content)

    assert [str(difference) for difference in compare(first, second)] == ["asset.1/index.zip: differs"]


def test_the_name_of_a_file_counts_as_much_as_its_content(two):
    first, second = two
    (first / "asset.1").write_text("x")
    (second / "asset.2").write_text("x")

    assert fingerprint(first).digest != fingerprint(second).digest


def test_locks_of_the_command_line_do_not_count(two):
    first, second = two
    (second / "read.4711.1.lock").write_text("4711")

    assert compare(first, second) == ()


@pytest.mark.parametrize("path", ["/tmp/lambda", "../lambda"])
def test_fails_on_an_asset_that_lies_outside(two, path):
    first, _ = two
    assets = {"files": {"1": {"source": {"path": path, "packaging": "zip"}}}}
    (first / "Data.assets.json").write_text(json.dumps(assets))

    with pytest.raises(AssemblyError, match="lies outside the assembly") as error:
        fingerprint(first)
    assert error.value.hint == "do not disable asset staging"


def test_fails_without_an_assembly(tmp_path):
    with pytest.raises(AssemblyError, match="no cloud assembly in"):
        fingerprint(tmp_path)


def test_a_real_synth_has_a_digest_over_all_its_templates(synthesized_cell):
    files = fingerprint(synthesized_cell.assembly.directory).files

    assert {stack.template_path.name for stack in synthesized_cell.assembly.stacks} <= set(files)
