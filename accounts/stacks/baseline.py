"""The stacks that bring the account baseline: stack sets for the members, stacks for the management account."""

from aws_cdk import App, CliCredentialsStackSynthesizer, Environment, Stack

from accounts.names import (
    BASELINE_GLOBAL,
    BASELINE_REGIONAL,
    baseline_rules_bucket_name,
    regional_rules_bucket_name,
)
from accounts.platform import Platform
from accounts.stacks.baseline_global import BaselineGlobal
from accounts.stacks.baseline_regional import BaselineRegional
from accounts.stacks.baseline_rules import BaselineRules
from accounts.stacks.baseline_stack_sets import BaselineStackSets
from accounts.stacks.published_rules import PublishedRules


def baseline_stacks(app: App, platform: Platform) -> list[Stack]:
    """The stack sets for every member, and the same templates as stacks of the management account.

    Those are deployed with the credentials of whoever builds the organization, and never through a bootstrap role.
    """
    landing, security = platform.landing, platform.account("security-tooling")
    tooling = Environment(account=security, region=landing.home_region)
    rules = BaselineRules(
        app,
        "BaselineRules",
        platform=platform,
        bucket_name=baseline_rules_bucket_name(landing.organization, security),
        stack_name=f"{landing.organization}-baseline-rules",
        env=tooling,
    )
    others = [region for region in landing.governed_regions if region != landing.home_region]
    regional = [stack for region in others for stack in _rules_of(app, platform, region)]
    sets = BaselineStackSets(
        app, "BaselineStackSets", platform=platform, stack_name=f"{landing.organization}-baseline-sets", env=tooling
    )
    for stack in (rules, *regional):
        sets.add_stack_dependency(stack)
    return [rules, *regional, sets, *_management_baseline(app, platform, sets)]


def _rules_of(app: App, platform: Platform, region: str) -> list[Stack]:
    """`BaselineRules-<region>` and `PublishedRules-<region>`: the rules are where a hook is before it is."""
    landing, security = platform.landing, platform.account("security-tooling")
    name = regional_rules_bucket_name(landing.organization, security, region)
    env = Environment(account=security, region=region)
    rules = BaselineRules(
        app,
        f"BaselineRules-{region}",
        platform=platform,
        bucket_name=name,
        stack_name=f"{landing.organization}-baseline-rules",
        env=env,
    )
    published = PublishedRules(
        app,
        f"PublishedRules-{region}",
        bucket_name=name,
        stack_name=f"{landing.organization}-published-rules",
        env=env,
    )
    published.add_stack_dependency(rules)
    return [rules, published]


def _management_baseline(app: App, platform: Platform, sets: BaselineStackSets) -> list[Stack]:
    """`ManagementBaseline`, and one stack for each governed region, such as `ManagementBaseline-us-east-1`.

    Their names begin as a stack set would name them, so that what the template says of names holds here too.
    """
    landing, account = platform.landing, platform.account("management")
    everywhere = BaselineGlobal(
        app,
        "ManagementBaseline",
        platform=platform,
        rules=sets.rules,
        synthesizer=CliCredentialsStackSynthesizer(),
        stack_name=f"StackSet-{BASELINE_GLOBAL}-management",
        env=Environment(account=account, region=landing.home_region),
        termination_protection=True,
    )
    regional = [
        BaselineRegional(
            app,
            f"ManagementBaseline-{region}",
            platform=platform,
            rules=sets.regional_rules,
            synthesizer=CliCredentialsStackSynthesizer(),
            stack_name=f"StackSet-{BASELINE_REGIONAL}-management",
            env=Environment(account=account, region=region),
            termination_protection=True,
        )
        for region in landing.governed_regions
    ]
    everywhere.add_stack_dependency(sets)
    for stack in regional:
        stack.add_stack_dependency(everywhere)
    return [everywhere, *regional]
