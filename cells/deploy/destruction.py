"""Takes a cell away: its stacks in reverse order, and then whatever they leave."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assembly.load import Stack
from assembly.stateful import stateful
from cells.deploy.bucket import empty_bucket
from cells.deploy.cell import FOUNDATION, CellDeployment
from cells.deploy.drain import drain
from cells.deploy.keys import Keys, still_protected
from cells.deploy.leftover import remove_log_groups, still_billed
from cells.deploy.readers import remove_added_readers
from cells.deploy.recovery_points import Copies, copies_of
from cells.deploy.snapshot import remove_snapshots
from cells.deploy.stack import ABSENT, LiveStack
from cells.deploy.zone import remove_validation_records
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.region import EDGE_REGION

if TYPE_CHECKING:
    from cells.deploy.clients import Clients

_INTERFACE_SECONDS = 2700.0
_FORGET_SECONDS = 120.0
_PAUSE_SECONDS = 15.0
_ORIGIN_GROUP = "CloudFront-VPCOrigins-Service-SG"


@dataclass(frozen=True)
class Doomed:
    """A stack that would go, and what it holds."""

    stack: Stack
    status: str
    holds: dict[str, str]


@dataclass
class Destruction:
    """The end of one cell. What is gone already is skipped, so it can be run again."""

    cell: CellDeployment

    def plan(self) -> list[Doomed]:
        """The stacks that would go, in that order."""
        found = []
        for stack in reversed(self.cell.assembly.stacks):
            live = self._live(stack)
            status = live.status()
            if status != ABSENT:
                found.append(Doomed(stack, status, stateful(live.template())))
        return found

    def keys(self, *, declared: bool, typed: str | None) -> Keys:
        """Which of the two keys there are."""
        protected = [text for stack in self.cell.assembly.stacks for text in still_protected(self._live(stack), stack)]
        return Keys(self.cell.plan.identity.prefix, declared, tuple(protected), typed)

    def run(self) -> list[str]:
        """Destroy it. Return what is still billed, which is nothing when all went well."""
        for stack in reversed(self.cell.assembly.stacks):
            self._destroy(stack)
        names = [stack.stack_name for stack in self.cell.assembly.stacks]
        for clients in self._regions():
            for name in remove_log_groups(clients, names):
                self.cell.reporter.done(f"log group {name} is gone")
        self.cell.schema_gate.forget()
        remove_snapshots(self.cell.stack("data").clients, self.cell.plan.identity.prefix, self.cell.reporter)
        return self._patient_leftovers()

    def copies(self) -> tuple[Copies, ...]:
        """What AWS Backup has copied of it. It stays, and is billed, until its time is over."""
        return copies_of(self._regions())

    def leftovers(self) -> list[str]:
        """What of the cell is still billed."""
        names = [stack.stack_name for stack in self.cell.assembly.stacks]
        return still_billed(self.cell.plan, self._regions(), names)

    def _patient_leftovers(self) -> list[str]:
        """What is still billed, after AWS had time to forget what is gone: its tagging API lags behind."""
        deadline = time.monotonic() + _FORGET_SECONDS
        billed = self.leftovers()
        while billed and time.monotonic() < deadline:
            self.cell.reporter.step(f"waiting for {billed[0]} to go")
            time.sleep(_PAUSE_SECONDS)
            billed = self.leftovers()
        return billed

    def _destroy(self, stack: Stack) -> None:
        live, reporter = self._live(stack), self.cell.reporter
        if live.settle(reporter.note) == ABSENT:
            return
        reporter.step(f"{stack.stack_name} ({stack.region}): destroy")
        if live.protected():
            live.unprotect()
        self._empty(live)
        if stack.id == FOUNDATION:
            self._wait_for_interfaces(live)
        drain(live, reporter)
        outcome = self._run_cli(stack)
        if live.exists():
            self._empty(live)  # logs may have come in between
            outcome = self._run_cli(stack)
        if live.exists():
            raise CellsError(
                f"{stack.stack_name} was not destroyed: {_last(outcome)}",
                hint="mend the cause and run the same command again: it goes on where it stopped",
            )
        resolved = self.cell.deployment.resolved
        if resolved is not None:
            resolved.forget(stack)
        reporter.done(f"{stack.stack_name} is gone")

    def _empty(self, live: LiveStack) -> None:
        """Take out what CloudFormation would stumble over: objects, ACM's records, readers that auto-scaling added."""
        resources = live.resources()
        for type, id, status in resources.values():
            if type == "AWS::S3::Bucket" and id and not status.startswith("DELETE_COMPLETE"):
                empty_bucket(live.clients, id, self.cell.reporter)
            if type == "AWS::Route53::HostedZone" and id and not status.startswith("DELETE_COMPLETE"):
                remove_validation_records(live.clients, id, self.cell.reporter)
        instances = {id for type, id, _ in resources.values() if type == "AWS::RDS::DBInstance"}
        for type, id, _ in resources.values():
            if type == "AWS::RDS::DBCluster" and id:
                remove_added_readers(live.clients, id, instances, self.cell.reporter)

    def _wait_for_interfaces(self, foundation: LiveStack) -> None:
        """CloudFront leaves the interfaces of its VPC origin for a while, and the VPC cannot go before them."""
        vpc = next((id for type, id, _ in foundation.resources().values() if type == "AWS::EC2::VPC"), "")
        if not vpc:
            return
        deadline, told = time.monotonic() + _INTERFACE_SECONDS, False
        while self._origin_interfaces(foundation.clients, vpc):
            if not told:
                self.cell.reporter.note("CloudFront still has interfaces in the network: waiting for them to go")
                told = True
            if time.monotonic() > deadline:
                raise CellsError(f"CloudFront's interfaces in {vpc} do not go away", hint="run it again in an hour")
            time.sleep(_PAUSE_SECONDS)
        groups = foundation.clients.ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [_ORIGIN_GROUP]}]
        )["SecurityGroups"]
        for group in groups:
            foundation.clients.ec2.delete_security_group(GroupId=group["GroupId"])

    def _origin_interfaces(self, clients: Clients, vpc: str) -> list[str]:
        answer = clients.ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
        return [
            interface["NetworkInterfaceId"]
            for interface in answer["NetworkInterfaces"]
            if any(group.get("GroupName") == _ORIGIN_GROUP for group in interface.get("Groups", []))
        ]

    def _run_cli(self, stack: Stack) -> tuple[str, ...]:
        target = self.cell.target
        arguments = [
            "destroy",
            "--app",
            str(self.cell.assembly.directory),
            "--exclusively",
            stack.id,
            "--force",
            "--progress",
            "events",
            *target.options,
        ]
        return self.cell.cli.run(arguments, variables=target.variables(stack.environment.account, stack.region)).lines

    def _live(self, stack: Stack) -> LiveStack:
        return LiveStack(self.cell.target.clients(stack.environment.account, stack.region), stack.stack_name)

    def _regions(self) -> list[Clients]:
        plan = self.cell.plan
        return [
            self.cell.target.clients(plan.account, region) for region in sorted({plan.identity.region, EDGE_REGION})
        ]


def _last(lines: tuple[str, ...]) -> str:
    return "\n".join(line for line in lines if line.strip())[-1500:] or "the CDK CLI said nothing"
