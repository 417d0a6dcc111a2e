"""Who administers a service for the organization: calls of services that neither emulator has.

See https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_RegisterOrganizationDelegatedAdmin.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableIpamOrganizationAdminAccount.html.
"""

import json

from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response
from moto.organizations import models
from moto.securityhub import urls
from moto.securityhub.responses import SecurityHubResponse

from local.repairs.method import replace_method

IPAM = b"EnableIpamOrganizationAdminAccount"
"""The action of EC2."""
TRAIL = b"RegisterOrganizationDelegatedAdmin"
"""The operation of CloudTrail."""

_PARTITION = "aws"


def take_designations() -> None:
    """Add the operations. Call once."""
    replace_method(CloudTrailResponse, "register_organization_delegated_admin", _trail)
    replace_method(EC2Response, "enable_ipam_organization_admin_account", _addresses)
    replace_method(SecurityHubResponse, "list_organization_admin_accounts", _hubs)
    urls.url_paths["{0}/organization/admin$"] = SecurityHubResponse.dispatch


def _trail(response: CloudTrailResponse) -> EmptyResult:
    _member(response.current_account, str(response._get_param("MemberAccountId")))
    return EmptyResult()


def _addresses(response: EC2Response) -> ActionResult:
    _member(response.current_account, str(response._get_param("DelegatedAdminAccountId")))
    return ActionResult({"Success": True})


def _hubs(response: SecurityHubResponse) -> str:
    account = response.securityhub_backend._get_org_config()["admin_account_id"]
    there = [{"AccountId": account, "Status": "ENABLED"}] if account else []
    return json.dumps({"AdminAccounts": there})


def _member(management: str, account: str) -> None:
    """Refuse what AWS refuses: a caller that is no management account, or an account that is none of its members."""
    organization = models.organizations_backends[management][_PARTITION]
    organization.get_account_by_id(account)
