"""Addresses of REST APIs. A caller signs nothing, and the emulator underneath looks in one account only."""

from collections.abc import Iterable

from ministack.services import apigateway_v1

Scope = tuple[str, str]
"""An account and a region."""


def find_apis_in_every_account() -> None:
    """Let a domain, or the id of an API, lead to the account that owns it. Call once.

    Both are unique in a region of AWS, whoever owns them.
    """
    apigateway_v1.find_api_scope = _scope_of
    apigateway_v1.find_domain_scope = _scope_of_domain


def _scope_of(api_id: str) -> Scope | None:
    keys: Iterable[tuple[str, str, str]] = (key for key, _ in apigateway_v1._rest_apis.all_items())
    return next(((account, region) for account, region, known in keys if known == api_id), None)


def _scope_of_domain(domain: str) -> tuple[str, str, str] | None:
    keys: Iterable[tuple[str, str, str]] = (key for key, _ in apigateway_v1._domain_names.all_items())
    return next((key for key in keys if key[2].lower() == domain.lower()), None)
