"""Calls AWS for the steps of policies. What somebody did meanwhile counts as done."""

from __future__ import annotations

from accounts.vending.clients import VendingClients
from accounts.vending.errors import unless
from accounts.vending.ground import Ground
from accounts.vending.policy_steps import (
    AttachPolicy,
    DeletePolicy,
    DetachPolicy,
    PolicyStep,
    RenamePolicy,
    RestorePolicy,
)


class PolicyChanges:
    """Attaches, detaches, renames, restores and deletes."""

    def __init__(self, clients: VendingClients, ground: Ground) -> None:
        self._organizations = clients.organizations
        self._patience = clients.patience
        self._ground = ground

    def make(self, step: PolicyStep) -> None:
        """Do a step. Raises ClientError or CellsError."""
        policy = step.policy
        match step:
            case AttachPolicy(target=path):
                target = self._ground.unit(path)
                with unless("DuplicatePolicyAttachmentException"):
                    self._patience.call(lambda: self._organizations.attach_policy(PolicyId=policy, TargetId=target))
            case DetachPolicy(target=path):
                target = self._ground.unit(path)
                with unless("PolicyNotAttachedException"):
                    self._patience.call(lambda: self._organizations.detach_policy(PolicyId=policy, TargetId=target))
            case RenamePolicy(new_name=name):
                self._patience.call(lambda: self._organizations.update_policy(PolicyId=policy, Name=name))
            case RestorePolicy(content=content):
                self._patience.call(lambda: self._organizations.update_policy(PolicyId=policy, Content=content))
            case DeletePolicy():
                with unless("PolicyNotFoundException"):
                    self._patience.call(lambda: self._organizations.delete_policy(PolicyId=policy))
