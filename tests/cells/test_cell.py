"""The whole cell: layers, tags, protection and what must be nowhere in a template."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import JsonValue

from assembly.backups import RULE, backup_tag, not_backed_up
from assembly.canonical import compare
from assembly.exceptions import declared
from assembly.judge import judge
from assembly.load import CloudAssembly
from assembly.references import missing_outputs
from assembly.stateful import stateful
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.plan import CellPlan
from constructs_lib.specs.function import POWERTOOLS_PUBLISHER

ENVIRONMENTS = ("dev", "staging", "prod")
Cell = Callable[[str], Path]
Synthesize = Callable[[CellPlan], Path]


@pytest.fixture(params=ENVIRONMENTS)
def assembly(request: pytest.FixtureRequest, cell: Cell) -> CloudAssembly:
    return CloudAssembly.load(cell(request.param))


def strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_a_cell_has_five_stacks_with_constant_ids(assembly: CloudAssembly) -> None:
    assert {stack.id for stack in assembly.stacks} == {
        "ProductCell",
        "ProductCell-Foundation",
        "ProductCell-Data",
        "ProductCell-Service",
        "ProductCell-Edge",
    }


def test_the_leaf_comes_last_and_depends_on_the_others(assembly: CloudAssembly) -> None:
    leaf = assembly.stacks[-1]

    assert leaf.id == "ProductCell"
    assert {"ProductCell-Foundation", "ProductCell-Data", "ProductCell-Service", "ProductCell-Edge"} <= set(
        leaf.dependencies
    )


def test_stack_names_carry_the_identity(cell: Cell) -> None:
    names = {stack.id: stack.stack_name for stack in CloudAssembly.load(cell("prod")).stacks}

    assert names["ProductCell-Data"] == "acme-crm-prod-data"
    assert names["ProductCell-Edge"] == "acme-crm-prod-edge-eu-west-1"
    assert names["ProductCell"] == "acme-crm-prod"


def test_only_the_edge_is_in_us_east_1(assembly: CloudAssembly) -> None:
    assert {stack.id for stack in assembly.stacks if stack.region == "us-east-1"} == {"ProductCell-Edge"}


@pytest.mark.parametrize("environment,protected", [("dev", False), ("staging", True), ("prod", True)])
def test_foundation_and_data_are_protected_from_termination(cell: Cell, environment: str, protected: bool) -> None:
    stacks = CloudAssembly.load(cell(environment)).stacks

    assert {stack.id for stack in stacks if stack.termination_protection} == (
        {"ProductCell-Foundation", "ProductCell-Data"} if protected else set()
    )


def test_stacks_do_not_export_and_every_weak_reference_has_its_output(assembly: CloudAssembly) -> None:
    for stack in assembly.stacks:
        assert "Export" not in json.dumps(stack.template.get("Outputs", {}))
        assert "Fn::ImportValue" not in json.dumps(stack.template)
    assert not missing_outputs(assembly)


@pytest.mark.parametrize("environment,account", [("dev", "111122223333"), ("prod", "777788889999")])
def test_no_other_account_is_named_than_the_organizations(cell: Cell, environment: str, account: str) -> None:
    known = {account, "333333333333", "444444444444", "555555555555", POWERTOOLS_PUBLISHER}

    for stack in CloudAssembly.load(cell(environment)).stacks:
        for text in strings(stack.template):
            assert set(re.findall(r"(?<![\dA-Za-z])\d{12}(?![\dA-Za-z])", text)) <= known, text


def test_nothing_lets_the_whole_internet_in(assembly: CloudAssembly) -> None:
    for stack in assembly.stacks:
        for id, resource in stack.resources.items():
            if "SecurityGroup" in stack.resource_type(id):
                ingress = json.dumps(resource.get("Properties", {}).get("SecurityGroupIngress", []))
                assert "0.0.0.0/0" not in ingress, id
                assert "::/0" not in ingress, id


TAGGED = (
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::SQS::Queue",
)


@pytest.mark.parametrize("type", TAGGED)
def test_every_store_says_whose_it_is_and_how_sensitive(assembly: CloudAssembly, type: str) -> None:
    found = 0
    for stack in assembly.stacks:
        for id, resource in stack.resources.items():
            if stack.resource_type(id) == type:
                found += 1
                tags = {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
                wanted = {"product", "environment", "layer", "owner", "data-classification"}
                assert wanted <= set(tags), (stack.id, id, tags)
    assert found


def test_every_table_says_whose_it_is_in_its_replica(assembly: CloudAssembly) -> None:
    data = assembly.stack("ProductCell-Data")
    tables = [r for id, r in data.resources.items() if data.resource_type(id) == "AWS::DynamoDB::GlobalTable"]

    assert tables
    for table in tables:
        for replica in table["Properties"]["Replicas"]:
            tags = {tag["Key"] for tag in replica["Tags"]}
            assert {"product", "environment", "layer", "owner", "data-classification", "module"} <= tags


def test_a_module_tags_what_is_its_own(cell: Cell) -> None:
    data = CloudAssembly.load(cell("dev")).stack("ProductCell-Data")

    owners = {
        tag["Value"]
        for resource in data.resources.values()
        for tag in resource.get("Properties", {}).get("Tags", [])
        if isinstance(tag, dict) and tag.get("Key") == "module"
    }

    assert owners == {"audit-log", "events", "finance", "notifications"}


def test_no_tag_reaches_the_vpc_origin_or_a_stack(assembly: CloudAssembly) -> None:
    edge = assembly.stack("ProductCell-Edge")
    origins = [r for id, r in edge.resources.items() if edge.resource_type(id) == "AWS::CloudFront::VpcOrigin"]

    assert origins
    assert all("Tags" not in origin["Properties"] for origin in origins)
    assert all(not stack.tags for stack in assembly.stacks)


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_what_holds_data_stays_when_its_stack_goes(cell: Cell, environment: str) -> None:
    data = CloudAssembly.load(cell(environment)).stack("ProductCell-Data")
    held = stateful(data.template)

    assert held
    for id in held:
        policy = data.resources[id].get("DeletionPolicy")
        assert policy in ("Retain", "RetainExceptOnCreate", "Snapshot"), (id, policy)


def test_a_dev_cell_leaves_nothing_behind(cell: Cell) -> None:
    for stack in CloudAssembly.load(cell("dev")).stacks:
        for id, resource in stack.resources.items():
            assert resource.get("DeletionPolicy", "Delete") == "Delete", (stack.id, id)


def test_two_synths_are_byte_identical_with_the_modules_in_any_order(
    workspace: Workspace, synthesize: Synthesize
) -> None:
    one = synthesize(workspace.plan("acme-crm", choice(environment="prod", modules="tasks,contacts,documents,finance")))
    other = synthesize(
        workspace.plan("acme-crm", choice(environment="prod", modules="finance,documents,contacts,tasks"))
    )

    assert compare(one, other) == ()


def test_every_template_fits_cloudformations_limits(assembly: CloudAssembly) -> None:
    for stack in assembly.stacks:
        assert len(stack.resources) <= 500
        assert stack.template_path.stat().st_size <= 1_000_000


@pytest.mark.parametrize(("environment", "value"), [("dev", None), ("staging", "daily"), ("prod", "monthly")])
def test_backup_plans_take_the_database_the_tables_and_the_files(
    cell: Cell, environment: str, value: str | None
) -> None:
    data = CloudAssembly.load(cell(environment)).stack("ProductCell-Data")
    taken = {id: backup_tag(resource) for id, resource in data.resources.items() if backup_tag(resource)}

    assert set(taken.values()) == ({value} if value else set())
    assert {data.resource_type(id) for id in taken} == (
        {"AWS::RDS::DBCluster", "AWS::DynamoDB::GlobalTable", "AWS::S3::Bucket"} if value else set()
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_whatever_a_cell_keeps_is_backed_up_or_says_why_not(cell: Cell, environment: str) -> None:
    assembly = CloudAssembly.load(cell(environment))
    exceptions, flaws = declared(assembly)
    found = not_backed_up(assembly)

    judgement = judge(found, [one for one in exceptions if one.rule == RULE], date(2026, 11, 27))

    assert (flaws, judgement.unexcused, judgement.unused) == ((), (), ())
    assert len(judgement.excused) == (0 if environment == "dev" else 5)
