"""Every stack set of this emulator: deployed by a template, and to each account that enters a target.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from moto.organizations import models

from local.aws import Aws
from local.properties import Properties
from local.stack_sets.deployment import deploy, remove
from local.stack_sets.stack_set import MAX_TEMPLATE_BODY, Action, Instance, Operation, StackSet
from local.stack_sets.targets import accounts_inside, administers, organization_of, organizations

_AT_ONCE = 8


class Refused(Exception):
    """What the API refuses, with its error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class StackSets:
    """The stack sets of all organizations. One for each process."""

    def __init__(self) -> None:
        self._sets: dict[tuple[str, str, str], StackSet] = {}
        self._lock = threading.RLock()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="stack-sets")
        self._aws: Callable[[str, str], Aws] | None = None

    def create(self, caller: Aws, properties: Properties, elsewhere: Callable[[str, str], Aws]) -> StackSet:
        """Make a stack set, and its stacks. Raises Refused, and `ValueError` when too many stacks failed."""
        self._aws = elsewhere
        _refuse_unlike_aws(properties)
        organization = _organization(caller.account, properties.text("CallAs", "SELF"))
        made = StackSet(organization.account_id, caller.region, properties)
        key = (made.management, made.region, made.name)
        with self._lock:
            if key in self._sets:
                raise Refused("NameAlreadyExistsException", f"StackSet {made.name} already exists")
            self._sets[key] = made
        self._bring(made, "CREATE", self._missing(made, organization))
        return made

    def update(self, id: str, properties: Properties) -> StackSet:
        """Give a stack set another template, other targets or preferences, and bring its stacks there."""
        _refuse_unlike_aws(properties)
        stack_set = self._by_id(id)
        organization = _organization(stack_set.management, "SELF")
        with self._lock:
            stack_set.properties = properties
            stack_set.version += 1
            there = list(stack_set.instances.values())
        missing = self._missing(stack_set, organization)
        leaving = self._leaving(stack_set, organization)
        self._take(stack_set, leaving)
        self._bring(stack_set, "UPDATE", [one for one in there if one not in leaving] + missing)
        return stack_set

    def delete(self, id: str) -> None:
        """Delete all its stacks, and then the stack set. One that is gone already is no error."""
        found = [stack_set for stack_set in self._sets.values() if stack_set.id == id]
        for stack_set in found:
            self._take(stack_set, list(stack_set.instances.values()))
            del self._sets[(stack_set.management, stack_set.region, stack_set.name)]

    def notice_accounts(self) -> None:
        """Deploy to accounts that have entered a target since, and let go those that have left. Does not wait."""
        if not self._sets:
            return
        for organization in organizations():
            mine = [one for one in self._sets.values() if one.management == organization.account_id]
            mine = _in_order([one for one in mine if one.auto_deployment.flag("Enabled")])
            arriving = [(one, self._missing(one, organization)) for one in mine]
            for account in dict.fromkeys(instance.account for _, found in arriving for instance in found):
                brought = [(one, [each for each in found if each.account == account]) for one, found in arriving]
                self._pool.submit(self._bring_in_order, brought)
            for stack_set in reversed(mine):
                self._let_go(stack_set, organization)

    def find(self, caller: str, region: str, name: str, call_as: str) -> StackSet:
        """A stack set by name or id, as an account sees it. Raises Refused when it does not see one."""
        for stack_set in self.seen_by(caller, region, call_as):
            if name in (stack_set.name, stack_set.id, stack_set.arn):
                return stack_set
        raise Refused("StackSetNotFoundException", f"StackSet {name} not found")

    def seen_by(self, caller: str, region: str, call_as: str) -> list[StackSet]:
        """The stack sets that an account sees: all of them live in the management account. Raises Refused."""
        owner = caller
        if call_as == "DELEGATED_ADMIN":
            owner = str(_organization(caller, call_as).account_id)
        return [one for one in self._sets.values() if (one.management, one.region) == (owner, region)]

    def _by_id(self, id: str) -> StackSet:
        for stack_set in self._sets.values():
            if stack_set.id == id:
                return stack_set
        raise Refused("StackSetNotFoundException", f"StackSet {id} not found")

    def _missing(self, stack_set: StackSet, organization: models.OrganizationsBackend) -> list[Instance]:
        """New instances for what a stack set reaches and has no stack in; they are its own from now on."""
        inside, made = accounts_inside(organization), []
        with self._lock:
            for group in stack_set.groups:
                for account, unit in stack_set.wanted(group, inside):
                    for region in group.texts("Regions"):
                        if (account, region) not in stack_set.instances:
                            made.append(Instance(account, region, unit))
                            stack_set.instances[(account, region)] = made[-1]
        return made

    def _leaving(self, stack_set: StackSet, organization: models.OrganizationsBackend) -> list[Instance]:
        inside = accounts_inside(organization)
        wanted = {
            (account, region)
            for group in stack_set.groups
            for account, _ in stack_set.wanted(group, inside)
            for region in group.texts("Regions")
        }
        return [one for key, one in list(stack_set.instances.items()) if key not in wanted]

    def _let_go(self, stack_set: StackSet, organization: models.OrganizationsBackend) -> None:
        leaving = self._leaving(stack_set, organization)
        if stack_set.auto_deployment.flag("RetainStacksOnAccountRemoval"):
            for one in leaving:
                stack_set.instances.pop((one.account, one.region), None)
        elif leaving:
            self._pool.submit(self._take, stack_set, leaving)

    def _bring_in_order(self, brought: Iterable[tuple[StackSet, list[Instance]]]) -> None:
        """One account gets the stack sets that others depend on first, and no dependent after a failure."""
        for stack_set, instances in brought:
            if not instances:
                continue
            operation = _begin(stack_set, "CREATE", instances)
            for one in instances:
                deploy(self._at(one), stack_set, one)
            operation.failed = sum(one.detailed != "SUCCEEDED" for one in instances)
            operation.end(tolerated=not operation.failed)
            if operation.failed:
                return

    def _bring(self, stack_set: StackSet, action: Action, instances: Sequence[Instance]) -> None:
        """Region after region, until too many accounts of one have failed."""
        operation, stopped = _begin(stack_set, action, instances), False
        for region in stack_set.regions:
            here = [one for one in instances if one.region == region]
            if stopped:
                _cancel(here)
                continue
            failed = self._bring_region(stack_set, here)
            operation.failed += failed
            stopped = failed > stack_set.tolerated(len(here))
        operation.end(tolerated=not stopped)
        if stopped:
            reasons = [f"{one.account} in {one.region}: {one.reason}" for one in instances if one.detailed == "FAILED"]
            raise ValueError(f"StackSet {stack_set.name}: {operation.failed} stacks failed ({'; '.join(reasons[:3])})")

    def _bring_region(self, stack_set: StackSet, here: Sequence[Instance]) -> int:
        """Some accounts at once. Answers how many failed."""
        allowed, size = stack_set.tolerated(len(here)), min(stack_set.at_once(len(here)), _AT_ONCE)
        failed = 0
        with ThreadPoolExecutor(size) as pool:
            for start in range(0, len(here), size):
                if failed > allowed:
                    _cancel(here[start:])
                    break
                batch = here[start : start + size]
                list(pool.map(lambda one: deploy(self._at(one), stack_set, one), batch))
                failed += sum(one.detailed == "FAILED" for one in batch)
        return failed

    def _take(self, stack_set: StackSet, instances: Sequence[Instance]) -> None:
        if not instances:
            return
        operation = _begin(stack_set, "DELETE", instances)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            gone = list(pool.map(lambda one: remove(self._at(one), one), instances))
        for one, done in zip(instances, gone, strict=True):
            if done:
                stack_set.instances.pop((one.account, one.region), None)
        operation.failed = gone.count(False)
        operation.end(tolerated=not operation.failed)
        if operation.failed:
            raise ValueError(f"StackSet {stack_set.name}: {operation.failed} stacks could not be deleted")

    def _at(self, one: Instance) -> Aws:
        if self._aws is None:
            raise RuntimeError("no stack set was made yet")
        return self._aws(one.account, one.region)


def _begin(stack_set: StackSet, action: Action, instances: Iterable[Instance]) -> Operation:
    operation = Operation(action)
    stack_set.operations[operation.id] = operation
    for one in instances:
        one.operation = operation.id
        one.is_now("PENDING")
    return operation


def _cancel(instances: Iterable[Instance]) -> None:
    for one in instances:
        one.is_now("CANCELLED", "Cancelled since failure tolerance has exceeded")


def _in_order(sets: list[StackSet]) -> list[StackSet]:
    """Those that others depend on first."""
    ordered: list[StackSet] = []
    waiting = list(sets)
    while waiting:
        arns = {one.arn for one in waiting}
        free = [one for one in waiting if not arns & set(one.auto_deployment.texts("DependsOn"))] or waiting
        ordered += free
        waiting = [one for one in waiting if one not in free]
    return ordered


def _organization(account: str, call_as: str) -> models.OrganizationsBackend:
    found = organization_of(account)
    allowed = found is not None and (
        administers(account, found) if call_as == "DELEGATED_ADMIN" else account == found.account_id
    )
    if found is None or not allowed:
        role = "a delegated administrator" if call_as == "DELEGATED_ADMIN" else "the management account"
        raise Refused("ValidationError", f"Account {account} must be {role} to act on service-managed StackSets")
    return found


def _refuse_unlike_aws(properties: Properties) -> None:
    if properties.text("PermissionModel") != "SERVICE_MANAGED":
        raise Refused("ValidationError", "the embedded AWS has stack sets with service-managed permissions only")
    body = properties.text("TemplateBody")
    if not body:
        raise Refused("ValidationError", "the embedded AWS takes the template of a stack set as TemplateBody only")
    if len(body.encode()) > MAX_TEMPLATE_BODY:
        message = (
            f"1 validation error detected: 'templateBody' must have length less than or equal to {MAX_TEMPLATE_BODY}"
        )
        raise Refused("ValidationError", message)
