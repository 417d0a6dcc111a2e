"""The step that makes the identity provider of break-glass known to the account where people come in.

The guardrail `no-users` lets the vending engine bring an identity provider, and no administrator: whoever can change it
decides who becomes administrator everywhere. See
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar, Literal

from accounts.spec import OrganizationSpec, PlatformAccount
from accounts.topology import Account
from accounts.vending.base_step import PromisedAccountStep, Seen, Sign
from accounts.vending.live import LiveAccount

SAML_TAG = "cells:break-glass-provider"
"""The tag of an account that says which provider and metadata it got last."""

_ACCOUNT: PlatformAccount = "security-tooling"
_DIGITS = 16


class PutSamlProvider(PromisedAccountStep):
    """Make a SAML provider, or give the one that is there other metadata."""

    kind: Literal["put-saml-provider"] = "put-saml-provider"
    sign: ClassVar[Sign] = "+"
    provider: str
    metadata: str

    def line(self) -> str:
        return f"account {self.name}: SAML provider {self.provider} of break-glass, metadata {self.digest[:8]}"

    def is_done_to(self, there: LiveAccount, seen: Seen) -> bool:
        return there.tags.get(SAML_TAG) == self.digest

    @property
    def digest(self) -> str:
        """What the account's tag has once this is done."""
        return hashlib.sha256(f"{self.provider}\0{self.metadata}".encode()).hexdigest()[:_DIGITS]


def saml_provider_of(spec: OrganizationSpec, account: Account, id: str | None) -> PutSamlProvider | None:
    """The step of an account; None for all but the one where people come in, and where nothing is declared."""
    provider, metadata = spec.break_glass_provider, spec.break_glass_metadata
    if account.name != _ACCOUNT or provider is None or metadata is None:
        return None
    return PutSamlProvider(name=account.name, account=id, provider=provider, metadata=metadata)
