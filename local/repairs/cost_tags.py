"""Cost allocation tags: a tag can be activated once AWS has seen it on something in the organization.

AWS sees it within a day, this one at once: a tag of any stack of an account counts, because CloudFormation gives it to
what the stack makes. See https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CostAllocationTag.html.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ministack.services import cloudformation
from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import JsonRESTError
from moto.organizations import models

from local.properties import Json, Properties, parse_object
from local.repairs.method import replace_method


def tags_of_stacks(accounts: Iterable[str]) -> set[str]:
    """The keys of the tags of every stack in these accounts."""
    members = set(accounts)
    stacks = [stack for (account, *_), stack in list(cloudformation._stacks._data.items()) if account in members]
    return {tag.text("Key") for stack in stacks for tag in Properties(stack).children("Tags")}


@dataclass
class CostTags:
    """The tags of each organization that splits its bill."""

    seen: Callable[[Iterable[str]], set[str]] = tags_of_stacks
    """The keys of tags that are on something in these accounts."""
    _active: set[tuple[str, str]] = field(default_factory=set)
    """Management account and key."""

    def install(self) -> None:
        """Answer the operations. Call once."""
        # Bound methods would not get the request that they are about.
        replace_method(CostExplorerResponse, "list_cost_allocation_tags", lambda asked: self._list(asked))
        replace_method(CostExplorerResponse, "update_cost_allocation_tags_status", lambda asked: self._update(asked))

    def _list(self, asked: CostExplorerResponse) -> str:
        owner, known = self._known(asked, "list")
        wanted = Properties(parse_object(asked.body.encode()))
        keys = set(wanted.texts("TagKeys")) or known
        found = [
            {"TagKey": key, "Type": "UserDefined", "Status": "Active" if (owner, key) in self._active else "Inactive"}
            for key in sorted(known & keys)
        ]
        return json.dumps({"CostAllocationTags": found})

    def _update(self, asked: CostExplorerResponse) -> str:
        owner, known = self._known(asked, "update")
        errors: list[Json] = []
        for entry in Properties(parse_object(asked.body.encode())).children("CostAllocationTagsStatus"):
            key = entry.text("TagKey")
            if key not in known:
                code = "TagKeysNotFoundException"
                errors.append({"TagKey": key, "Code": code, "Message": f"Tag keys not found: {key}"})
            elif entry.text("Status") == "Active":
                self._active.add((owner, key))
            else:
                self._active.discard((owner, key))
        return json.dumps({"Errors": errors})

    def _known(self, asked: CostExplorerResponse, verb: str) -> tuple[str, set[str]]:
        """The account that pays, and the tags that it may activate."""
        account = str(asked.current_account)
        if account in models.organizations_backends.master_accounts:
            raise JsonRESTError(
                "AccessDeniedException",
                f"Failed to {verb} Cost Allocation Tags: Linked account doesn't have access to cost allocation tags.",
            )
        backend = models.organizations_backends[account]["aws"]
        return account, self.seen([account, *(one.id for one in backend.accounts)])
