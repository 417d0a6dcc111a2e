"""Every guardrail of the organization, in the order in which the docs show them."""

from __future__ import annotations

from accounts.policies.ai_opt_out import AI_OPT_OUT
from accounts.policies.archive_is_final import ARCHIVE_IS_FINAL
from accounts.policies.audit_trail import AUDIT_TRAIL
from accounts.policies.backups import BACKUPS
from accounts.policies.bounded_roles import BOUNDED_ROLES
from accounts.policies.confused_deputy import CONFUSED_DEPUTY
from accounts.policies.default_network import DEFAULT_NETWORK
from accounts.policies.detection import DETECTION
from accounts.policies.ec2_defaults import EC2_DEFAULTS
from accounts.policies.encryption import ENCRYPTION
from accounts.policies.flow_logs import FLOW_LOGS
from accounts.policies.governed_regions import GOVERNED_REGIONS
from accounts.policies.guardduty import GUARDDUTY
from accounts.policies.guardrail import Guardrail
from accounts.policies.hook_rules import HOOK_RULES
from accounts.policies.identity_perimeter import IDENTITY_PERIMETER
from accounts.policies.inspector import INSPECTOR
from accounts.policies.instance_metadata import INSTANCE_METADATA
from accounts.policies.log_archive import LOG_ARCHIVE_BUCKETS
from accounts.policies.network_perimeter import NETWORK_PERIMETER
from accounts.policies.no_root import NO_ROOT
from accounts.policies.no_users import NO_USERS
from accounts.policies.onboarding import ONBOARDING_CLOSED
from accounts.policies.outside_sharing import OUTSIDE_SHARING
from accounts.policies.platform_controls import PLATFORM_CONTROLS
from accounts.policies.platform_logs import PLATFORM_LOGS
from accounts.policies.platform_roles import PLATFORM_ROLES
from accounts.policies.public_functions import PUBLIC_FUNCTIONS
from accounts.policies.public_snapshots import PUBLIC_SNAPSHOTS
from accounts.policies.public_storage import PUBLIC_STORAGE
from accounts.policies.recovery_points import RECOVERY_POINTS
from accounts.policies.s3_block import S3_BLOCK
from accounts.policies.sandbox import SANDBOX_LIMITS
from accounts.policies.secure_transport import SECURE_TRANSPORT
from accounts.policies.security_hub import SECURITY_HUB
from accounts.policies.security_unit import SECURITY_UNIT
from accounts.policies.stack_sets import ORGANIZATION_STACK_SETS
from accounts.policies.stay_in_organization import STAY_IN_ORGANIZATION
from accounts.policies.suspended import SUSPENDED_CLOSED
from accounts.policies.tags import TAGS

GUARDRAILS: tuple[Guardrail, ...] = (
    # Every account, by what its identities may call
    STAY_IN_ORGANIZATION,
    NO_ROOT,
    NO_USERS,
    GOVERNED_REGIONS,
    PLATFORM_ROLES,
    PLATFORM_CONTROLS,
    AUDIT_TRAIL,
    PLATFORM_LOGS,
    LOG_ARCHIVE_BUCKETS,
    FLOW_LOGS,
    DETECTION,
    PUBLIC_STORAGE,
    PUBLIC_SNAPSHOTS,
    PUBLIC_FUNCTIONS,
    OUTSIDE_SHARING,
    ENCRYPTION,
    INSTANCE_METADATA,
    DEFAULT_NETWORK,
    # Single units
    BOUNDED_ROLES,
    NETWORK_PERIMETER,
    RECOVERY_POINTS,
    SANDBOX_LIMITS,
    SECURITY_UNIT,
    ORGANIZATION_STACK_SETS,
    HOOK_RULES,
    ONBOARDING_CLOSED,
    SUSPENDED_CLOSED,
    # By who reaches a resource
    IDENTITY_PERIMETER,
    CONFUSED_DEPUTY,
    SECURE_TRANSPORT,
    ARCHIVE_IS_FINAL,
    # What is set
    EC2_DEFAULTS,
    S3_BLOCK,
    SECURITY_HUB,
    INSPECTOR,
    GUARDDUTY,
    TAGS,
    BACKUPS,
    AI_OPT_OUT,
)
