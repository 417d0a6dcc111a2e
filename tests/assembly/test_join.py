"""Two assemblies that know nothing of one another become one."""

import json
from pathlib import Path

import pytest

from assembly.errors import AssemblyError
from assembly.join import join
from assembly.load import CloudAssembly

REPORT = "feature-flag-report"


def written(folder: Path, *stacks: str, version: str = "55.0.0") -> Path:
    folder.mkdir()
    artifacts: dict[str, object] = {}
    for stack in stacks:
        (folder / f"{stack}.template.json").write_text(json.dumps({"Resources": {}}))
        artifacts[stack] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/eu-west-1",
            "properties": {"templateFile": f"{stack}.template.json"},
        }
    artifacts[REPORT] = {"type": "cdk:feature-flag-report", "properties": {"file": "flags.json"}}
    (folder / "flags.json").write_text("{}")
    (folder / "manifest.json").write_text(json.dumps({"version": version, "artifacts": artifacts}))
    return folder


def test_the_joined_assembly_has_the_stacks_of_both(tmp_path: Path) -> None:
    folder, part = written(tmp_path / "one", "LogArchive"), written(tmp_path / "two", "CiCd", "Cost")

    join(folder, part)

    assert [stack.id for stack in CloudAssembly.load(folder).stacks] == ["LogArchive", "CiCd", "Cost"]


def test_what_both_have_alike_stays_once_and_last(tmp_path: Path) -> None:
    folder, part = written(tmp_path / "one", "LogArchive"), written(tmp_path / "two", "CiCd")

    join(folder, part)

    assert list(json.loads((folder / "manifest.json").read_text())["artifacts"]) == ["LogArchive", "CiCd", REPORT]


def test_an_asset_folder_of_both_stays_as_it_is(tmp_path: Path) -> None:
    folder, part = written(tmp_path / "one", "LogArchive"), written(tmp_path / "two", "CiCd")
    for one in (folder, part):
        (one / "asset.0f").mkdir()
        (one / "asset.0f" / "index.py").write_text("pass\n")

    join(folder, part)

    assert (folder / "asset.0f" / "index.py").read_text() == "pass\n"


def test_a_stack_of_one_name_in_both_is_refused_and_nothing_is_moved(tmp_path: Path) -> None:
    folder, part = written(tmp_path / "one", "Cost"), written(tmp_path / "two", "CiCd", "Cost")
    manifest = json.loads((part / "manifest.json").read_text())
    manifest["artifacts"]["Cost"]["environment"] = "aws://111122223333/us-east-1"
    (part / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(AssemblyError, match="both assemblies have 'Cost'"):
        join(folder, part)
    assert [stack.id for stack in CloudAssembly.load(folder).stacks] == ["Cost"]
    assert (part / "CiCd.template.json").is_file()


def test_assemblies_of_two_versions_of_the_cdk_are_refused(tmp_path: Path) -> None:
    folder, part = written(tmp_path / "one", "Cost"), written(tmp_path / "two", "CiCd", version="56.0.0")

    with pytest.raises(AssemblyError, match="two versions of the CDK"):
        join(folder, part)
