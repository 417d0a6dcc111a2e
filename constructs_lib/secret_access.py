"""The right to read one secret."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager


def secret_read_statements(secret: secretsmanager.ISecret, key: kms.IKey) -> list[iam.PolicyStatement]:
    """Return what a principal needs to read the value of `secret`, and to decrypt with `key` for it only.

    `Secret.grant_read` of the CDK is not used: it writes the reader into the key's policy, and a key in an earlier
    stack then depends on its reader (aws-cdk #14213).

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    return [
        iam.PolicyStatement(
            actions=["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            resources=[secret.secret_arn],
        ),
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[key.key_arn],
            conditions={
                "StringEquals": {
                    "kms:ViaService": f"secretsmanager.{Aws.REGION}.amazonaws.com",
                    "kms:EncryptionContext:SecretARN": secret.secret_arn,
                }
            },
        ),
    ]


def grant_secret_read(grantee: iam.IGrantable, secret: secretsmanager.ISecret, key: kms.IKey) -> None:
    """Let the grantee read the value of `secret`."""
    for statement in secret_read_statements(secret, key):
        grantee.grant_principal.add_to_principal_policy(statement)
