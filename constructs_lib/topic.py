"""A topic that services publish to."""

from aws_cdk import Aws, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.specs.classification import DataClassification


class Topic(Construct):
    """An SNS topic, encrypted with a customer key; requests without TLS are refused.

    https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
    """

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, classification: DataClassification = "confidential"
    ) -> None:
        super().__init__(scope, id)
        # Imported: an event source would write itself into the real key's policy, a cycle between stacks.
        self._key = kms.Key.from_key_arn(self, "Key", key.key_arn)
        self.topic = sns.Topic(self, "Topic", master_key=self._key, enforce_ssl=True)
        Tags.of(self).add("data-classification", classification)

    def grant_publish(self, grantee: iam.IGrantable) -> None:
        """Let the grantee publish messages."""
        principal = grantee.grant_principal
        principal.add_to_principal_policy(
            iam.PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn])
        )
        principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"sns.{Aws.REGION}.amazonaws.com"}},
            )
        )
