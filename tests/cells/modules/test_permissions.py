"""The module permissions, as rows of the database and as a service of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.diff.compare import compare
from assembly.load import CloudAssembly, Stack
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from cells.plan import CellPlan
from constructs_lib.specs.errors import InputError

MODEL = "01HVMMBCMGZNT3SED4Z17ECXCA"
REVISIONS = {"AWS::ECS::TaskDefinition"}


def plan_with(workspace: Workspace, environment: str = "prod", **settings: object) -> CellPlan:
    words = tuple(f"permissions.{name}={value}" for name, value in settings.items())
    return workspace.plan("acme-crm", choice(environment=environment, settings=words))


@pytest.fixture(scope="module")
def plan(workspace: Workspace) -> CellPlan:
    return plan_with(workspace, engine="openfga", model_id=MODEL)


@pytest.fixture(scope="module")
def served(plan: CellPlan, synthesize: Callable[[CellPlan], Path]) -> CloudAssembly:
    return CloudAssembly.load(synthesize(plan))


@pytest.fixture(scope="module")
def service(served: CloudAssembly) -> Stack:
    return served.stack("ProductCell-Service")


def task(service: Stack, name: str) -> dict:
    (found,) = (
        one["Properties"]
        for id, one in service.resources.items()
        if one["Type"] == "AWS::ECS::TaskDefinition" and id.startswith(name)
    )
    return found


def environment(service: Stack, name: str) -> dict[str, object]:
    (container,) = task(service, name)["ContainerDefinitions"]
    return {one["Name"]: one["Value"] for one in container["Environment"]}


def actions(assembly: CloudAssembly) -> set[str]:
    return {
        action
        for stack in assembly.stacks
        for one in stack.resources.values()
        if one["Type"] == "AWS::IAM::Policy"
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def test_a_product_that_says_nothing_keeps_rows_and_runs_no_further_container(
    workspace: Workspace, cell: Callable[[str], Path]
) -> None:
    assembly = CloudAssembly.load(cell("prod"))

    assert set(plan_with(workspace).images) == {"api", "worker", "migrations"}
    assert not [id for stack in assembly.stacks for id in stack.resources if id.startswith("Permissions")]


def test_it_comes_to_a_live_cell_additively(served: CloudAssembly, cell: Callable[[str], Path]) -> None:
    diff = compare(CloudAssembly.load(cell("prod")), served)

    assert {change.type for change in diff.resources if change.action in ("replace", "remove")} == REVISIONS
    assert diff.endangered == ()


def test_its_roles_and_resources_are_of_the_kinds_that_every_cell_has_so_the_baseline_lets_them(
    served: CloudAssembly, cell: Callable[[str], Path]
) -> None:
    live = CloudAssembly.load(cell("prod"))

    def types(assembly: CloudAssembly) -> set[str]:
        return {stack.resource_type(id) for stack in assembly.stacks for id in stack.resources}

    assert actions(served) == actions(live)
    assert types(served) - types(live) == {"Custom::LogicalDatabase"}


def test_its_image_comes_from_the_lock_by_digest_and_is_the_placeholder_until_one_is_built(
    plan: CellPlan, service: Stack
) -> None:
    (container,) = task(service, "PermissionsService")["ContainerDefinitions"]

    assert str(container["Image"]).endswith(f"/acme-crm/permissions@{plan.images['permissions']}']]}}")
    assert plan.sources["images.permissions"].where == "placeholder"


@pytest.mark.parametrize("name", ["Api", "Worker"])
def test_containers_know_whom_to_ask_with_which_key_and_of_which_store(service: Stack, name: str) -> None:
    found = environment(service, name)

    assert found["PERMISSIONS_ENDPOINT"] == "https://origin.crm.example.com:8443"
    assert (found["PERMISSIONS_STORE"], found["PERMISSIONS_MODEL_ID"]) == ("acme-crm", MODEL)
    assert "PermissionsKeySecret" in str(found["PERMISSIONS_KEY_ARN"])


def test_without_a_model_the_application_asks_the_latest(
    workspace: Workspace, synthesize: Callable[[CellPlan], Path]
) -> None:
    plan = plan_with(workspace, "dev", engine="openfga")
    found = environment(CloudAssembly.load(synthesize(plan)).stack("ProductCell-Service"), "Api")

    assert "PERMISSIONS_STORE" in found
    assert "PERMISSIONS_MODEL_ID" not in found


def test_only_api_and_worker_reach_it(service: Stack) -> None:
    doors = {
        rule["Properties"]["SourceSecurityGroupId"]["Fn::GetAtt"][0][:6]
        for rule in service.resources.values()
        if rule["Type"] == "AWS::EC2::SecurityGroupIngress"
        and rule["Properties"]["FromPort"] == 8443
        and rule["Properties"]["GroupId"]["Fn::GetAtt"][0].startswith("LoadBalancer")
    }

    assert doors == {"ApiSer", "Worker"}


def test_it_and_its_migrations_sign_in_to_its_own_database_as_its_own_user(service: Stack) -> None:
    policies = {
        id: str(statement["Resource"])
        for id, one in service.resources.items()
        if one["Type"] == "AWS::IAM::Policy"
        for statement in one["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "rds-db:connect"
    }

    assert {id[:21] for id, resource in policies.items() if "/openfga" in resource} == {
        "PermissionsMigrations",
        "PermissionsServiceTas",
    }
    assert not any("/app" in resource for id, resource in policies.items() if id.startswith("Permissions"))
    assert not any("/openfga" in resource for id, resource in policies.items() if not id.startswith("Permissions"))


def test_neither_reads_the_master_secret_of_the_database(service: Stack) -> None:
    readers = {
        id
        for id, one in service.resources.items()
        if one["Type"] == "AWS::IAM::Policy" and "MasterUserSecret" in str(one["Properties"])
    }

    assert {id[:10] for id in readers} == {"Migrations"}


def test_new_tasks_wait_for_the_migrations_of_the_same_image(service: Stack) -> None:
    (waiting,) = (
        one["DependsOn"]
        for id, one in service.resources.items()
        if one["Type"] == "AWS::ECS::Service" and id.startswith("Permissions")
    )
    (migrations,) = (
        id
        for id, one in service.resources.items()
        if one["Type"] == "Custom::Migrations" and id.startswith("Permissions")
    )

    assert migrations in waiting
    properties = service.resources[migrations]["Properties"]
    other = next(
        one["Properties"]
        for id, one in service.resources.items()
        if one["Type"] == "Custom::Migrations" and id != migrations
    )
    assert properties["LockName"] != other["LockName"]


def test_its_alarms_are_part_of_the_health_of_the_cell_and_on_its_dashboard(
    service: Stack, served: CloudAssembly
) -> None:
    rule = next(
        one["Properties"]["AlarmRule"]
        for one in service.resources.values()
        if one["Type"] == "AWS::CloudWatch::CompositeAlarm"
    )

    for alarm in ("ServerErrors", "Latency", "UnhealthyTasks", "RunningTasks"):
        assert f"Permissions{alarm}" in str(rule)
    assert "Permission checks" in str(served.stack("ProductCell").resources)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "spicedb"}, "permissions.engine: input should be 'postgresql' or 'openfga', got 'spicedb'"),
        ({"model_id": "latest"}, "permissions.model_id: string should match pattern"),
        ({"cpu": 256, "memory_mib": 8192}, "permissions: memory_mib must be one of 512 to 2048 that Fargate allows"),
        ({"min_tasks": 4, "max_tasks": 2}, r"permissions: min_tasks must be <= max_tasks \(2\), got 4"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_said(
    workspace: Workspace, settings: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=f"^--set.*: {message}"):
        plan_with(workspace, engine=settings.pop("engine", "openfga"), **settings)
