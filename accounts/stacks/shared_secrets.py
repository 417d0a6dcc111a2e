"""Secrets that several products read, each by the accounts of exactly those products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import CfnResource, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from accounts.shared_services_spec import SharedSecret
from constructs_lib.exception import excuse


class SharedSecrets(Construct):
    """The secrets and the key that they are encrypted with, under `shared/<name>`.

    A secret has no value until a person sets it. Both doors have to open: the secret's policy names the accounts that
    read it, and the key's lets them decrypt through Secrets Manager only.
    See https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        secrets: Sequence[SharedSecret],
        accounts: Mapping[str, Sequence[str]],
    ) -> None:
        """`accounts` are the accounts of the cells of each product."""
        super().__init__(scope, id)
        self._readers = {
            secret.name: sorted({id for product in secret.products for id in accounts.get(product, ())})
            for secret in secrets
        }
        self.key = self._build_key()
        for secret in secrets:
            self._build_secret(secret)

    def _build_key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description="Secrets that several products read",
            enable_key_rotation=True,
            pending_window=Duration.days(30),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        readers = sorted({account for accounts in self._readers.values() for account in accounts})
        through = f"secretsmanager.{Stack.of(self).region}.amazonaws.com"
        if readers:
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="ReadThroughSecretsManager",
                    principals=[iam.AccountPrincipal(account) for account in readers],
                    actions=["kms:Decrypt", "kms:DescribeKey"],
                    resources=["*"],
                    conditions={"StringEquals": {"kms:ViaService": through}},
                )
            )
        return key

    def _build_secret(self, declared: SharedSecret) -> None:
        secret = secretsmanager.Secret(
            self,
            declared.name,
            secret_name=f"shared/{declared.name}",
            description=f"Read by {', '.join(sorted(declared.products))}",
            # Imported: the real key would take the secret's readers into its policy a second time.
            encryption_key=kms.Key.from_key_arn(self, f"KeyOf-{declared.name}", self.key.key_arn),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        resource = secret.node.default_child
        assert isinstance(resource, CfnResource)
        resource.add_property_deletion_override("GenerateSecretString")
        Tags.of(secret).add("data-classification", "restricted")
        readers = self._readers[declared.name]
        if readers:
            secret.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="Read",
                    principals=[iam.AccountPrincipal(account) for account in readers],
                    actions=["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                    resources=["*"],
                )
            )
        excuse(
            secret,
            rule="AwsSolutions-SMG4",
            reason="The value belongs to a supplier; a person rotates it there and sets it here",
            owner="platform",
            expires="2027-11-30",
        )
