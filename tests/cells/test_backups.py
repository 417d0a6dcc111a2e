"""What AWS Backup does with the stores of a cell, and who hears when it fails."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assembly.document import JsonObject
from assembly.load import CloudAssembly, Stack

Cell = Callable[[str], Path]

RULE = "AWS::Events::Rule"
SELECTION = "AWS::Backup::RestoreTestingSelection"


def data_of(cell: Cell, environment: str) -> Stack:
    return CloudAssembly.load(cell(environment)).stack("ProductCell-Data")


def all_of(stack: Stack, type: str) -> Mapping[str, JsonObject]:
    return {id: resource for id, resource in stack.resources.items() if resource["Type"] == type}


def selection(stack: Stack, name: str) -> JsonObject:
    found = [one["Properties"] for one in all_of(stack, SELECTION).values()]
    (wanted,) = [one for one in found if isinstance(one, dict) and one["RestoreTestingSelectionName"] == name]
    return wanted


@pytest.mark.parametrize(("environment", "count"), [("dev", 0), ("staging", 0), ("prod", 1)])
def test_only_prod_restores_its_copies_every_month(cell: Cell, environment: str, count: int) -> None:
    plans = all_of(data_of(cell, environment), "AWS::Backup::RestoreTestingPlan")

    assert len(plans) == count


def test_what_is_restored_is_a_snapshot_of_the_platform_s_vault(cell: Cell) -> None:
    (plan,) = all_of(data_of(cell, "prod"), "AWS::Backup::RestoreTestingPlan").values()
    properties = plan["Properties"]

    assert isinstance(properties, dict)
    chosen = properties["RecoveryPointSelection"]
    assert isinstance(chosen, dict)
    assert (chosen["Algorithm"], chosen["RecoveryPointTypes"]) == ("LATEST_WITHIN_WINDOW", ["SNAPSHOT"])
    assert json.dumps(chosen["IncludeVaults"]).count(":backup-vault:cell-recovery") == 1


def test_the_database_is_restored_into_the_network_of_the_cell(cell: Cell) -> None:
    stack = data_of(cell, "prod")
    tested = selection(stack, "database")

    overrides = tested["RestoreMetadataOverrides"]
    assert isinstance(overrides, dict)
    assert overrides["dbSubnetGroupName"] == {"Ref": next(iter(all_of(stack, "AWS::RDS::DBSubnetGroup")))}
    (cluster,) = all_of(stack, "AWS::RDS::DBCluster").values()
    properties = cluster["Properties"]
    assert isinstance(properties, dict)
    groups = properties["VpcSecurityGroupIds"]
    assert isinstance(groups, list)
    assert overrides["vpcSecurityGroupIds"] == {"Fn::Join": ["", ['["', groups[0], '"]']]}


@pytest.mark.parametrize("name", ["database", "tables"])
def test_what_was_restored_is_gone_an_hour_later(cell: Cell, name: str) -> None:
    assert selection(data_of(cell, "prod"), name)["ValidationWindowHours"] == 1


def test_the_tables_that_are_restored_are_those_that_are_copied(cell: Cell) -> None:
    tested = selection(data_of(cell, "prod"), "tables")

    assert tested["ProtectedResourceConditions"] == {
        "StringEquals": [{"Key": "aws:ResourceTag/cells:backup", "Value": "monthly"}]
    }


@pytest.mark.parametrize("environment", ["staging", "prod"])
@pytest.mark.parametrize(
    ("told", "field"), [("Backup Job State Change", "state"), ("Restore Job State Change", "status")]
)
def test_a_copy_or_a_restore_that_fails_raises_an_alarm(cell: Cell, environment: str, told: str, field: str) -> None:
    stack = data_of(cell, environment)
    (rule,) = [
        properties
        for one in all_of(stack, RULE).values()
        if isinstance(properties := one["Properties"], dict) and told in json.dumps(properties["EventPattern"])
    ]

    pattern, targets = rule["EventPattern"], rule["Targets"]
    assert isinstance(pattern, dict)
    assert isinstance(targets, list)
    assert pattern["source"] == ["aws.backup"]
    assert "FAILED" in json.dumps(pattern["detail"])
    assert list(pattern["detail"]) == [field]  # type: ignore[arg-type]  # an object, as the line above shows
    (queue,) = [id for id in all_of(stack, "AWS::SQS::Queue") if id.startswith("BackupWatch")]
    assert [target["Arn"] for target in targets if isinstance(target, dict)] == [{"Fn::GetAtt": [queue, "Arn"]}]
    alarms = json.dumps(list(all_of(stack, "AWS::CloudWatch::Alarm").values()))
    assert f'{{"Fn::GetAtt": ["{queue}", "QueueName"]}}' in alarms


def test_a_cell_without_backups_watches_none(cell: Cell) -> None:
    assert not [id for id in data_of(cell, "dev").resources if id.startswith(("BackupWatch", "RestoreTest"))]
