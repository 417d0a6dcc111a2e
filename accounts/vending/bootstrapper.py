"""Who runs `cdk bootstrap`: the engine starts no process, so it is handed one who does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from accounts.vending.members import Credentials


class Bootstrapper(Protocol):
    """Prepares an account and region for the CDK."""

    def bootstrap(
        self, account: str, region: str, *, policy: str, untrust: Sequence[str], credentials: Credentials | None
    ) -> None:
        """Run it, trusted by nobody, and wait for its end. It can be run twice.

        `policy` is the ARN of what CloudFormation executes with. `untrust` are accounts that were trusted until now:
        the CDK keeps them unless it is told. `credentials` are of the account; None for the management account, whose
        own the caller has. Raises CellsError when it fails.
        """
