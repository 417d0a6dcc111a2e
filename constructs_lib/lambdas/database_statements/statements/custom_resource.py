"""What CloudFormation asks a function that runs statements, and the answer.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import NotRequired, Protocol, TypeAlias, TypedDict

import boto3

from .data_api import Cluster, DataApi


class Properties(TypedDict):
    """The properties of the resource, as CloudFormation sends them."""

    ServiceToken: NotRequired[str]
    ClusterArn: str
    SecretArn: str
    Database: str
    UserName: str
    Code: NotRequired[str]


class Request(TypedDict):
    """What CloudFormation asks for."""

    RequestType: str
    ResponseURL: str
    StackId: str
    RequestId: str
    LogicalResourceId: str
    ResourceProperties: Properties


class Context(Protocol):
    """The part of the Lambda context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is stopped."""


Work: TypeAlias = Callable[[Cluster, Properties], None]
"""What is done when the resource is made or changed. It can be repeated."""


def handle(
    request: Request,
    work: Work,
    *,
    client: DataApi,
    respond: Callable[[str, bytes], None],
    remaining_seconds: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do what CloudFormation asks for, and answer whatever happens: a request without an answer blocks for an hour."""
    properties = request["ResourceProperties"]
    status, reason = "SUCCESS", ""
    try:
        if request["RequestType"] != "Delete":
            cluster = Cluster(
                client,
                arn=properties["ClusterArn"],
                secret_arn=properties["SecretArn"],
                remaining_seconds=remaining_seconds,
                sleep=sleep,
            )
            work(cluster, properties)
    except Exception as error:
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    print(json.dumps({"request": request["RequestType"], "status": status, "reason": reason}))
    answer = {
        "Status": status,
        "Reason": reason[:1000],
        "PhysicalResourceId": f"{properties['Database']}/{properties['UserName']}",
        "StackId": request["StackId"],
        "RequestId": request["RequestId"],
        "LogicalResourceId": request["LogicalResourceId"],
    }
    respond(request["ResponseURL"], json.dumps(answer).encode())


def serve(request: Request, context: Context, work: Work) -> None:
    """Handle a request inside of a function."""
    handle(
        request,
        work,
        client=boto3.client("rds-data"),
        respond=_put,
        remaining_seconds=lambda: context.get_remaining_time_in_millis() / 1000,
    )


def _put(url: str, body: bytes) -> None:
    # The signature of the address covers an empty content type.
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=10):
        return
