"""What RCPs cover, as of 2026-02-15. Everything else they leave alone.

See "List of AWS services that support RCPs" and "Resources and entities not restricted by RCPs" in
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html.
"""

from collections.abc import Mapping
from typing import Final

from assembly.policy.request import Request
from assembly.policy.verdict import Verdict

RCP_SERVICES: Final[Mapping[str, str]] = {
    "s3": "2024-11",
    "sts": "2024-11",
    "kms": "2024-11",
    "sqs": "2024-11",
    "secretsmanager": "2024-11",
    "ecr": "2025-06",
    "aoss": "2025-06",
    "cognito-idp": "2026-01",
    "logs": "2026-01",
    "dynamodb": "2026-02",
}
"""Prefix of the actions, and the month in which AWS announced it."""

_UNCLEAR: Final = frozenset(
    {"s3express", "s3-object-lambda", "s3-outposts", "ecr-public", "cognito-identity", "cognito-sync", "dax"}
)
"""Siblings of these services of which the page does not say whether they are meant."""

_NOT_RESTRICTED: Final = frozenset({"kms:retiregrant"})


def covered_by_rcps(request: Request) -> Verdict:
    """Whether RCPs apply to the action and the resource of a request."""
    if request.resource.managed_by_aws or request.action.lower() in _NOT_RESTRICTED:
        return False
    if request.service in _UNCLEAR:
        return None
    return request.service in RCP_SERVICES
