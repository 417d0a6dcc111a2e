"""A directory of users that signs tokens: whoever knows its address can check them without asking it."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from constructs_lib.sign_in import add_pages, issuer_of, pool_of_people

_MIN_PASSWORD = 14


class UserDirectory(Construct):
    """A Cognito user pool with its sign-in pages.

    Users are invited; nobody signs up by himself. Each needs a one-time code beside the password. The
    keys of its tokens are public at `jwks_uri`, so a cell checks a token with nothing but that address.
    See https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html.
    """

    def __init__(self, scope: Construct, id: str, *, domain_prefix: str) -> None:
        """`domain_prefix` is where the sign-in pages are; nobody else in the region may have it."""
        super().__init__(scope, id)
        self.pool = pool_of_people(
            self,
            min_password=_MIN_PASSWORD,
            self_sign_up=False,
            feature_plan=cognito.FeaturePlan.PLUS,
            threat_protection=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            deletion_protection=True,
            removal=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        add_pages(self.pool, domain_prefix)

    @property
    def issuer(self) -> str:
        """The `iss` claim of its tokens."""
        return issuer_of(self.pool)

    @property
    def jwks_uri(self) -> str:
        """Where the keys are that its tokens are checked with."""
        return f"{self.issuer}/.well-known/jwks.json"
