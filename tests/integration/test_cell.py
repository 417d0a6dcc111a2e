"""Two cells in two accounts of the embedded AWS, with the real CDK CLI: deployed, read back, updated, destroyed."""

import json

import boto3
import pytest

from accounts.names import BASELINE_STACK_SETS
from accounts.vending.baseline import baseline_states
from accounts.vending.clients import VendingClients
from cells.cli.context import choice
from cells.cli.workspace import Workspace
from tests.integration.conftest import DEV, Project, statuses

pytestmark = pytest.mark.integration

MANAGEMENT = "111111111111"
STAGING, PROD, HUB, SHARED = "444455556666", "777788889999", "444444444444", "555555555555"


@pytest.fixture(scope="module")
def prod(project: Project, dev) -> None:
    """The prod cell, deployed step by step: the ground, a first deploy that stops, the secret, a second deploy."""
    from cells.cli.organization_outputs import record_outputs
    from cells.cli.target import LocalTarget
    from cells.cli.up import build_organization
    from cells.deploy.reporter import Silence

    workspace = Workspace(project.folder)
    plan = workspace.plan("acme-crm", choice(environment="prod"))
    build_organization(workspace, plan.identity, LocalTarget.find(project.folder), Silence())
    # As `cells org apply` does at its end, when all stacks are there.
    assert len(record_outputs(workspace, LocalTarget.find(project.folder))) == 3

    stopped = project.cells("deploy", "acme-crm", "-e", "prod", "--yes", "--json")
    assert stopped.code == 2, stopped.err
    assert "finance/payment-api-key has no value yet" in stopped.err
    assert "cells secrets set acme-crm -e prod finance/payment-api-key" in stopped.err
    assert statuses(project, PROD) == {
        "acme-crm-prod-foundation": "CREATE_COMPLETE",
        "acme-crm-prod-data": "CREATE_COMPLETE",
    }

    assert project.cells("secrets", "check", "acme-crm", "-e", "prod").code == 1
    told = project.cells("secrets", "set", "acme-crm", "finance/payment-api-key", "-e", "prod", stdin="sk-test\n")
    assert told.code == 0, told.err
    assert "sk-test" not in told.out + told.err
    assert project.cells("secrets", "check", "acme-crm", "-e", "prod").code == 0

    went_on = project.cells("deploy", "acme-crm", "-e", "prod", "--yes", "--json")
    assert went_on.code == 0, went_on.err
    actions = {stack["stack"]: stack["action"] for stack in went_on.json()["stacks"]}
    assert actions["acme-crm-prod-data"] == "keep"
    assert actions["acme-crm-prod-service"] == "create"


def test_dev_is_there_as_planned(project: Project, dev) -> None:
    assert dev["account"] == DEV
    _reads_back_as_planned(project, "dev", DEV)


def test_every_member_has_its_baseline_and_only_cells_have_a_deployment_role(project: Project, dev) -> None:
    session = boto3.Session(aws_access_key_id=MANAGEMENT, aws_secret_access_key="local", region_name="eu-west-1")
    clients = VendingClients(session, f"http://127.0.0.1:{project.port}")

    states = baseline_states(clients, BASELINE_STACK_SETS, region="eu-west-1")

    assert set(states.values()) == {"current"}
    assert {DEV, STAGING, PROD, HUB, SHARED} < set(states)
    assert MANAGEMENT not in states
    roles = {account: _role_names(project, account) for account in (DEV, HUB)}
    assert {"DeploymentRole", "CellBackupRole", "BreakGlassRole", "AuditorRole"} <= roles[DEV]
    assert {"BreakGlassRole", "AuditorRole"} <= roles[HUB]
    assert not {"DeploymentRole", "CellBackupRole"} & roles[HUB]


def _role_names(project: Project, account: str) -> set[str]:
    pages = project.client("iam", account).get_paginator("list_roles").paginate()
    return {role["RoleName"] for page in pages for role in page["Roles"]}


def test_a_killed_run_goes_on_where_it_stopped(project: Project, dev) -> None:
    actions = {stack["stack"]: stack["action"] for stack in dev["stacks"]}

    assert actions["acme-crm-dev-foundation"] == "keep"
    assert actions["acme-crm-dev-service"] == "create"
    assert set(statuses(project, DEV).values()) == {"CREATE_COMPLETE"}


def test_a_second_up_changes_nothing(project: Project, dev) -> None:
    again = project.cells("up", "--json")

    assert again.code == 0, again.err
    assert {stack["action"] for stack in again.json()["stacks"]} == {"keep"}


def test_an_update_changes_only_what_it_is_about(project: Project, dev) -> None:
    assert project.cells("diff", "acme-crm", "-e", "dev", "--fail").code == 0
    project.edit("cells/products/acme-crm.yaml", "openfga}", "openfga, worker.memory_mib: 2048}")

    assert project.cells("diff", "acme-crm", "-e", "dev", "--fail").code == 1
    _cloudformation_says_the_same(project)
    cluster = _cluster(project, DEV)["DBClusterArn"]
    updated = project.cells("deploy", "acme-crm", "-e", "dev", "--yes", "--json")

    assert updated.code == 0, updated.err
    actions = {stack["stack"]: stack["action"] for stack in updated.json()["stacks"]}
    assert actions.pop("acme-crm-dev-service") == "update"
    assert set(actions.values()) == {"keep"}
    assert _cluster(project, DEV)["DBClusterArn"] == cluster
    ecs = project.client("ecs", DEV)
    assert ecs.describe_task_definition(taskDefinition="acme-crm-dev-worker")["taskDefinition"]["memory"] == "2048"


def _cloudformation_says_the_same(project: Project) -> None:
    """The templates are read from the account, and real change sets are made, compared and thrown away."""
    result = project.cells("diff", "acme-crm", "-e", "dev", "--change-set", "--json")

    assert result.code == 0, result.err
    found = result.json()
    assert found["cells"][0]["counts"] == {"create": 0, "update": 1, "replace": 1, "remove": 0}
    said = {one["logical_id"]: (one["ours"], one["theirs"]) for one in found["change_set"] if one["ours"] != "nothing"}
    assert sorted(said.values()) == [("replace", "replace"), ("update", "update")]
    assert {one["theirs"] for one in found["change_set"] if one["ours"] == "nothing"} <= {"decided later"}
    left = project.client("cloudformation", DEV).list_change_sets(StackName="acme-crm-dev-service")["Summaries"]
    assert not [one for one in left if one["ChangeSetName"].startswith("cells-diff")]


def test_only_a_deploy_that_touches_the_database_leaves_a_snapshot(project: Project, dev) -> None:
    before = _snapshots(project, DEV)
    product = "cells/products/acme-crm.yaml"
    project.edit(product, "worker.memory_mib: 2048", "worker.memory_mib: 1024")
    other = project.cells("deploy", "acme-crm", "-e", "dev", "--yes", "--json")
    assert other.json()["snapshots"] == []
    assert _snapshots(project, DEV) == before

    project.edit(product, "worker.memory_mib: 1024", "worker.memory_mib: 2048, database.backup_retention_days: 8")
    touching = project.cells("deploy", "acme-crm", "-e", "dev", "--yes", "--json")

    assert touching.code == 0, touching.err
    (taken,) = touching.json()["snapshots"]
    assert taken in _snapshots(project, DEV) - before
    assert _cluster(project, DEV)["BackupRetentionPeriod"] == 8
    again = project.cells("deploy", "acme-crm", "-e", "dev", "--yes", "--json")
    assert again.json()["snapshots"] == []


def _snapshots(project: Project, account: str) -> set[str]:
    found = project.client("rds", account).describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    assert all(snapshot["StorageEncrypted"] and snapshot["KmsKeyId"] for snapshot in found)
    return {snapshot["DBClusterSnapshotIdentifier"] for snapshot in found}


def test_a_stack_that_something_else_made_is_not_compared(project: Project, dev) -> None:
    cloudformation = project.client("cloudformation", STAGING)
    template = {"Resources": {"Mine": {"Type": "AWS::SNS::Topic"}}}
    cloudformation.create_stack(StackName="acme-crm-staging-data", TemplateBody=json.dumps(template))

    result = project.cells("diff", "acme-crm", "-e", "staging")
    cloudformation.delete_stack(StackName="acme-crm-staging-data")

    assert result.code == 2
    assert "the stack acme-crm-staging-data in eu-west-1 has none of this cell's resources" in result.err


def test_an_image_that_the_registry_lacks_is_refused(project: Project, dev) -> None:
    locks = project.folder / "cells" / "images" / "locks"
    locks.mkdir(parents=True)
    lock = locks / "acme-crm.json"
    lock.write_text(json.dumps({"dev": {"api": "sha256:" + "f" * 64}}))

    refused = project.cells("deploy", "acme-crm", "-e", "dev", "--yes")
    lock.unlink()

    assert refused.code == 2
    assert "acme-crm/api has no image sha256:ffff" in refused.err


def test_prod_is_there_as_planned(project: Project, prod) -> None:
    _reads_back_as_planned(project, "prod", PROD)


def test_containers_know_who_signs_the_tokens_of_their_segment(project: Project, prod) -> None:
    issuer = Workspace(project.folder).registry.organization.issuers["prod"]
    pools = {one["Id"] for one in project.client("cognito-idp", SHARED).list_user_pools(MaxResults=10)["UserPools"]}
    ecs = project.client("ecs", PROD)

    task = ecs.describe_task_definition(taskDefinition="acme-crm-prod-api")["taskDefinition"]

    (app,) = (one for one in task["containerDefinitions"] if one["name"] == "app")
    environment = {one["name"]: one["value"] for one in app["environment"]}
    assert environment["IDENTITY_ISSUER"] == issuer
    assert issuer.rpartition("/")[2] in pools


def test_every_stack_has_its_policy(project: Project, prod) -> None:
    cloudformation = project.client("cloudformation", PROD)

    body = json.loads(cloudformation.get_stack_policy(StackName="acme-crm-prod-data")["StackPolicyBody"])

    denied = next(statement for statement in body["Statement"] if statement["Effect"] == "Deny")
    assert any("DatabaseCluster" in resource for resource in denied["Resource"])
    assert set(denied["Action"]) == {"Update:Replace", "Update:Delete"}


def test_prod_is_protected_from_deletion(project: Project, prod) -> None:
    stacks = project.client("cloudformation", PROD).describe_stacks()["Stacks"]

    protected = {stack["StackName"] for stack in stacks if stack.get("EnableTerminationProtection")}
    assert {"acme-crm-prod-foundation", "acme-crm-prod-data"} <= protected


def test_prod_is_destroyed_with_two_keys_only(project: Project, prod) -> None:
    """One story, because each step stands on the one before."""
    without = project.cells("destroy", "acme-crm", "-e", "prod", "--yes", "--destroy-data", "acme-crm-prod")
    assert without.code == 3
    assert "environments.prod.decommission" in without.err

    reason = "decommission: {reason: moved to the new product, owner: crm-team}"
    project.edit("cells/products/acme-crm.yaml", "  prod:\n", f"  prod:\n    {reason}\n")
    declared = project.cells("destroy", "acme-crm", "-e", "prod", "--yes", "--destroy-data", "acme-crm-prod")
    assert declared.code == 3
    assert "declared but not deployed" in declared.err

    deployed = project.cells("deploy", "acme-crm", "-e", "prod", "--yes")
    assert deployed.code == 0, deployed.err
    one_key = project.cells("destroy", "acme-crm", "-e", "prod", "--yes")
    assert one_key.code == 3
    assert "--destroy-data acme-crm-prod" in one_key.err
    assert project.cells("destroy", "acme-crm", "-e", "prod", "--yes", "--destroy-data", "acme-crm-dev").code == 2

    bucket = next(
        name["Name"]
        for name in project.client("s3", PROD).list_buckets()["Buckets"]
        if name["Name"].startswith("acme-crm-prod-data-storagefiles")
    )
    project.client("s3", PROD).put_object(Bucket=bucket, Key="one", Body=b"one")
    project.client("backup", PROD).start_backup_job(
        BackupVaultName="cell-recovery",
        ResourceArn=f"arn:aws:s3:::{bucket}",
        IamRoleArn=f"arn:aws:iam::{PROD}:role/CellBackupRole",
        Lifecycle={"DeleteAfterDays": 35},
    )
    gone = project.cells("destroy", "acme-crm", "-e", "prod", "--yes", "--destroy-data", "acme-crm-prod", "--json")
    assert gone.code == 0, gone.err + gone.out
    assert gone.json()["still_billed"] == []
    (copies,) = gone.json()["copies"]
    assert copies.startswith("1 copy of S3 in eu-west-1, the last until ")
    assert statuses(project, PROD) == {}
    assert project.client("rds", PROD).describe_db_clusters()["DBClusters"] == []
    assert _delegated(project, "crm.example.com") == []

    again = project.cells("destroy", "acme-crm", "-e", "prod", "--yes", "--destroy-data", "acme-crm-prod")
    assert again.code == 0, again.err
    assert "nothing of acme-crm/prod/eu-west-1 is there" in again.out


def _reads_back_as_planned(project: Project, environment: str, account: str) -> None:
    plan = Workspace(project.folder).plan("acme-crm", choice(environment=environment))
    prefix = plan.identity.prefix

    vpcs = [vpc for vpc in project.client("ec2", account).describe_vpcs()["Vpcs"] if not vpc.get("IsDefault")]
    assert [vpc["CidrBlock"] for vpc in vpcs] == [plan.network.cidr]
    _data_reads_back(project, account, plan)
    _service_reads_back(project, account, plan)
    _edge_reads_back(project, account, plan)
    parameters = project.client("ssm", account).get_parameters_by_path(Path=plan.identity.record_path)["Parameters"]
    record = {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in parameters}
    assert record["product"] == "acme-crm"
    assert record["environment"] == environment
    assert record["modules"] == ",".join(module.reference for module in plan.modules)
    assert prefix in {board["DashboardName"] for board in _dashboards(project, account)}


def _data_reads_back(project: Project, account: str, plan) -> None:
    cluster = _cluster(project, account)
    scaling = cluster["ServerlessV2ScalingConfiguration"]
    assert cluster["StorageEncrypted"]
    assert cluster["DeletionProtection"] is plan.settings.protection.deletion_protection
    assert (scaling["MinCapacity"], scaling["MaxCapacity"]) == (
        plan.settings.database.min_acu,
        plan.settings.database.max_acu,
    )
    groups = project.client("elasticache", account).describe_replication_groups()["ReplicationGroups"]
    assert len(groups) == (2 if plan.settings.cache.separate_queues else 1)
    assert all(group["TransitEncryptionEnabled"] for group in groups)


def _service_reads_back(project: Project, account: str, plan) -> None:
    ecs = project.client("ecs", account)
    services = set(plan.images) - {"migrations"}
    for container in services:
        definition = ecs.describe_task_definition(taskDefinition=f"{plan.identity.prefix}-{container}")
        image = definition["taskDefinition"]["containerDefinitions"][0]["image"]
        assert image.startswith(f"{SHARED}.dkr.ecr.eu-west-1.")
        assert image.endswith(f"/acme-crm/{container}@{plan.images[container]}")
    cluster = ecs.list_clusters()["clusterArns"][0]
    assert len(ecs.list_services(cluster=cluster)["serviceArns"]) == len(services)
    scaling = project.client("application-autoscaling", account)
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert sorted((target["MinCapacity"], target["MaxCapacity"]) for target in targets) == sorted(
        # Of permissions nothing else is declared, so there are as many as of the API.
        (task.min_tasks, task.max_tasks)
        for task in (plan.settings.worker if service == "worker" else plan.settings.api for service in services)
    )


def _edge_reads_back(project: Project, account: str, plan) -> None:
    distributions = project.client("cloudfront", account).list_distributions()["DistributionList"]["Items"]
    assert [distribution["Aliases"]["Items"] for distribution in distributions] == [[plan.domain]]
    acls = project.client("wafv2", account, "us-east-1").list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    assert len(acls) == 1
    zone = next(
        zone
        for zone in project.client("route53", account).list_hosted_zones()["HostedZones"]
        if zone["Name"] == f"{plan.domain}."
    )
    servers = project.client("route53", account).get_hosted_zone(Id=zone["Id"])["DelegationSet"]["NameServers"]
    assert _delegated(project, plan.domain) == sorted(server.rstrip(".") for server in servers)


def _delegated(project: Project, domain: str) -> list[str]:
    route53 = project.client("route53", HUB)
    zone = next(zone for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == "example.com.")
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    return sorted(
        value["Value"].rstrip(".")
        for record in records
        if record["Type"] == "NS" and record["Name"] == f"{domain}."
        for value in record["ResourceRecords"]
    )


def _cluster(project: Project, account: str):
    (cluster,) = project.client("rds", account).describe_db_clusters()["DBClusters"]
    return cluster


def _dashboards(project: Project, account: str):
    return project.client("cloudwatch", account).list_dashboards()["DashboardEntries"]
