"""What a product's ECR repository has to be, when it is created to hold the placeholder."""

import json
from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec
from constructs_lib.specs.identity import AccountId

# What a pull needs. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


_SID = "PullFromCells"


def is_ours(policy: str) -> bool:
    """Whether a repository policy is one that RepositorySettings wrote."""
    return [statement.get("Sid") for statement in json.loads(policy)["Statement"]] == [_SID]


class RepositorySettings(Spec):
    """Settings of a repository. Tags of images never move and each push is scanned, whatever is given here."""

    pull_accounts: tuple[AccountId, ...]
    """The accounts of all cells of the product. They may pull, nobody else outside the registry's account may."""
    kms_key_arn: Annotated[str, Field(min_length=1)] | None = None
    """The key that encrypts the images. None: the key of ECR itself (AES-256). It cannot be changed later."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the repository."""

    def policy_text(self) -> str | None:
        """Return the repository policy. None when no account may pull yet."""
        if not self.pull_accounts:
            return None
        statement = {
            "Sid": _SID,
            "Effect": "Allow",
            "Principal": {"AWS": sorted(set(self.pull_accounts))},
            "Action": list(_PULL),
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
