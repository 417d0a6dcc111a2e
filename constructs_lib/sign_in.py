"""A Cognito user pool as every kind of user has it: an address, a password, a one-time code, and pages to sign in."""

from aws_cdk import Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cognito as cognito
from constructs import Construct


def pool_of_people(
    scope: Construct,
    *,
    min_password: int,
    self_sign_up: bool,
    feature_plan: cognito.FeaturePlan,
    threat_protection: cognito.StandardThreatProtectionMode | None,
    deletion_protection: bool,
    removal: RemovalPolicy,
) -> cognito.UserPool:
    """Add the pool. A second factor is required, and only the address brings back who forgot the password.

    See https://docs.aws.amazon.com/cognito/latest/developerguide/managing-security.html.
    """
    pool = cognito.UserPool(
        scope,
        "Pool",
        feature_plan=feature_plan,
        standard_threat_protection_mode=threat_protection,
        self_sign_up_enabled=self_sign_up,
        sign_in_aliases=cognito.SignInAliases(email=True),
        sign_in_case_sensitive=False,
        auto_verify=cognito.AutoVerifiedAttrs(email=True),
        keep_original=cognito.KeepOriginalAttrs(email=True),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        mfa=cognito.Mfa.REQUIRED,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        password_policy=cognito.PasswordPolicy(
            min_length=min_password,
            require_digits=True,
            require_lowercase=True,
            require_uppercase=True,
            require_symbols=True,
            temp_password_validity=Duration.days(3),
        ),
        deletion_protection=deletion_protection,
        removal_policy=removal,
    )
    Tags.of(pool).add("data-classification", "restricted")
    return pool


def add_pages(pool: cognito.UserPool, domain_prefix: str) -> None:
    """Add its pages to sign in. `domain_prefix` is where they are; nobody else in the region may have it."""
    pool.add_domain(
        "SignIn",
        cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain_prefix),
        managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    )


def issuer_of(pool: cognito.IUserPool) -> str:
    """The `iss` claim of the pool's tokens; their keys are at `/.well-known/jwks.json` below it."""
    stack = Stack.of(pool)
    return f"https://cognito-idp.{stack.region}.{stack.url_suffix}/{pool.user_pool_id}"
