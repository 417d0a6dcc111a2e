"""The module email, in the cell of the product that sends mail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assembly.load import CloudAssembly


@pytest.fixture(scope="module")
def assembly(product_cell: Callable[[str, str], Path]) -> CloudAssembly:
    return CloudAssembly.load(product_cell("nerdwork", "prod"))


def of_type(assembly: CloudAssembly, stack: str, type: str) -> list[str]:
    found = assembly.stack(stack)
    return [str(found.resources[id]["Properties"]) for id in found.resources if found.resource_type(id) == type]


def test_the_identity_is_the_domain_of_the_cell_and_lives_with_its_data(assembly: CloudAssembly) -> None:
    (identity,) = of_type(assembly, "ProductCell-Data", "AWS::SES::EmailIdentity")

    assert "'EmailIdentity': 'nerdwork.example.com'" in identity


def test_both_containers_send_and_only_the_worker_takes_what_came_back(assembly: CloudAssembly) -> None:
    policies = of_type(assembly, "ProductCell-Service", "AWS::IAM::Policy")
    senders = [policy for policy in policies if "ses:SendEmail" in policy]
    takers = [policy for policy in policies if "EmailFeedback" in policy and "sqs:ReceiveMessage" in policy]

    assert len(senders) == 2
    assert all("*@nerdwork.example.com" in policy for policy in senders)
    assert len([policy for policy in takers if "Worker" in policy]) == 1


def test_the_containers_know_their_domain(assembly: CloudAssembly) -> None:
    tasks = of_type(assembly, "ProductCell-Service", "AWS::ECS::TaskDefinition")

    assert sum("'EMAIL_DOMAIN'" in task for task in tasks) >= 2
