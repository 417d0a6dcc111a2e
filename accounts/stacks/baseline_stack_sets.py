"""The stack sets that bring the account baseline into every account of the organization."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from aws_cdk import App, Aws, BootstraplessSynthesizer, CfnStackSet, DefaultStackSynthesizer, Environment, Fn, Stack
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from accounts.names import (
    BASELINE_GLOBAL,
    BASELINE_REGIONAL,
    baseline_rules_bucket_name,
    regional_rules_bucket_name,
)
from accounts.platform import Platform
from accounts.stacks.baseline_global import BaselineGlobal
from accounts.stacks.baseline_regional import BaselineRegional
from accounts.stacks.guard_hook import RULES, Rules
from constructs_lib.plain_app import plain_app
from constructs_lib.specs.errors import InputError

MAX_TEMPLATE_BODY = 51_200
"""Bytes of a template that a stack set takes in the request.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html.
"""

_AT_ONCE = 10
"""Accounts that are changed at the same time in a region: few enough to stop when they begin to fail."""

Build = Callable[[App], Stack]


class BaselineStackSets(Stack):
    """`BaselineGlobal` and `BaselineRegional`, service-managed, on the root. Of the security tooling account.

    An account gets both when it enters the organization, the global one first, and keeps them when it leaves: a
    boundary that goes away would take the ceiling off what runs. The management account is never reached by them and
    has the same templates as stacks of its own. A failure in one account stops the rest: a mistake in the baseline is a
    mistake in all accounts.
    See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html.
    """

    def __init__(self, scope: Construct, id: str, *, platform: Platform, stack_name: str, env: Environment) -> None:
        security, organization = platform.account("security-tooling"), platform.landing.organization
        bucket = baseline_rules_bucket_name(organization, security)
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Stack sets of the account baseline",
            # Its files go into the bucket that every account reads.
            synthesizer=DefaultStackSynthesizer(file_assets_bucket_name=bucket),
            termination_protection=True,
        )
        self._platform = platform
        uploaded = assets.Asset(self, "Rules", path=str(RULES))
        self.rules = Rules(bucket=bucket, key=uploaded.s3_object_key)
        self.regional_rules = Rules(
            bucket=regional_rules_bucket_name(organization, security, Aws.REGION), key=uploaded.s3_object_key
        )
        landing = platform.landing
        self.everywhere = self._build(BASELINE_GLOBAL, self._global, [landing.home_region])
        self.regional = self._build(BASELINE_REGIONAL, self._regional, landing.governed_regions, self.everywhere)

    def _build(self, name: str, build: Build, regions: Sequence[str], after: CfnStackSet | None = None) -> CfnStackSet:
        return CfnStackSet(
            self,
            name,
            stack_set_name=name,
            permission_model="SERVICE_MANAGED",
            call_as="DELEGATED_ADMIN",
            description=f"Account baseline of {self._platform.landing.organization}",
            template_body=_template(self, name, build),
            capabilities=["CAPABILITY_NAMED_IAM"],
            auto_deployment=CfnStackSet.AutoDeploymentProperty(
                enabled=True,
                retain_stacks_on_account_removal=True,
                depends_on=[self._arn(after)] if after else None,
            ),
            managed_execution={"Active": True},
            operation_preferences=CfnStackSet.OperationPreferencesProperty(
                failure_tolerance_count=0,
                max_concurrent_count=_AT_ONCE,
                concurrency_mode="SOFT_FAILURE_TOLERANCE",
                region_concurrency_type="SEQUENTIAL",
                region_order=list(regions),
            ),
            stack_instances_group=[
                CfnStackSet.StackInstancesProperty(
                    deployment_targets=CfnStackSet.DeploymentTargetsProperty(
                        organizational_unit_ids=[self._platform.root_id]
                    ),
                    regions=list(regions),
                )
            ],
        )

    def _global(self, app: App) -> Stack:
        return BaselineGlobal(
            app, BASELINE_GLOBAL, platform=self._platform, rules=self.rules, synthesizer=BootstraplessSynthesizer()
        )

    def _regional(self, app: App) -> Stack:
        return BaselineRegional(
            app,
            BASELINE_REGIONAL,
            platform=self._platform,
            rules=self.regional_rules,
            synthesizer=BootstraplessSynthesizer(),
        )

    def _arn(self, stack_set: CfnStackSet) -> str:
        # A stack set lives in the management account, whoever administers it.
        return Fn.join(
            "",
            [
                f"arn:{self.partition}:cloudformation:{self.region}:{self._platform.account('management')}:stackset/",
                stack_set.attr_stack_set_id,
            ],
        )


def _template(scope: Construct, name: str, build: Build) -> str:
    """The template of a stack as text, without blanks. Raises InputError when a stack set would not take it."""
    with tempfile.TemporaryDirectory() as folder:
        app = plain_app(folder, context=scope.node.get_all_context())
        build(app)
        app.synth()
        (path,) = Path(folder).glob("*.template.json")
        template = json.loads(path.read_bytes())
    body = json.dumps(template, separators=(",", ":"))
    if len(body) > MAX_TEMPLATE_BODY:
        raise InputError(
            f"the template of the stack set {name} has {len(body)} bytes, AWS takes {MAX_TEMPLATE_BODY}",
            hint="move a part of it to another stack set",
        )
    return body
