"""The schemas that images of migrations bring, as a build declares them."""

import json
from pathlib import Path

import pytest

from cells.images.schema import SchemaVersion, load_schema
from constructs_lib.specs.errors import InputError

DIGEST, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def written(folder: Path, applies: int, keeps: int) -> Path:
    text = json.dumps({"versions": {DIGEST: {"applies": applies, "keeps": keeps}}}, indent=2)
    (folder / "acme-crm.json").write_text(text)
    return folder


def test_an_image_has_the_schema_that_its_build_declared(tmp_path: Path) -> None:
    assert load_schema("acme-crm", DIGEST, written(tmp_path, 12, 11)) == SchemaVersion(applies=12, keeps=11)


def test_another_image_and_another_product_have_none(tmp_path: Path) -> None:
    written(tmp_path, 12, 11)

    assert load_schema("acme-crm", OTHER, tmp_path) is None
    assert load_schema("webapp", DIGEST, tmp_path) is None


@pytest.mark.parametrize("keeps", [12, 13])
def test_a_schema_that_breaks_the_release_before_is_refused_with_its_line(tmp_path: Path, keeps: int) -> None:
    with pytest.raises(InputError) as caught:
        load_schema("acme-crm", DIGEST, written(tmp_path, 12, keeps))

    assert f"acme-crm.json:3: versions.{DIGEST} keeps must be less than applies (12), got {keeps}" in str(caught.value)
    assert "contract one release after" in caught.value.hint


def test_the_first_schema_keeps_nothing(tmp_path: Path) -> None:
    assert load_schema("acme-crm", DIGEST, written(tmp_path, 0, 0)) == SchemaVersion(applies=0, keeps=0)
