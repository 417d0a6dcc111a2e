"""Auth: sign-up, sign-in, sessions and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.user_pool import UserPool


class AuthModule(Module):
    """Sign-up, sign-in, second factors and tokens, in a Cognito user pool of the cell.

    The containers also know who signs tokens at shared services, when the registry does.
    """

    name = "auth"
    core = True
    summary = "Sign-up, sign-in, second factors and tokens in a user pool"
    reference = "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html"

    _users: UserPool

    def data(self, layer: DataLayer) -> None:
        """The user pool: it holds the credentials, so it is data."""
        from constructs_lib.user_pool import UserPool

        self._users = UserPool(
            layer.module_scope(self),
            "Users",
            origins=layer.plan.page_origins,
            # Sign-in pages have one name space for all accounts of a region.
            domain_prefix=f"{layer.plan.identity.prefix}-{layer.plan.account}",
            protection=layer.plan.settings.protection,
        )
        layer.user_pool = self._users

    def service(self, layer: ServiceLayer) -> None:
        """The containers check tokens by the issuer's public keys, and administer users."""
        layer.set_environment("AUTH_ISSUER", self._users.issuer)
        layer.set_environment("AUTH_CLIENT_ID", self._users.client.user_pool_client_id)
        layer.set_environment("AUTH_USER_POOL_ID", self._users.pool.user_pool_id)
        if layer.plan.issuer:
            # People of the company, who are in no pool of a cell: support, and systems of other products.
            layer.set_environment("IDENTITY_ISSUER", layer.plan.issuer)
            layer.set_environment("IDENTITY_JWKS_URL", f"{layer.plan.issuer}/.well-known/jwks.json")
        layer.grant_containers(self._users.grant_administer)
