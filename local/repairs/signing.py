"""Cross-account use of signing profiles for container images."""

from ministack.services import signer

_MISSING = "signer:SignPayload"


def allow_signing_of_images() -> None:
    """Let a profile of container images be shared for signing: ministack knows the action of code bundles only.

    See https://docs.aws.amazon.com/signer/latest/api/API_AddProfilePermission.html.
    """
    signer._PERMISSION_ACTIONS = tuple(dict.fromkeys((*signer._PERMISSION_ACTIONS, _MISSING)))
