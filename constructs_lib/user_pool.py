"""The users of a product: who signs up, signs in and gets tokens."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.removal import removal_policy
from constructs_lib.sign_in import add_pages, issuer_of, pool_of_people
from constructs_lib.specs.protection import ProtectionSpec

_MIN_PASSWORD = 12
_TOKEN = Duration.minutes(15)
_SESSION = Duration.days(30)


class UserPool(Construct):
    """A Cognito user pool with its sign-in pages and one client, the web application.

    Users sign up by themselves with an address that they confirm, and need a one-time code beside the password.
    Access tokens live 15 minutes, sessions 30 days. The keys of the tokens are public below `issuer`.

    https://docs.aws.amazon.com/cognito/latest/developerguide/managing-security.html
    """

    def __init__(
        self, scope: Construct, id: str, *, origins: Sequence[str], domain_prefix: str, protection: ProtectionSpec
    ) -> None:
        """`origins` are where the pages are, such as `https://crm.example.com`.

        `domain_prefix` names the sign-in pages, once in a region.
        """
        super().__init__(scope, id)
        self.pool = self._build_pool(protection)
        self.client = self._build_client(origins)
        add_pages(self.pool, domain_prefix)

    @property
    def issuer(self) -> str:
        """The `iss` claim of its tokens; their keys are at `/.well-known/jwks.json` below it."""
        return issuer_of(self.pool)

    def grant_administer(self, grantee: iam.IGrantable) -> None:
        """Let the grantee invite, find, lock and sign out users. Nobody may set passwords or delete users by it."""
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=[
                    "cognito-idp:AdminCreateUser",
                    "cognito-idp:AdminDisableUser",
                    "cognito-idp:AdminEnableUser",
                    "cognito-idp:AdminGetUser",
                    "cognito-idp:AdminUserGlobalSignOut",
                    "cognito-idp:ListUsers",
                ],
                resources=[self.pool.user_pool_arn],
            )
        )

    def _build_pool(self, protection: ProtectionSpec) -> cognito.UserPool:
        policy = removal_policy(protection, has_snapshots=False)
        pool = pool_of_people(
            self,
            min_password=_MIN_PASSWORD,
            self_sign_up=True,
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            threat_protection=None,
            deletion_protection=protection.deletion_protection and policy is not RemovalPolicy.DESTROY,
            removal=policy,
        )
        excuse(
            pool,
            rule="AwsSolutions-COG8",
            reason="the plan with threat protection is billed for every user; each one needs a second factor here",
            owner="platform",
            expires="2027-11-30",
        )
        return pool

    def _build_client(self, origins: Sequence[str]) -> cognito.UserPoolClient:
        return self.pool.add_client(
            "Application",
            auth_flows=cognito.AuthFlow(user_srp=True),
            generate_secret=False,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE],
                callback_urls=[f"{origin}/auth/callback" for origin in origins],
                logout_urls=[f"{origin}/" for origin in origins],
            ),
            access_token_validity=_TOKEN,
            id_token_validity=_TOKEN,
            refresh_token_validity=_SESSION,
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
