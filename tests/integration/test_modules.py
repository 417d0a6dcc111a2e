"""What the modules of a cell are for, on the embedded AWS: events arrive, records are archived, failures go back."""

import json
import time
import urllib.request

import pytest

from tests.integration.conftest import DEV, Project

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def resources(project: Project, dev) -> dict[str, str]:
    """The dev cell's physical ids by logical id."""
    found = project.resources(DEV, "acme-crm-dev-data", "acme-crm-dev-service")
    return {name: id for name, (_, id) in found.items()}


def one(resources: dict[str, str], prefix: str, *, without: str = "\n") -> str:
    (found,) = (id for name, id in resources.items() if name.startswith(prefix) and without not in name)
    return found


def events_queue(resources: dict[str, str]) -> str:
    return one({name: id for name, id in resources.items() if id.startswith("http")}, "EventsEvents", without="Dead")


def messages(project: Project, url: str) -> list[str]:
    sqs = project.client("sqs", DEV)
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=3).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in found]


def test_events_of_modules_reach_the_workers_queue_and_others_do_not(project: Project, resources) -> None:
    entries = [
        {"EventBusName": "acme-crm-dev", "Source": source, "DetailType": "created", "Detail": "{}"}
        for source in ("contacts", "nobody")
    ]

    assert project.client("events", DEV).put_events(Entries=entries)["FailedEntryCount"] == 0
    assert [json.loads(body)["source"] for body in messages(project, events_queue(resources))] == ["contacts"]


def test_every_event_is_archived(project: Project, resources) -> None:
    archive = project.client("events", DEV).describe_archive(ArchiveName="acme-crm-dev")

    assert (archive["RetentionDays"], archive["EventCount"]) == (30, 2)


def test_a_record_and_its_overwriting_are_both_in_the_archive(project: Project, resources) -> None:
    table = one(resources, "AuditLogRecordsTable")
    key = {"organization_id": {"S": "one"}, "time_and_id": {"S": "2026-11-26#1"}}
    for entity in ("contact/1", "contact/2"):
        project.client("dynamodb", DEV).put_item(TableName=table, Item={**key, "entity": {"S": entity}})

    lines = _archived(project, one(resources, "AuditLogArchiveBucket", without="Policy"), count=2)

    assert [(line["event"], line["NewImage"]["entity"]["S"]) for line in lines] == [
        ("INSERT", "contact/1"),
        ("MODIFY", "contact/2"),
    ]


def test_what_failed_for_good_goes_back_when_a_person_says_so(project: Project, resources) -> None:
    dead = next(id for name, id in resources.items() if name.startswith("EventsEventsQueueDead") and "http" in id)
    project.client("sqs", DEV).send_message(QueueUrl=dead, MessageBody="poison")

    answer = project.client("lambda", DEV).invoke(
        FunctionName=one(resources, "EventsRedriveFunction"), Payload=json.dumps({"queue": "events/EventsQueue"})
    )

    assert json.loads(answer["Payload"].read())["messages"] == 1
    assert messages(project, events_queue(resources)) == ["poison"]


def test_the_permission_service_has_a_database_that_nobody_but_its_user_gets_into(project: Project, resources) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{project.port}/_local/rds-data/statements") as answer:
        statements = [(one["database"], one["sql"]) for one in json.load(answer)["statements"]]

    assert ("postgres", 'CREATE DATABASE "openfga"') in statements
    assert ("openfga", 'REVOKE ALL ON DATABASE "openfga" FROM PUBLIC') in statements
    assert ("openfga", 'GRANT rds_iam TO "openfga"') in statements


def test_the_permission_service_ran_its_migrations_and_has_its_image_in_the_registry(
    project: Project, resources
) -> None:
    ecs = project.client("ecs", DEV)
    definition = ecs.describe_task_definition(taskDefinition="acme-crm-dev-permissions")["taskDefinition"]
    image = definition["containerDefinitions"][0]["image"]
    cluster = ecs.list_clusters()["clusterArns"][0]
    migrated = ecs.list_tasks(cluster=cluster, family="acme-crm-dev-permissions-migrations", desiredStatus="STOPPED")
    ecr = project.client("ecr", image.partition(".")[0])

    assert [task["containers"][0]["exitCode"] for task in _tasks(ecs, cluster, migrated)] == [0]
    digest = image.partition("@")[2]
    found = ecr.batch_get_image(repositoryName="acme-crm/permissions", imageIds=[{"imageDigest": digest}])
    assert [one["imageId"]["imageDigest"] for one in found["images"]] == [digest]


def test_the_permission_service_listens_with_tls_on_its_own_port(project: Project, resources) -> None:
    elbv2 = project.client("elbv2", DEV)
    listener = one(resources, "PermissionsServiceListener")
    (found,) = elbv2.describe_listeners(ListenerArns=[listener])["Listeners"]
    (group,) = elbv2.describe_target_groups(TargetGroupArns=[one(resources, "PermissionsServiceTargetGroup")])[
        "TargetGroups"
    ]

    assert (found["Port"], found["Protocol"]) == (8443, "HTTPS")
    assert found["DefaultActions"][0]["TargetGroupArn"] == group["TargetGroupArn"]
    assert (group["Protocol"], group["HealthCheckPath"]) == ("HTTPS", "/health")


def _tasks(ecs, cluster: str, listed: dict) -> list[dict]:
    return ecs.describe_tasks(cluster=cluster, tasks=listed["taskArns"])["tasks"] if listed["taskArns"] else []


def _archived(project: Project, bucket: str, *, count: int) -> list[dict]:
    s3 = project.client("s3", DEV)
    for _ in range(60):
        keys = sorted(item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []))
        bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
        lines = [json.loads(line) for body in bodies for line in body.splitlines()]
        if len(lines) >= count:
            return lines
        time.sleep(1)
    raise AssertionError(f"{bucket} has no {count} changes after a minute")
