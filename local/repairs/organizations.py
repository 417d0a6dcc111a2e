"""AWS Organizations as strict as AWS: names, depth, moves, delegation, and all policy types there are.

See https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html.
"""

from moto.organizations import exceptions, models, utils

from local.properties import Json
from local.repairs.account_creation import Violation
from local.repairs.method import replace_method
from local.repairs.organization_policies import guard_policies

_DEPTH = 5
_NEWER_TYPES = (
    "BEDROCK_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "GUARDDUTY_POLICY",
    "INSPECTOR_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
    "S3_POLICY",
    "SECURITYHUB_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
)
_WITHOUT_ARN = frozenset({*_NEWER_TYPES, "BACKUP_POLICY"})
_TRUSTED = ("iam.amazonaws.com", "observabilityadmin.amazonaws.com")
_DELEGATING = (
    "account.amazonaws.com",
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "detective.amazonaws.com",
    "fms.amazonaws.com",
    "health.amazonaws.com",
    "iam.amazonaws.com",
    "inspector2.amazonaws.com",
    "ipam.amazonaws.com",
    "license-manager.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "observabilityadmin.amazonaws.com",
    "reachabilityanalyzer.networkinsights.amazonaws.com",
    "securityhub.amazonaws.com",
    "sso.amazonaws.com",
    "storage-lens.s3.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
)


def mend_organizations() -> None:
    """Refuse what AWS refuses, and take what it takes. Call once."""
    _take_newer_types()
    for names, more in (
        (models.FakeServiceAccess.TRUSTED_SERVICES, _TRUSTED),
        (models.FakeDelegatedAdministrator.SUPPORTED_SERVICES, _DELEGATING),
    ):
        names.extend(name for name in more if name not in names)
    _guard_units()
    _guard_moves()
    _guard_delegation()
    guard_policies()


def _take_newer_types() -> None:
    for types in (models.FakeRoot.SUPPORTED_POLICY_TYPES, models.FakePolicy.SUPPORTED_POLICY_TYPES):
        types.extend(name for name in _NEWER_TYPES if name not in types)
    original = models.FakePolicy.__init__

    def init(policy: models.FakePolicy, organization: models.FakeOrganization, **request: str) -> None:
        wanted = request.get("Type", "")
        # The emulator has no form of ARN for these types: the form of a tag policy, with the type's own name.
        original(policy, organization, **{**request, "Type": "TAG_POLICY" if wanted in _WITHOUT_ARN else wanted})
        if wanted in _WITHOUT_ARN:
            policy.type = wanted
            policy._arn_format = utils.TAG_POLICY_ARN_FORMAT.replace("tag_policy", wanted.lower())

    replace_method(models.FakePolicy, "__init__", init)


def _guard_units() -> None:
    original = models.OrganizationsBackend.create_organizational_unit

    def create(organization: models.OrganizationsBackend, **request: str) -> dict[str, Json]:
        parent, name = organization.validate_parent_id(request["ParentId"]), request["Name"]
        if any(unit.parent_id == parent and str(unit.name).lower() == name.lower() for unit in organization.ou):
            raise exceptions.DuplicateOrganizationalUnitException
        if _depth(organization, parent) >= _DEPTH:
            raise Violation("OU_DEPTH_LIMIT_EXCEEDED", f"You can nest organizational units {_DEPTH} levels deep.")
        made: dict[str, Json] = original(organization, **request)
        return made

    replace_method(models.OrganizationsBackend, "create_organizational_unit", create)


def _depth(organization: models.OrganizationsBackend, unit: str) -> int:
    """Levels below the root; the root itself is at none."""
    parents: dict[str, str] = {one.id: one.parent_id or "" for one in organization.ou}
    depth = 0
    while parents[unit]:
        unit, depth = parents[unit], depth + 1
    return depth


def _guard_moves() -> None:
    original = models.OrganizationsBackend.move_account

    def move(organization: models.OrganizationsBackend, **request: str) -> None:
        account = organization.get_account_by_id(request["AccountId"])
        for key, error in (
            ("SourceParentId", "SourceParentNotFoundException"),
            ("DestinationParentId", "DestinationParentNotFoundException"),
        ):
            if not any(unit.id == request[key] for unit in organization.ou):
                raise exceptions.OrganizationsClientError(error, "We can't find a root or OU with that id.")
        if account.parent_id == request["DestinationParentId"]:
            raise exceptions.OrganizationsClientError(
                "DuplicateAccountException", "That account is already present in the specified destination."
            )
        if account.parent_id != request["SourceParentId"]:
            raise exceptions.OrganizationsClientError(
                "SourceParentNotFoundException", "We can't find the account in that source parent."
            )
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "move_account", move)


def _guard_delegation() -> None:
    original = models.OrganizationsBackend.register_delegated_administrator

    def register(organization: models.OrganizationsBackend, **request: str) -> None:
        principal = request["ServicePrincipal"]
        if not any(service["ServicePrincipal"] == principal for service in organization.services):
            raise Violation(
                "SERVICE_ACCESS_NOT_ENABLED",
                f"Enable access for {principal} before you register a delegated administrator.",
            )
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "register_delegated_administrator", register)
