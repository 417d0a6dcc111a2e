"""ECS tasks that run no container."""

import json
import time
import urllib.request

import pytest

from tests.local.conftest import Local

ACCOUNT = "222222222222"


@pytest.fixture
def cluster(local: Local) -> str:
    ecs = local.session(ACCOUNT).client("ecs", endpoint_url=local.server.endpoint)
    ecs.register_task_definition(family="job", containerDefinitions=[{"name": "app", "image": "job", "memory": 128}])
    return str(ecs.create_cluster(clusterName="jobs")["cluster"]["clusterArn"])


def ended(local: Local, cluster: str) -> tuple[int, str]:
    ecs = local.session(ACCOUNT).client("ecs", endpoint_url=local.server.endpoint)
    task = ecs.run_task(cluster=cluster, taskDefinition="job")["tasks"][0]
    assert task["lastStatus"] != "STOPPED"
    deadline = time.monotonic() + 5
    while task["lastStatus"] != "STOPPED" and time.monotonic() < deadline:
        time.sleep(0.05)
        task = ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"][0]
    return int(task["containers"][0]["exitCode"]), str(task["stoppedReason"])


def test_a_task_ends_by_itself_with_exit_code_0(local: Local, cluster: str) -> None:
    assert ended(local, cluster) == (0, "Essential container in task exited")


def test_the_next_task_fails_when_it_is_told_to_and_only_that_one(local: Local, cluster: str) -> None:
    body = json.dumps({"exit_code": 7, "reason": "CannotPullContainerError"}).encode()
    urllib.request.urlopen(f"{local.server.endpoint}/_local/ecs/fail-next-task", data=body).close()

    assert ended(local, cluster) == (7, "CannotPullContainerError")
    assert ended(local, cluster)[0] == 0
