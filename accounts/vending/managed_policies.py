"""Managed policies of an account, made as they are wanted. All of it can be done twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pydantic import JsonValue

from accounts.vending.clients import VendingClients
from accounts.vending.errors import code_of

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

_MOST_VERSIONS = 5
"""Versions that a policy has at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""

Document = Mapping[str, JsonValue]


class ManagedPolicies:
    """The customer-managed policies of one account."""

    def __init__(self, clients: VendingClients, account: str) -> None:
        self._clients = clients
        self._account = account
        self._patience = clients.patience
        self._iam: IAMClient = clients.members.iam(account)

    def put(self, policies: Mapping[str, Document]) -> None:
        """Make what is not there, and give what is there a new version when it says something else.

        Raises ClientError.
        """
        for name, document in policies.items():
            arn = self._arn(name)
            current = self._current(arn)
            if current is None:
                self._make(name, document)
            elif current != document:
                self._change(arn, document)

    def differences(self, policies: Mapping[str, Document]) -> Iterator[str]:
        """What is not as wanted, for a person. Raises ClientError."""
        for name, document in policies.items():
            current = self._current(self._arn(name))
            if current is None:
                yield f"there is no policy {name}"
            elif current != document:
                yield f"the policy {name} says something else"

    def _make(self, name: str, document: Document) -> None:
        self._patience.call(lambda: self._iam.create_policy(PolicyName=name, PolicyDocument=_text(document)))

    def _change(self, arn: str, document: Document) -> None:
        versions = self._patience.call(lambda: self._iam.list_policy_versions(PolicyArn=arn))["Versions"]
        unused = sorted(one["VersionId"] for one in versions if not one["IsDefaultVersion"])
        if len(versions) >= _MOST_VERSIONS:
            oldest = min(unused, key=lambda id: int(id.removeprefix("v")))
            self._patience.call(lambda: self._iam.delete_policy_version(PolicyArn=arn, VersionId=oldest))
        self._patience.call(
            lambda: self._iam.create_policy_version(PolicyArn=arn, PolicyDocument=_text(document), SetAsDefault=True)
        )

    def _current(self, arn: str) -> Document | None:
        """What a policy says; None when it is not there."""
        from botocore.exceptions import ClientError

        try:
            policy = self._patience.call(lambda: self._iam.get_policy(PolicyArn=arn))["Policy"]
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            return None
        version = policy["DefaultVersionId"]
        found = self._patience.call(lambda: self._iam.get_policy_version(PolicyArn=arn, VersionId=version))
        document: object = found["PolicyVersion"]["Document"]
        # boto3 has parsed what IAM answers, but its types allow the text too.
        parsed: Document = json.loads(unquote(document) if isinstance(document, str) else json.dumps(document))
        return parsed

    def _arn(self, name: str) -> str:
        return f"arn:{self._clients.partition}:iam::{self._account}:policy/{name}"


def _text(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"))
