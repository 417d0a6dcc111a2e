"""The stacks of the organization, one set for each platform account, and what every account has.

They come in two halves that know nothing of one another, so that two processes can make them side by side. Each half
imports its own share of the CDK only.
"""

from collections.abc import Iterable

from aws_cdk import App, CliCredentialsStackSynthesizer, Stack
from aws_cdk import aws_iam as iam

from accounts.halves import Half
from accounts.management import refuse_foreign
from accounts.names import PLATFORM_BOUNDARY_NAME
from accounts.platform import Platform
from accounts.stacks.platform_tags import tag_as_platform
from constructs_lib.specs.identity import SENTINEL_ACCOUNT


def build_organization(app: App, platform: Platform, halves: Iterable[Half] = tuple(Half)) -> None:
    """Add the stacks of every platform account, and the stack sets that bring the baseline into every account.

    The stacks are `OrganizationPolicies`, `LogArchive`, `SecurityTooling`, `NetworkHub` and `SharedServices`, each
    with a stack for every product such as `NetworkHub-acme-crm`, `CiCd`, `Sandbox-<account>`, `People`, `Cost` and
    those of the baseline. Cells that are pending have no account yet, so that they have addresses and nothing else.
    Raises InputError when a platform account is missing, when guardrails do not fit, or when a stack is for the
    management account that may not be there.
    """
    build = {Half.CORE: _core, Half.ACCOUNTS: _accounts}
    stacks = [stack for half in halves for stack in build[half](app, platform)]
    _refuse_foreign(stacks, platform)
    tag_as_platform(app, platform)
    for stack in stacks:
        if platform.spec.settings.bootstrap and not _goes_past_the_bootstrap(stack):
            # The roles that such a stack makes; what executes it may make no others.
            boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "PlatformBoundary", PLATFORM_BOUNDARY_NAME)
            iam.PermissionsBoundary.of(stack).apply(boundary)


def _core(app: App, platform: Platform) -> list[Stack]:
    from accounts.stacks.cost import cost_stacks
    from accounts.stacks.log_archive import archive_stacks
    from accounts.stacks.network_hub import network_stacks
    from accounts.stacks.organization_policies import policy_stack
    from accounts.stacks.people import people_stacks
    from accounts.stacks.security_tooling import security_stacks

    archive = archive_stacks(app, platform)
    return [
        policy_stack(app, platform),
        *archive,
        *security_stacks(app, platform, after=archive),
        *network_stacks(app, platform),
        *people_stacks(app, platform),
        *cost_stacks(app, platform),
    ]


def _accounts(app: App, platform: Platform) -> list[Stack]:
    from accounts.stacks.baseline import baseline_stacks
    from accounts.stacks.ci_cd import ci_cd_stack
    from accounts.stacks.sandbox import sandbox_stacks
    from accounts.stacks.shared_services import shared_services_stacks

    return [
        *shared_services_stacks(app, platform),
        ci_cd_stack(app, platform),
        *sandbox_stacks(app, platform),
        *baseline_stacks(app, platform),
    ]


def _goes_past_the_bootstrap(stack: Stack) -> bool:
    """Whether a stack is deployed with the credentials of the vending engine, and not by CloudFormation's role."""
    return isinstance(stack.synthesizer, CliCredentialsStackSynthesizer)


def _refuse_foreign(stacks: list[Stack], platform: Platform) -> None:
    """Let into the management account what may be there. Nobody can say it of one that has no id yet."""
    management = platform.account("management")
    if management != SENTINEL_ACCOUNT:
        refuse_foreign(stack.node.id for stack in stacks if stack.account == management)
