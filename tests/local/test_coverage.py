"""What the embedded AWS says of templates before they are deployed."""

import json
from pathlib import Path

from local.coverage import coverage


def write(path: Path, *types: str) -> Path:
    resources = {f"R{number}": {"Type": type_name} for number, type_name in enumerate(types)}
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return path


def test_types_are_sorted_by_what_is_made_of_them(tmp_path: Path) -> None:
    first = write(tmp_path / "a.json", "AWS::S3::Bucket", "AWS::S3::Bucket", "AWS::EC2::NatGateway")
    second = write(tmp_path / "b.json", "AWS::CloudFormation::GuardHook", "AWS::Cell::Thing", "Custom::Anything")

    found = coverage([first, second])

    assert found.native == (("AWS::EC2::NatGateway", 1), ("AWS::S3::Bucket", 2), ("Custom::Anything", 1))
    assert found.recorded == (("AWS::CloudFormation::GuardHook", 1),)
    assert found.unknown == (("AWS::Cell::Thing", 1),)


def test_an_empty_assembly_has_no_types(tmp_path: Path) -> None:
    found = coverage([write(tmp_path / "a.json")])

    assert (found.native, found.recorded, found.unknown) == ((), (), ())
