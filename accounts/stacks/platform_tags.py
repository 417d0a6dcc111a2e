"""The tags of everything that the platform has made."""

from aws_cdk import Tags
from constructs import Construct

from accounts.platform import Platform


def tag_as_platform(scope: Construct, platform: Platform) -> None:
    """Tag everything in a scope with its organization and its owner."""
    tags = Tags.of(scope)
    tags.add("organization", platform.spec.name)
    tags.add("owner", "platform")
