"""The targets of the command line: `local`, the embedded AWS, and `aws`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from cells.plan import CellPlan
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    import boto3

    from cells.deploy.clients import Clients
    from cells.deploy.target import Target

TargetName = Literal["local", "aws"]
TARGETS: tuple[TargetName, ...] = get_args(TargetName)

STATE = Path(".cells") / "local"
"""Where the embedded AWS keeps its log and its CDK home, inside a checkout."""

CREDENTIAL_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def target_of(root: Path, name: str | None, profile: str | None) -> Target:
    """The target that these options mean: `aws` with a profile or when it is said, else the embedded AWS.

    Raises InputError for an unknown name, a profile for the embedded AWS, or when the embedded AWS does not run.
    """
    chosen = name or ("aws" if profile else "local")
    if chosen not in TARGETS:
        raise InputError(f"unknown target '{chosen}'", hint=f"choose one of {', '.join(TARGETS)}")
    if chosen == "aws":
        return AwsTarget(profile)
    if profile:
        raise InputError(f"the embedded AWS takes no profile, got '{profile}'", hint="use --target aws")
    return LocalTarget.find(root)


class LocalTarget:
    """The embedded AWS. Every account of it can be used: its access keys are the account's id."""

    name = "local"
    options: Sequence[str] = ()

    def __init__(self, endpoint: str, state_dir: Path) -> None:
        self.endpoint = endpoint
        self.state_dir = state_dir
        self._clients: dict[tuple[str, str], Clients] = {}

    @classmethod
    def find(cls, root: Path) -> LocalTarget:
        """The embedded AWS of a checkout. Raises InputError when it does not run."""
        from local.process import LocalServer

        server = LocalServer.find(root / STATE)
        if server is None:
            raise InputError("the embedded AWS does not run", hint="start it: cells local up (or name --target aws)")
        return cls(server.endpoint, server.state_dir)

    def verify(self, account: str) -> None:
        """Refuse an account that the embedded AWS does not know."""
        known = self.clients(account, "us-east-1").sts.get_caller_identity()["Account"]
        if known != account:
            raise InputError(f"the embedded AWS takes account {account} for {known}", hint="start it anew")

    def can_use(self, account: str) -> bool:
        """Always: every account is on this machine."""
        return bool(account)

    def clients(self, account: str, region: str) -> Clients:
        """boto3 clients of an account and region, the same ones each time: they take longer to make than to use."""
        from cells.deploy.clients import Clients
        from cells.deploy.session import session_with_keys

        if (account, region) not in self._clients:
            session = session_with_keys(account, "local", region)
            self._clients[account, region] = Clients(session, endpoint=self.endpoint)
        return self._clients[account, region]

    def variables(self, account: str, region: str) -> Mapping[str, str]:
        """The caller's environment without the caller's AWS, and with this one."""
        from local.environment import CLEARED, environment

        kept = {name: value for name, value in os.environ.items() if name not in CLEARED}
        return {**kept, **environment(self.endpoint, account, region, self.state_dir)}

    def name_servers(self, plan: CellPlan) -> tuple[str, ...]:
        """What the network hub's base zone says: there is no DNS to ask."""
        route53 = self.clients(plan.landing.network_hub_account, plan.landing.home_region).route53
        for zone in route53.list_hosted_zones_by_name(DNSName=plan.landing.base_domain)["HostedZones"]:
            if zone["Name"].rstrip(".") != plan.landing.base_domain:
                continue
            records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
            for record in records:
                if record["Type"] == "NS" and record["Name"].rstrip(".") == plan.domain:
                    return tuple(sorted(value["Value"].rstrip(".") for value in record.get("ResourceRecords", [])))
        return ()


class AwsTarget:
    """AWS itself, with the caller's credentials or those of a profile."""

    name = "aws"

    def __init__(self, profile: str | None) -> None:
        self._profile = profile
        self._clients: dict[str, Clients] = {}

    @property
    def options(self) -> Sequence[str]:
        """The profile, for the CDK CLI."""
        return ("--profile", self._profile) if self._profile else ()

    def verify(self, account: str) -> None:
        """Ask AWS whose credentials these are.

        Raises InputError when there are none, they have expired, or they belong to another account: the stacks of a
        cell are deployed with credentials of the cell's own account.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        who = f"profile '{self._profile}'" if self._profile else "the environment"
        try:
            caller = self.clients(account, "us-east-1").sts.get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise InputError(
                f"no usable credentials from {who}: {str(error)[:200]}",
                hint=f"sign in to account {account} (aws sso login) and name it with --profile",
            ) from None
        if caller["Account"] != account:
            raise InputError(
                f"the credentials of {who} belong to account {caller['Account']}, the cell is in {account}",
                hint="name a profile of the cell's account with --profile",
            )

    def can_use(self, account: str) -> bool:
        """Whether these credentials belong to the account."""
        return self.clients(account, "us-east-1").sts.get_caller_identity()["Account"] == account

    def clients(self, account: str, region: str) -> Clients:
        """boto3 clients of a region, the same ones each time.

        The account is the one of the credentials, which `verify` has compared.
        """
        from cells.deploy.clients import Clients

        if region not in self._clients:
            self._clients[region] = Clients(self._session(region))
        return self._clients[region]

    def variables(self, account: str, region: str) -> Mapping[str, str]:
        """The caller's environment; with a profile, nothing in it may win over the profile."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not (self._profile and name in CREDENTIAL_VARIABLES) and name != "AWS_PROFILE"
        }
        profile = self._profile or os.environ.get("AWS_PROFILE")
        regions = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        return {**kept, **regions, **({"AWS_PROFILE": profile} if profile else {})}

    def name_servers(self, plan: CellPlan) -> tuple[str, ...]:
        """What the world's DNS says: a certificate is only issued when AWS can find the zone by it."""
        from cells.deploy.dns import name_servers

        return name_servers(plan.domain)

    def _session(self, region: str) -> boto3.Session:
        import boto3
        from botocore.exceptions import ProfileNotFound

        try:
            return boto3.Session(profile_name=self._profile, region_name=region)
        except ProfileNotFound:
            raise InputError(
                f"unknown profile '{self._profile}'", hint="`aws configure list-profiles` lists them"
            ) from None
