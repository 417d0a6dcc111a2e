"""What AWS has named in an organization that is there, as far as stacks need it before vending has recorded it."""

from typing import TYPE_CHECKING

from constructs_lib.specs.registry import OrganizationEntry

if TYPE_CHECKING:
    from types_boto3_organizations import OrganizationsClient

    from cells.deploy.clients import Clients

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""The service that brings the account baseline."""


def read_ids(clients: "Clients") -> OrganizationEntry:
    """The ids of the organization of a management account."""
    organizations = _organizations(clients)
    (root,) = organizations.list_roots()["Roots"]
    return OrganizationEntry(id=organizations.describe_organization()["Organization"]["Id"], root=root["Id"])


def delegate_stack_sets(clients: "Clients", account: str) -> None:
    """Let an account administer the stack sets of the organization. One that does already is left alone."""
    organizations = _organizations(clients)
    there = organizations.list_delegated_administrators(ServicePrincipal=STACK_SETS)["DelegatedAdministrators"]
    if account not in {one["Id"] for one in there}:
        organizations.enable_aws_service_access(ServicePrincipal=STACK_SETS)
        organizations.register_delegated_administrator(AccountId=account, ServicePrincipal=STACK_SETS)


def _organizations(clients: "Clients") -> "OrganizationsClient":
    return clients.session.client("organizations", endpoint_url=clients.endpoint)
