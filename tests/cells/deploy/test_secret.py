"""Secrets of a deployed cell, against moto and a stack that lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from cells.deploy.clients import Clients
from cells.deploy.secret import DeployedSecret, find_secret, refuse_empty, secrets_of, set_secret
from constructs_lib.specs.errors import InputError


@dataclass
class FakeStack:
    clients: Clients
    ids: list[str]

    def resources(self):
        return {id: ("AWS::SecretsManager::Secret", id, "CREATE_COMPLETE") for id in self.ids}


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStack]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        clients = Clients(session)
        yield FakeStack(clients, [_make(clients, "finance/key", "external"), _make(clients, "jobs/key", "generated")])


def _make(clients: Clients, name: str, kind: str) -> str:
    tags = [{"Key": "cells:secret", "Value": name}, {"Key": "cells:secret-kind", "Value": kind}]
    value = {"SecretString": "random"} if kind == "generated" else {}
    return clients.secretsmanager.create_secret(Name=name, Tags=tags, **value)["ARN"]


def test_a_secret_without_a_value_is_empty_until_it_is_set(stack: FakeStack) -> None:
    before = {secret.name: secret.is_set for secret in secrets_of(stack)}
    set_secret(stack.clients, find_secret(secrets_of(stack), "finance/key"), "sk-1")
    after = {secret.name: secret.is_set for secret in secrets_of(stack)}

    assert before == {"finance/key": False, "jobs/key": True}
    assert after == {"finance/key": True, "jobs/key": True}


def test_an_empty_external_secret_is_refused_with_the_line_to_type(stack: FakeStack) -> None:
    with pytest.raises(InputError, match="finance/key has no value yet") as refused:
        refuse_empty(secrets_of(stack), product="acme-crm", environment="dev")
    assert "cells secrets set acme-crm -e dev finance/key" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "message"), [("finance/kez", "no secret 'finance/kez'"), ("jobs/key", "'jobs/key' is generated")]
)
def test_only_an_external_secret_can_be_set(stack: FakeStack, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_secret(secrets_of(stack), name)


def test_an_empty_value_is_refused(stack: FakeStack) -> None:
    with pytest.raises(InputError, match="the value of 'finance/key' is empty"):
        set_secret(stack.clients, DeployedSecret("finance/key", "external", stack.ids[0], False), "")
