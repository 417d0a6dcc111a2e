"""A directory of users that signs tokens: whoever knows its address can check them without asking it."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cognito as cognito
from constructs import Construct

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
        self.pool = self._build_pool()
        self.pool.add_domain(
            "SignIn",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain_prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )

    @property
    def issuer(self) -> str:
        """The `iss` claim of its tokens."""
        stack = Stack.of(self)
        return f"https://cognito-idp.{stack.region}.{stack.url_suffix}/{self.pool.user_pool_id}"

    @property
    def jwks_uri(self) -> str:
        """Where the keys are that its tokens are checked with."""
        return f"{self.issuer}/.well-known/jwks.json"

    def _build_pool(self) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "Pool",
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=_MIN_PASSWORD,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        Tags.of(pool).add("data-classification", "restricted")
        return pool
