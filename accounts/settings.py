"""What is set in every account and governed region that neither a template nor a policy can set.

What a policy of the organization sets is not here: S3's block of public access, that of images and snapshots, and the
defaults of the metadata service hold by `s3-block` and `ec2-defaults`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.specs.base import Spec


class PasswordPolicy(Spec):
    """The rules for passwords of IAM users. There are no users, and this is what a forgotten one finds.

    Letters of both kinds, digits and symbols are always needed. See
    https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html.
    """

    minimum_length: Annotated[int, Field(ge=8, le=128)] = 14
    """Characters."""
    remembered: Annotated[int, Field(ge=1, le=24)] = 24
    """Earlier passwords that may not come back."""
    max_age_days: Annotated[int, Field(ge=1, le=1095)] = 90


class AccountSettings(Spec):
    """What the vending engine does in each account."""

    default_network: Literal["removed", "kept"] = "removed"
    """The default VPC of each governed region. One that is in use is never removed: the step fails."""
    ebs_encryption: bool = True
    """Whether new volumes are encrypted by default, in each governed region."""
    password_policy: PasswordPolicy | None = PasswordPolicy()
    """None leaves the account's own."""
    bootstrap: bool = True
    """Whether accounts are prepared for the CDK, in the home region and CloudFront's."""
