"""boto3 clients of one account and region of the embedded AWS."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Protocol, cast

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from local.properties import Json, Properties

if TYPE_CHECKING:
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_route53 import Route53Client
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

_SECRET_KEY = "local"


class _Client(Protocol):
    """What every botocore client can do, and its type stubs hide."""

    def _make_api_call(self, operation: str, request: dict[str, Json]) -> dict[str, Json]:
        """Call an operation by its name."""


@cache
def _loader() -> Loader:
    return create_loader()


def _core() -> botocore.session.Session:
    """A session that shares the descriptions of the services with all others: reading them takes longer than a call."""
    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    return session


class Aws:
    """The services of `account` in `region`. Clients are made on first use and kept."""

    def __init__(self, endpoint: str, account: str, region: str) -> None:
        self.account = account
        self.region = region
        self._endpoint = endpoint
        self._clients: dict[str, _Client] = {}
        self._config = Config(
            # A kept connection may have been closed meanwhile: the second attempt opens a new one.
            retries={"mode": "standard", "total_max_attempts": 2},
            connect_timeout=5,
            read_timeout=60,
        )

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self.account,
            aws_secret_access_key=_SECRET_KEY,
            region_name=self.region,
            botocore_session=_core(),
        )

    def call(self, service: str, operation: str, request: Mapping[str, Json]) -> Properties:
        """Call an operation by its API name, where a typed client would be in the way."""
        if service not in self._clients:
            client: object = _core().create_client(
                service,
                region_name=self.region,
                endpoint_url=self._endpoint,
                config=self._config,
                aws_access_key_id=self.account,
                aws_secret_access_key=_SECRET_KEY,
            )
            self._clients[service] = cast("_Client", client)
        return Properties(self._clients[service]._make_api_call(operation, dict(request)))

    @cached_property
    def ec2(self) -> "EC2Client":
        """Amazon EC2."""
        return self._session.client("ec2", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def iam(self) -> "IAMClient":
        """AWS IAM."""
        return self._session.client("iam", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def route53(self) -> "Route53Client":
        """Amazon Route 53."""
        return self._session.client("route53", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def s3(self) -> "S3Client":
        """Amazon S3."""
        return self._session.client("s3", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        """AWS Secrets Manager."""
        return self._session.client("secretsmanager", endpoint_url=self._endpoint, config=self._config)
