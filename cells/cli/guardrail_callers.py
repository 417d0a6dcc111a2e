"""Who calls in a proof, as the policy evaluator has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from accounts.policies.calls.call import Actor, Value
from accounts.policies.facts import PolicyFacts
from assembly.policy.principal import (
    Account,
    Principal,
    anonymous,
    assumed_root,
    federated,
    role,
    root,
    service,
    service_linked_role,
    user,
)

_Maker = Callable[[Account, PolicyFacts], Principal]

GITHUB: Final = "token.actions.githubusercontent.com"
_SERVICE: Final = "delivery.logs.amazonaws.com"
_SSO: Final = "/aws-reserved/sso.amazonaws.com/"


def _bootstrap(name: str) -> _Maker:
    return lambda account, facts: role(account, f"cdk-{facts.bootstrap}-{name}-{account.id}-{facts.home_region}")


_MAKERS: Final[Mapping[Actor, _Maker]] = {
    "administrator": lambda account, _: role(account, "AWSReservedSSO_Administrator_0123456789abcdef", path=_SSO),
    "impostor": lambda account, facts: role(account, facts.vending_role, path="/team/"),
    "root": lambda account, _: root(account),
    "assumed root": lambda account, _: assumed_root(account),
    "user": lambda account, _: user(account, "somebody"),
    "task": lambda account, _: role(account, "acme-crm-prod-service-Task"),
    "vending engine": lambda account, facts: role(account, facts.vending_role),
    "stack set": lambda account, _: role(account, "stacksets-exec-0123456789abcdef"),
    "baseline": lambda account, facts: role(account, f"{facts.baseline_stacks}Global-GuardHookRole-1"),
    "deployment role": lambda account, facts: role(account, facts.deployment_role),
    "bootstrap role": _bootstrap("deploy-role"),
    "cloudformation": _bootstrap("cfn-exec-role"),
    "break-glass": lambda account, facts: role(account, facts.break_glass_role),
    "auditor": lambda account, facts: role(account, facts.auditor_role),
    "pipeline": lambda account, facts: role(account, facts.pipeline_role),
    "security settings": lambda account, facts: role(account, facts.security_settings_role),
    "service-linked role": lambda account, _: service_linked_role(
        account, "config.amazonaws.com", "AWSServiceRoleForConfig"
    ),
    "github": lambda account, _: federated(account.arn(f"oidc-provider/{GITHUB}")),
    "service": lambda _, __: service(_SERVICE),
    "service of outsiders": lambda _, __: service(_SERVICE),
    "silent service": lambda _, __: service("ecs-tasks.amazonaws.com"),
    "anonymous": lambda _, __: anonymous(),
}


def caller(actor: Actor, account: Account, facts: PolicyFacts) -> Principal:
    """An actor in an account."""
    return _MAKERS[actor](account, facts)


def keys_of(actor: Actor, account: Account) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The condition keys that a request of an actor has beside those of the call, and those that it has not."""
    if actor == "root":
        return {}, ("aws:AssumedRoot",)
    if actor == "silent service":
        return {}, ("aws:SourceAccount", "aws:SourceOrgID")
    if actor in ("service", "service of outsiders"):
        return {"aws:SourceAccount": account.id, "aws:SourceOrgID": account.organization or ""}, ()
    return {}, ()
