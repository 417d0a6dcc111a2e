"""Runs `cdk bootstrap` for accounts: the vending engine, which starts no process, is handed this."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from constructs_lib.specs.errors import CellsError

if TYPE_CHECKING:
    from accounts.vending.members import Credentials
    from cells.cli.cdk import CdkRunner
    from cells.deploy.target import Target

_AT_ONCE = 2
"""Each run is a Node of its own, and most of it is computing."""
_LAST_LINES = 8
_PROFILE = "AWS_PROFILE"


class CdkBootstrapper:
    """Bootstraps with the pinned CLI. Safe to use from several threads."""

    def __init__(self, target: "Target", cli: "CdkRunner") -> None:
        self._target = target
        self._cli = cli
        self._room = threading.Semaphore(_AT_ONCE)

    def bootstrap(
        self, account: str, region: str, *, policy: str, untrust: Sequence[str], credentials: "Credentials | None"
    ) -> None:
        """Run it, trusted by nobody, and wait for its end. Raises CellsError with the CLI's last words when it fails.

        No --trust: the bootstrap roles trust their own account, where DeploymentRole is. A trusted pipeline account
        could go past it.
        """
        arguments = [
            "bootstrap",
            f"aws://{account}/{region}",
            "--app",
            "",
            "--cloudformation-execution-policies",
            policy,
            *(option for other in untrust for option in ("--untrust", other)),
        ]
        variables = dict(self._target.variables(account, region))
        if credentials is None or self._target.name == "local":
            arguments += self._target.options
        else:
            # A profile would win over the credentials of the account.
            variables.pop(_PROFILE, None)
            variables.update(credentials.variables())
        with self._room:
            outcome = self._cli.run(arguments, variables=variables)
        if outcome.code:
            last = "\n".join(outcome.lines[-_LAST_LINES:])
            raise CellsError(f"account {account} was not bootstrapped in {region}: {last}", hint="run it again")
