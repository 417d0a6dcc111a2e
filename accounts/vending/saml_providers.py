"""SAML providers of an account, made as they are wanted. All of it can be done twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of, unless
from accounts.vending.saml_step import PutSamlProvider

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient


class SamlProviders:
    """The SAML providers of one account. None is ever deleted."""

    def __init__(self, clients: VendingClients, account: str) -> None:
        self._prefix = f"arn:{clients.partition}:iam::{account}:saml-provider/"
        self._patience = clients.patience
        self._iam: IAMClient = clients.members.iam(account)

    def put(self, step: PutSamlProvider) -> None:
        """Make it, or change its metadata when it has others. Raises ClientError."""
        current = self._current(step.provider)
        if current is None:
            with unless("EntityAlreadyExists"):
                self._patience.call(
                    lambda: self._iam.create_saml_provider(Name=step.provider, SAMLMetadataDocument=step.metadata)
                )
        elif current != step.metadata:
            arn = self._prefix + step.provider
            self._patience.call(
                lambda: self._iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=step.metadata)
            )

    def differences(self, step: PutSamlProvider) -> Iterator[str]:
        """What is not as wanted, for a person. Raises ClientError."""
        current = self._current(step.provider)
        if current is None:
            yield f"there is no SAML provider {step.provider}"
        elif current != step.metadata:
            yield f"the SAML provider {step.provider} has other metadata"

    def _current(self, provider: str) -> str | None:
        """The metadata of a provider; None when it is not there."""
        from botocore.exceptions import ClientError

        arn = self._prefix + provider
        try:
            found = self._patience.call(lambda: self._iam.get_saml_provider(SAMLProviderArn=arn))
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            return None
        return found["SAMLMetadataDocument"].strip()
