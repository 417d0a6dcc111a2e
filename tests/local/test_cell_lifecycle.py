"""Update, drift, a failing migration, protection and destruction of a cell, with the real CDK CLI."""

import json
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.local import sample_cell
from tests.local.conftest import Local

ACCOUNT = sample_cell.CELL_ACCOUNT
AFTER = replace(
    sample_cell.Variant(),
    desired_count=3,
    image_digest="sha256:" + "b" * 64,
    cache_port=6380,
    queue_seconds=60,
    log_fields=("date", "time", "cs-method"),
)
BROKEN = replace(AFTER, image_digest="sha256:" + "c" * 64)


@dataclass(frozen=True)
class Deployed:
    """The deployed cell, and the assemblies of its next versions."""

    local: Local
    after: Path
    broken: Path


@pytest.fixture(scope="module")
def deployed(cell: Local) -> Deployed:
    made = Deployed(cell, cell.folder / "after.out", cell.folder / "broken.out")
    sample_cell.build(str(made.after), AFTER)
    sample_cell.build(str(made.broken), BROKEN)
    return made


def test_a_cell_lives_through_update_failure_and_destruction(deployed: Deployed) -> None:
    """One story, because each step stands on the one before."""
    _the_diff_names_what_is_replaced(deployed)
    _an_update_keeps_what_did_not_change(deployed)
    _a_failing_migration_rolls_the_update_back(deployed)
    _a_service_that_does_not_come_up_rolls_the_update_back(deployed)
    _drift_is_seen(deployed)
    _a_protected_stack_is_not_destroyed(deployed)
    _destruction_leaves_only_what_is_retained(deployed)


def _the_diff_names_what_is_replaced(deployed: Deployed) -> None:
    outcome = deployed.local.cdk("diff", "--app", str(deployed.after), "--all", "--fail")

    assert outcome.code == 1
    assert "AWS::ElastiCache::ReplicationGroup Cache Cache replace" in outcome.output
    assert "AWS::ECS::TaskDefinition ApiTask" in outcome.output
    queue = next(line for line in outcome.output.splitlines() if "AWS::SQS::Queue Jobs" in line)
    assert "replace" not in queue


def _an_update_keeps_what_did_not_change(deployed: Deployed) -> None:
    cluster_before, queue_before = _cluster(deployed), _queue(deployed)

    outcome = deployed.local.deploy(deployed.after)

    assert outcome.code == 0, outcome.output[-4000:]
    assert _cluster(deployed) == cluster_before
    assert _queue(deployed)[0] == queue_before[0]
    assert (queue_before[1], _queue(deployed)[1]) == ("30", "60")
    assert _running(deployed) == 3
    groups = _client(deployed, "elasticache").describe_replication_groups()["ReplicationGroups"]
    assert [group["NodeGroups"][0]["PrimaryEndpoint"]["Port"] for group in groups] == [6380]
    edge = deployed.local.session(region=sample_cell.EDGE_REGION)
    deliveries = edge.client("logs", endpoint_url=deployed.local.server.endpoint).describe_deliveries()["deliveries"]
    assert [delivery["recordFields"] for delivery in deliveries] == [["date", "time", "cs-method"]]


def _a_failing_migration_rolls_the_update_back(deployed: Deployed) -> None:
    definition = _service(deployed)["taskDefinition"]
    body = json.dumps({"exit_code": 3}).encode()
    urllib.request.urlopen(f"{deployed.local.server.endpoint}/_local/ecs/fail-next-task", data=body).close()

    outcome = deployed.local.deploy(deployed.broken)

    assert outcome.code == 1
    assert "migration exited with 3" in outcome.output
    assert _status(deployed, "Cell-Service") == "UPDATE_ROLLBACK_COMPLETE"
    assert _service(deployed)["taskDefinition"] == definition


def _a_service_that_does_not_come_up_rolls_the_update_back(deployed: Deployed) -> None:
    address = f"{deployed.local.server.endpoint}/_local/ecs/fail-next-deployment"
    urllib.request.urlopen(address, data=b"{}").close()

    outcome = deployed.local.deploy(deployed.broken)

    assert outcome.code == 1
    assert "Circuit Breaker was triggered" in outcome.output
    assert _status(deployed, "Cell-Service") == "UPDATE_ROLLBACK_COMPLETE"
    assert _running(deployed) == 3


def _drift_is_seen(deployed: Deployed) -> None:
    arguments = ("drift", "--app", str(deployed.after), "Cell-Service", "Cell-Data", "--fail")
    clean = deployed.local.cdk(*arguments, account=ACCOUNT)
    url = _queue(deployed)[0]

    _client(deployed, "sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "7"})
    drifted = deployed.local.cdk(*arguments, account=ACCOUNT)
    _client(deployed, "sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})

    assert (clean.code, drifted.code) == (0, 1), clean.output + drifted.output
    assert "VisibilityTimeout" in drifted.output


def _a_protected_stack_is_not_destroyed(deployed: Deployed) -> None:
    outcome = deployed.local.cdk("destroy", "--app", str(deployed.after), "--force", "Cell-Foundation")

    assert outcome.code == 1
    assert "TerminationProtection is enabled" in outcome.output


def _destruction_leaves_only_what_is_retained(deployed: Deployed) -> None:
    _client(deployed, "cloudformation").update_termination_protection(
        StackName="Cell-Foundation", EnableTerminationProtection=False
    )
    logs = next(name for name in _buckets(deployed) if "foundation-logs" in name)
    _client(deployed, "s3").put_object(Bucket=logs, Key="flow-logs/one", Body=b"one")

    outcome = deployed.local.cdk("destroy", "--app", str(deployed.after), "--force", "--all")

    assert outcome.code == 0, outcome.output[-4000:]
    assert _client(deployed, "rds").describe_db_clusters()["DBClusters"] == []
    assert _delegations(deployed) == []
    assert [vpc for vpc in _client(deployed, "ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert _client(deployed, "ec2").describe_nat_gateways()["NatGateways"] == []
    assert _client(deployed, "cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert [name for name in _buckets(deployed) if not name.startswith("cdk-")] == [_files(deployed)]


def _delegations(deployed: Deployed) -> list[str]:
    session = deployed.local.session(sample_cell.HUB_ACCOUNT)
    route53 = session.client("route53", endpoint_url=deployed.local.server.endpoint)
    found = []
    for zone in route53.list_hosted_zones()["HostedZones"]:
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]:
            found += [str(record["Name"])] * (record["Name"] == f"{sample_cell.CELL_DOMAIN}.")
    return found


def _client(deployed: Deployed, service: str):
    return deployed.local.session(ACCOUNT).client(service, endpoint_url=deployed.local.server.endpoint)


def _status(deployed: Deployed, stack: str) -> str:
    found = _client(deployed, "cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return str(found[0]["StackStatus"])


def _cluster(deployed: Deployed) -> str:
    return str(_client(deployed, "rds").describe_db_clusters()["DBClusters"][0]["DBClusterArn"])


def _queue(deployed: Deployed) -> tuple[str, str]:
    sqs = _client(deployed, "sqs")
    url = next(name for name in sqs.list_queues()["QueueUrls"] if "Jobs" in name)
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    return str(url), str(attributes["VisibilityTimeout"])


def _service(deployed: Deployed):
    ecs = _client(deployed, "ecs")
    cluster = ecs.list_clusters()["clusterArns"][0]
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    return ecs.describe_services(cluster=cluster, services=arns)["services"][0]


def _running(deployed: Deployed) -> int:
    return int(_service(deployed)["runningCount"])


def _buckets(deployed: Deployed) -> list[str]:
    return [str(bucket["Name"]) for bucket in _client(deployed, "s3").list_buckets()["Buckets"]]


def _files(deployed: Deployed) -> str:
    return next(name for name in _buckets(deployed) if "data-files" in name)
