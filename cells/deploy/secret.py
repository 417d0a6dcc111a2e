"""The secrets of a deployed cell: which are there, and which still wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.specs.errors import CellsError, InputError

if TYPE_CHECKING:
    from cells.deploy.clients import Clients
    from cells.deploy.stack import LiveStack

NAME_TAG = "cells:secret"
"""The tag with a secret's `module/name`."""
KIND_TAG = "cells:secret-kind"
"""The tag that says `generated` or `external`."""
_TYPE = "AWS::SecretsManager::Secret"


@dataclass(frozen=True)
class DeployedSecret:
    """A module's secret."""

    name: str
    """`module/name`, such as `finance/payment-api-key`."""
    kind: str
    """`generated` by AWS, or `external`: set by a person."""
    arn: str
    is_set: bool
    """Whether it has a value."""


def secrets_of(stack: LiveStack) -> list[DeployedSecret]:
    """The secrets of modules in a stack, sorted by name; none while the stack is not there."""
    found = []
    for type, id, status in stack.resources().values():
        if type != _TYPE or not id or status.startswith("DELETE"):
            continue
        answer = stack.clients.secretsmanager.describe_secret(SecretId=id)
        tags = {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}
        if NAME_TAG in tags:
            stages = answer.get("VersionIdsToStages", {}).values()
            is_set = any("AWSCURRENT" in stage for stage in stages)
            found.append(DeployedSecret(tags[NAME_TAG], tags.get(KIND_TAG, ""), answer["ARN"], is_set))
    return sorted(found, key=lambda secret: secret.name)


def empty_secrets(secrets: list[DeployedSecret]) -> list[DeployedSecret]:
    """The external ones that nobody has set."""
    return [secret for secret in secrets if secret.kind == "external" and not secret.is_set]


def refuse_empty(secrets: list[DeployedSecret], *, product: str, environment: str) -> None:
    """Raise InputError, with the line to type, when an external secret has no value yet."""
    empty = empty_secrets(secrets)
    if empty:
        lines = "; ".join(f"cells secrets set {product} -e {environment} {secret.name}" for secret in empty)
        raise InputError(
            f"{_listed([secret.name for secret in empty])} has no value yet, and the services need it",
            hint=f"{lines} — then run the same command again: it goes on where it stopped",
        )


def find_secret(secrets: list[DeployedSecret], name: str) -> DeployedSecret:
    """The secret of a name. Raises InputError when there is none, or when AWS generates its value."""
    found = next((secret for secret in secrets if secret.name == name), None)
    if found is None:
        known = ", ".join(secret.name for secret in secrets if secret.kind == "external")
        raise InputError(f"no secret '{name}' in this cell", hint=f"external secrets: {known or 'none'}")
    if found.kind != "external":
        raise InputError(f"secret '{name}' is generated", hint="AWS made its value; nobody has to set it")
    return found


def set_secret(clients: Clients, secret: DeployedSecret, value: str) -> None:
    """Give a secret a new value. Raises InputError for an empty one, CellsError when it is not there afterwards."""
    if not value:
        raise InputError(
            f"the value of '{secret.name}' is empty", hint="type it, or pipe it in: cells secrets set … < file"
        )
    clients.secretsmanager.put_secret_value(SecretId=secret.arn, SecretString=value)
    answer = clients.secretsmanager.describe_secret(SecretId=secret.arn)
    if not any("AWSCURRENT" in stages for stages in answer.get("VersionIdsToStages", {}).values()):
        raise CellsError(f"the value of '{secret.name}' did not become current", hint="run it again")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
