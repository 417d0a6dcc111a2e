"""The lists of AWS Organizations, each read to its last page.

A page may be empty and still not be the last one, which the paginators of boto3 know. See
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from accounts.vending.patience import Patience

if TYPE_CHECKING:
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_organizations.literals import PolicyTypeType
    from types_boto3_organizations.type_defs import (
        AccountTypeDef,
        CreateAccountStatusTypeDef,
        OrganizationalUnitTypeDef,
        PolicySummaryTypeDef,
        PolicyTargetSummaryTypeDef,
        RootTypeDef,
    )


class Listing:
    """Reads whole lists. A list that AWS was too busy for is read anew."""

    def __init__(self, client: OrganizationsClient, patience: Patience) -> None:
        self._client = client
        self._patience = patience

    def root(self) -> RootTypeDef:
        """The root. An organization has one."""
        pages = self._client.get_paginator("list_roots")
        return self._patience.call(lambda: next(one for page in pages.paginate() for one in page["Roots"]))

    def units(self, parent: str) -> list[OrganizationalUnitTypeDef]:
        """The units directly in a parent."""
        pages = self._client.get_paginator("list_organizational_units_for_parent")
        return self._patience.call(
            lambda: [one for page in pages.paginate(ParentId=parent) for one in page["OrganizationalUnits"]]
        )

    def accounts(self, parent: str) -> list[AccountTypeDef]:
        """The accounts directly in a parent."""
        pages = self._client.get_paginator("list_accounts_for_parent")
        return self._patience.call(
            lambda: [one for page in pages.paginate(ParentId=parent) for one in page["Accounts"]]
        )

    def all_accounts(self) -> list[AccountTypeDef]:
        """All accounts, wherever they are."""
        pages = self._client.get_paginator("list_accounts")
        return self._patience.call(lambda: [one for page in pages.paginate() for one in page["Accounts"]])

    def tags(self, resource: str) -> dict[str, str]:
        """The tags of an account or of a policy."""
        pages = self._client.get_paginator("list_tags_for_resource")
        return self._patience.call(
            lambda: {tag["Key"]: tag["Value"] for page in pages.paginate(ResourceId=resource) for tag in page["Tags"]}
        )

    def services(self) -> list[str]:
        """The service principals with trusted access."""
        pages = self._client.get_paginator("list_aws_service_access_for_organization")
        return self._patience.call(
            lambda: [one["ServicePrincipal"] for page in pages.paginate() for one in page["EnabledServicePrincipals"]]
        )

    def administrators(self) -> list[str]:
        """The accounts that administer some service."""
        pages = self._client.get_paginator("list_delegated_administrators")
        return self._patience.call(
            lambda: [one["Id"] for page in pages.paginate() for one in page["DelegatedAdministrators"]]
        )

    def administered(self, account: str) -> list[str]:
        """The service principals that an account administers."""
        pages = self._client.get_paginator("list_delegated_services_for_account")
        return self._patience.call(
            lambda: [
                one["ServicePrincipal"]
                for page in pages.paginate(AccountId=account)
                for one in page["DelegatedServices"]
            ]
        )

    def policies(self, type: str) -> list[PolicySummaryTypeDef]:
        """The policies of a type, those of AWS among them."""
        pages = self._client.get_paginator("list_policies")
        wanted = cast("PolicyTypeType", type)
        return self._patience.call(lambda: [one for page in pages.paginate(Filter=wanted) for one in page["Policies"]])

    def targets(self, policy: str) -> list[PolicyTargetSummaryTypeDef]:
        """What a policy is attached to."""
        pages = self._client.get_paginator("list_targets_for_policy")
        return self._patience.call(lambda: [one for page in pages.paginate(PolicyId=policy) for one in page["Targets"]])

    def content(self, policy: str) -> str:
        """The content of a policy."""
        return self._patience.call(lambda: self._client.describe_policy(PolicyId=policy))["Policy"]["Content"]

    def creations_in_progress(self) -> list[CreateAccountStatusTypeDef]:
        """The accounts that are being created."""
        pages = self._client.get_paginator("list_create_account_status")
        return self._patience.call(
            lambda: [one for page in pages.paginate(States=["IN_PROGRESS"]) for one in page["CreateAccountStatuses"]]
        )
