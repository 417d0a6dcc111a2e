"""Search domains in a VPC, which need the service-linked role of OpenSearch. The emulator underneath lets them in."""

from collections.abc import Callable

from ministack.services import iam, opensearch

from local.properties import Json

_PATH = "/aws-service-role/opensearchservice.amazonaws.com/"

Payload = dict[str, Json]


def need_linked_role() -> None:
    """Refuse a domain in a VPC while its account has no such role. Call once.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr.html
    """
    create: Callable[[Payload, Payload | None], object] = opensearch.create_domain_record

    def create_with_role(payload: Payload, compatibility: Payload | None = None) -> object:
        if payload.get("VPCOptions") and not any(role.get("Path") == _PATH for role in iam._roles.values()):
            raise opensearch.OpenSearchServiceError(
                400,
                "ValidationException",
                "Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service"
                " permissions to access your VPC.",
            )
        return create(payload, compatibility)

    opensearch.create_domain_record = create_with_role
