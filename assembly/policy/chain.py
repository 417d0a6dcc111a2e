"""The policies that an account inherits from its organization, level by level.

For SCPs every level, from the root over each organizational unit to the account, has to allow the request; within a
level one policy that allows is enough, and one denial anywhere is final. Of RCPs only the denials count, because
RCPFullAWSAccess is attached to every level and cannot be taken away. See
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html.
"""

from dataclasses import dataclass

from assembly.policy.document import Policy


@dataclass(frozen=True)
class Level:
    """The policies that are attached to the root, to one organizational unit or to one account."""

    name: str
    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Chain:
    """The levels from the root down to an account."""

    levels: tuple[Level, ...]
    account: str = ""
    """The account at its end. The chain binds no other; empty when the caller vouches for that."""

    def is_of(self, account: str) -> bool:
        """Whether the chain ends at an account."""
        return not self.account or self.account == account
