"""Policies of an organization as strict as AWS: their sizes, how many a target takes, and what is attached twice.

The numbers are those of `accounts/quotas.yaml`, which a test holds them against. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html.
"""

import json
from dataclasses import dataclass

from moto.organizations import exceptions, models

from local.properties import Json
from local.repairs.account_creation import Violation
from local.repairs.method import replace_method


@dataclass(frozen=True)
class PolicyQuota:
    """What AWS takes of a type of policy."""

    characters: int
    """Of one policy."""
    per_target: int
    """On one root, unit or account, with what AWS itself attaches."""
    all: int | None = None
    """In the organization."""
    of_aws: int = 0
    """How many AWS itself attaches to each target: FullAWSAccess, RCPFullAWSAccess."""


POLICY_QUOTAS = {
    "SERVICE_CONTROL_POLICY": PolicyQuota(5120, 5, 10_000, 1),
    "RESOURCE_CONTROL_POLICY": PolicyQuota(5120, 5, 1000, 1),
    "DECLARATIVE_POLICY_EC2": PolicyQuota(10_000, 10),
    "TAG_POLICY": PolicyQuota(10_000, 10),
    "BACKUP_POLICY": PolicyQuota(10_000, 10),
    "AISERVICES_OPT_OUT_POLICY": PolicyQuota(2500, 5),
    "SECURITYHUB_POLICY": PolicyQuota(10_000, 10),
    "INSPECTOR_POLICY": PolicyQuota(10_000, 10),
    "GUARDDUTY_POLICY": PolicyQuota(10_000, 10),
    "S3_POLICY": PolicyQuota(10_000, 10),
}
"""By type; a type that is not here has no quota here."""


def guard_policies() -> None:
    """Refuse what AWS refuses of policies. Call once."""
    _guard_creation()
    _guard_update()
    _guard_attachment()
    _guard_detachment()
    _guard_deletion()


def _guard_creation() -> None:
    original = models.OrganizationsBackend.create_policy

    def create(organization: models.OrganizationsBackend, **request: str) -> dict[str, Json]:
        _refuse_content(request["Type"], request["Content"])
        quota = POLICY_QUOTAS.get(request["Type"])
        there = sum(policy.type == request["Type"] for policy in organization.policies)
        if quota and quota.all is not None and there >= quota.all:
            raise Violation("POLICY_NUMBER_LIMIT_EXCEEDED", "You have exceeded the number of policies of this type.")
        made: dict[str, Json] = original(organization, **request)
        return made

    replace_method(models.OrganizationsBackend, "create_policy", create)


def _guard_update() -> None:
    original = models.OrganizationsBackend.update_policy

    def update(organization: models.OrganizationsBackend, **request: str) -> dict[str, Json]:
        policy = organization.get_policy_by_id(request["PolicyId"])
        if "Content" in request:
            _refuse_content(policy.type, request["Content"])
        name = request.get("Name")
        if any(one.name == name and one is not policy for one in organization.policies):
            raise exceptions.DuplicatePolicyException
        made: dict[str, Json] = original(organization, **request)
        return made

    replace_method(models.OrganizationsBackend, "update_policy", update)


def _guard_attachment() -> None:
    original = models.OrganizationsBackend.attach_policy

    def attach(organization: models.OrganizationsBackend, **request: str) -> None:
        policy = organization.get_policy_by_id(request["PolicyId"])
        if not policy.aws_managed:
            _refuse_attachment(organization, policy, request["TargetId"])
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "attach_policy", attach)


def _refuse_attachment(organization: models.OrganizationsBackend, policy: models.FakePolicy, target: str) -> None:
    root = next(one for one in organization.ou if isinstance(one, models.FakeRoot))
    if not any(one["Type"] == policy.type for one in root.policy_types):
        raise exceptions.PolicyTypeNotEnabledException
    if any(one.id == target for one in policy.attachments):
        raise exceptions.OrganizationsClientError(
            "DuplicatePolicyAttachmentException", "A policy with the specified name and type already exists."
        )
    quota = POLICY_QUOTAS.get(policy.type)
    there = [
        one
        for one in organization.policies
        if one.type == policy.type and not one.aws_managed and any(place.id == target for place in one.attachments)
    ]
    if quota and len(there) + quota.of_aws >= quota.per_target:
        raise Violation(
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            f"You have attached the maximum of {quota.per_target} policies of this type.",
        )


def _guard_detachment() -> None:
    original = models.OrganizationsBackend.detach_policy

    def detach(organization: models.OrganizationsBackend, **request: str) -> None:
        policy = organization.get_policy_by_id(request["PolicyId"])
        if not any(one.id == request["TargetId"] for one in policy.attachments):
            raise exceptions.OrganizationsClientError(
                "PolicyNotAttachedException", "The policy isn't attached to the specified target."
            )
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "detach_policy", detach)


def _guard_deletion() -> None:
    original = models.OrganizationsBackend.delete_policy

    def delete(organization: models.OrganizationsBackend, **request: str) -> None:
        if organization.get_policy_by_id(request["PolicyId"]).attachments:
            raise exceptions.OrganizationsClientError(
                "PolicyInUseException", "The policy is attached to one or more entities. Detach it first."
            )
        original(organization, **request)

    replace_method(models.OrganizationsBackend, "delete_policy", delete)


def _refuse_content(type: str, content: str) -> None:
    quota = POLICY_QUOTAS.get(type)
    if quota and len(content) > quota.characters:
        raise Violation(
            "POLICY_CONTENT_LIMIT_EXCEEDED", f"The policy has {len(content)} characters, {quota.characters} are taken."
        )
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise exceptions.OrganizationsClientError(
            "MalformedPolicyDocumentException", "The provided policy document does not meet the requirements."
        )
