"""Rotation and resource policies of secrets."""

import json

from ministack.services import secretsmanager

from local.handlers.handler import Handler, Place, Resource
from local.properties import Json, Properties


class RotationSchedule(Handler):
    """When a secret rotates. Without a function it is the schedule of a secret that a service manages."""

    types = ("AWS::SecretsManager::RotationSchedule",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Set the schedule on the secret."""
        rules: dict[str, Json] = dict(properties.child("RotationRules"))
        secret = _find(properties.text("SecretId"))
        secret.update(RotationEnabled=True, RotationRules=rules)
        if properties.text("RotationLambdaARN"):
            secret["RotationLambdaARN"] = properties.text("RotationLambdaARN")
        return Resource(str(secret["ARN"]), {"Id": secret["ARN"]})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Cancel the rotation."""
        try:
            _find(physical_id).update(RotationEnabled=False, RotationRules=None, RotationLambdaARN=None)
        except ValueError:
            return


class SecretPolicy(Handler):
    """The resource policy of a secret."""

    types = ("AWS::SecretsManager::ResourcePolicy",)

    def create(self, place: Place, properties: Properties) -> Resource:
        """Put the policy."""
        secret = properties.text("SecretId")
        place.aws.secretsmanager.put_resource_policy(
            SecretId=secret, ResourcePolicy=json.dumps(properties["ResourcePolicy"])
        )
        return Resource(secret, {"Id": secret})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Take the policy away."""
        place.aws.secretsmanager.delete_resource_policy(SecretId=physical_id)


def _find(identifier: str) -> dict[str, Json]:
    """Return the emulator's record of a secret, by ARN or name."""
    for name, secret in secretsmanager._secrets.items():
        if identifier in (name, secret.get("ARN")):
            found: dict[str, Json] = secret
            return found
    raise ValueError(f"Secrets Manager can't find the specified secret: {identifier}")
