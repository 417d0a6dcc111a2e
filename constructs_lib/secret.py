"""A secret of a module."""

from aws_cdk import ArnFormat, CfnResource, Fn, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
from constructs_lib.secret_access import grant_secret_read
from constructs_lib.specs.classification import DataClassification
from constructs_lib.specs.protection import ProtectionSpec
from constructs_lib.specs.secret import SecretSpec

SECRET_TAG = "cells:secret"
"""The tag with the `module/name` of a secret; the physical name belongs to CloudFormation."""
KIND_TAG = "cells:secret-kind"
"""The tag that says `generated` or `external`."""

_GENERATED_LENGTH = 48
_NAME = 6
"""Where an ARN has the name of its secret."""


class CellSecret(Construct):
    """A Secrets Manager secret, found by its tag `cells:secret`.

    A `generated` secret has a random value from the start. An `external` one has no value until a person sets it: it
    has no version with the stage `AWSCURRENT`, and so an empty secret can be told from one that is set.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: SecretSpec,
        key: kms.IKey,
        protection: ProtectionSpec,
        classification: DataClassification = "restricted",
        replica_regions: tuple[str, ...] = (),
    ) -> None:
        """`replica_regions` get a copy that follows, under the key of Secrets Manager there: `key` is regional."""
        super().__init__(scope, id)
        self._key = key
        self.secret = self._build_secret(spec, protection, replica_regions)
        Tags.of(self).add(SECRET_TAG, spec.name)
        Tags.of(self).add(KIND_TAG, spec.kind)
        Tags.of(self).add("data-classification", classification)

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Let the grantee read the value, and decrypt with the key for this secret only."""
        grant_secret_read(grantee, self.secret, self._key)

    def arn_in(self, region: str) -> str:
        """The ARN of the copy in a region: what comes after the account is the same in all of them."""
        return Stack.of(self).format_arn(
            service="secretsmanager",
            region=region,
            resource="secret",
            resource_name=Fn.select(_NAME, Fn.split(":", self.secret.secret_arn)),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def _build_secret(
        self, spec: SecretSpec, protection: ProtectionSpec, replica_regions: tuple[str, ...]
    ) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description=spec.description,
            # Imported: the real key would take each reader into its policy, a cycle between stacks (aws-cdk #14213).
            encryption_key=kms.Key.from_key_arn(self, "Key", self._key.key_arn),
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=_GENERATED_LENGTH, exclude_punctuation=True
            ),
            removal_policy=removal_policy(protection, has_snapshots=False),
            replica_regions=[secretsmanager.ReplicaRegion(region=region) for region in replica_regions] or None,
        )
        if spec.kind == "external":
            resource = secret.node.default_child
            assert isinstance(resource, CfnResource)
            resource.add_property_deletion_override("GenerateSecretString")
        excuse(
            secret,
            rule="AwsSolutions-SMG4",
            reason="the value is known to a system outside AWS or signs what is in use; a person rotates it",
            owner="platform",
            expires="2027-11-30",
        )
        return secret
