"""boto3 sessions for many accounts."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3
    from botocore.loaders import Loader


def session_with_keys(access_key: str, secret_key: str, region: str, token: str | None = None) -> "boto3.Session":
    """A session of the account that these keys belong to.

    All of them share the descriptions of the services, which take a session longer to read than most calls take.
    """
    import boto3
    import botocore.session

    core = botocore.session.Session()
    core.register_component("data_loader", _loader())
    return boto3.Session(
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=token,
        region_name=region,
        botocore_session=core,
    )


@cache
def _loader() -> "Loader":
    from botocore.loaders import create_loader

    return create_loader()
