"""Takes the default VPC of a region away, unless something is in it.

See https://docs.aws.amazon.com/vpc/latest/userguide/deleting-default-vpc.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accounts.vending.errors import code_of
from accounts.vending.patience import Patience
from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from types_boto3_ec2 import EC2Client
    from types_boto3_ec2.type_defs import FilterTypeDef

_GONE = frozenset(
    {
        "Gateway.NotAttached",
        "InvalidInternetGatewayID.NotFound",
        "InvalidSubnetID.NotFound",
        "InvalidVpcID.NotFound",
    }
)
"""What AWS answers when a call took it away whose answer was lost."""
_NAMED = 3


class DefaultNetwork:
    """The default VPC of an account in a region."""

    def __init__(self, client: EC2Client, patience: Patience, account: str, region: str) -> None:
        self._client = client
        self._patience = patience
        self._account = account
        self._region = region

    def find(self) -> str:
        """Its id; empty when there is none."""
        found = self._patience.call(
            lambda: self._client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
        )["Vpcs"]
        return found[0]["VpcId"] if found else ""

    def remove(self) -> None:
        """Take it away with what AWS made in it. Raises CellsError when it is in use, before anything is touched."""
        vpc = self.find()
        if not vpc:
            return
        self._refuse_used(vpc)
        for gateway in self._gateways(vpc):
            self._remove_gateway(gateway, vpc)
        for subnet in self._subnets(vpc):
            self._remove_subnet(subnet)
        with _unless_gone():
            self._patience.call(lambda: self._client.delete_vpc(VpcId=vpc))

    def _remove_gateway(self, id: str, vpc: str) -> None:
        with _unless_gone():
            self._patience.call(lambda: self._client.detach_internet_gateway(InternetGatewayId=id, VpcId=vpc))
        with _unless_gone():
            self._patience.call(lambda: self._client.delete_internet_gateway(InternetGatewayId=id))

    def _remove_subnet(self, id: str) -> None:
        with _unless_gone():
            self._patience.call(lambda: self._client.delete_subnet(SubnetId=id))

    def _refuse_used(self, vpc: str) -> None:
        pages = self._client.get_paginator("describe_network_interfaces")
        users = self._patience.call(
            lambda: [
                one["NetworkInterfaceId"]
                for page in pages.paginate(Filters=_in(vpc))
                for one in page["NetworkInterfaces"]
            ]
        )
        if users:
            named = ", ".join(sorted(users)[:_NAMED]) + (", …" if len(users) > _NAMED else "")
            raise CellsError(
                f"the default VPC {vpc} of the account {self._account} in {self._region} is in use by {named}",
                hint="move what is in it into a VPC of its own, or set settings.default_network to `kept` in "
                "accounts/organization.yaml",
            )

    def _gateways(self, vpc: str) -> list[str]:
        wanted: Sequence[FilterTypeDef] = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
        found = self._patience.call(lambda: self._client.describe_internet_gateways(Filters=wanted))
        return [one["InternetGatewayId"] for one in found["InternetGateways"]]

    def _subnets(self, vpc: str) -> list[str]:
        found = self._patience.call(lambda: self._client.describe_subnets(Filters=_in(vpc)))
        return [one["SubnetId"] for one in found["Subnets"]]


def _in(vpc: str) -> Sequence[FilterTypeDef]:
    return [{"Name": "vpc-id", "Values": [vpc]}]


@contextmanager
def _unless_gone() -> Iterator[None]:
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if code_of(error) not in _GONE:
            raise
