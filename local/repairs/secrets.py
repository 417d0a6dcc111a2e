"""Secrets: on AWS `Ref` of a secret is its ARN, the emulator answers its name."""

from collections.abc import Callable

from ministack.services import secretsmanager
from ministack.services.cloudformation import drift, provisioners

from local.properties import Json

_TYPE = "AWS::SecretsManager::Secret"
Made = tuple[str, dict[str, Json]]


def refer_to_secrets_by_arn() -> None:
    """Make the physical id of a secret its ARN. Call before the handlers are completed from their schemas."""
    handler = provisioners._RESOURCE_HANDLERS[_TYPE]
    create: Callable[[str, dict[str, Json], str], Made] = handler["create"]
    update: Callable[[str, dict[str, Json], dict[str, Json], str, str | None], Made] = handler["update"]
    delete: Callable[[str, dict[str, Json]], None] = handler["delete"]

    def create_by_arn(logical_id: str, props: dict[str, Json], stack: str) -> Made:
        name, attributes = create(logical_id, props, stack)
        if not props.get("SecretString") and not props.get("GenerateSecretString"):
            # On AWS a secret without a value has no version; the emulator gives it an empty one.
            secretsmanager._secrets[name]["Versions"].clear()
        return str(attributes["Arn"]), attributes

    def update_by_arn(
        arn: str, old: dict[str, Json], new: dict[str, Json], stack: str, logical_id: str | None = None
    ) -> Made:
        _, attributes = update(_name_of(arn), old, new, stack, logical_id)
        return str(attributes["Arn"]), attributes

    def delete_by_arn(arn: str, props: dict[str, Json]) -> None:
        delete(_name_of(arn), props)

    handler.update(create=create_by_arn, update=update_by_arn, delete=delete_by_arn)
    read, names = drift._DRIFT_READERS[_TYPE]
    drift._DRIFT_READERS[_TYPE] = (lambda arn, props: read(_name_of(arn), props), names)


def _name_of(arn: str) -> str:
    for name, secret in secretsmanager._secrets.items():
        if secret.get("ARN") == arn:
            return str(name)
    return arn
