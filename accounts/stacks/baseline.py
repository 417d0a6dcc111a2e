"""The stacks that bring the account baseline: stack sets for the members, stacks for the management account."""

from aws_cdk import App, CliCredentialsStackSynthesizer, Environment, Stack

from accounts.names import BASELINE_GLOBAL, BASELINE_REGIONAL
from accounts.platform import Platform
from accounts.stacks.baseline_global import BaselineGlobal
from accounts.stacks.baseline_regional import BaselineRegional
from accounts.stacks.baseline_rules import BaselineRules
from accounts.stacks.baseline_stack_sets import BaselineStackSets


def baseline_stacks(app: App, platform: Platform) -> list[Stack]:
    """The stack sets for every member, and the same templates as stacks of the management account.

    Those are deployed with the credentials of whoever builds the organization, and never through a bootstrap role.
    """
    landing, security = platform.landing, platform.account("security-tooling")
    tooling = Environment(account=security, region=landing.home_region)
    rules = BaselineRules(
        app, "BaselineRules", platform=platform, stack_name=f"{landing.organization}-baseline-rules", env=tooling
    )
    sets = BaselineStackSets(
        app, "BaselineStackSets", platform=platform, stack_name=f"{landing.organization}-baseline-sets", env=tooling
    )
    sets.add_stack_dependency(rules)
    return [rules, sets, *_management_baseline(app, platform, sets)]


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
