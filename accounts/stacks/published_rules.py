"""Brings the rules of the hook over data into the bucket of one region."""

from aws_cdk import CfnOutput, CfnWaitConditionHandle, DefaultStackSynthesizer, Environment, Stack
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from accounts.stacks.guard_hook import RULES


class PublishedRules(Stack):
    """Publishes the rules of the hook into the bucket of its region: the CDK CLI does, before it deploys this stack.

    The home region needs none: there the stack sets themselves bring the rules. Here their file has the same name, so
    that one template serves all regions. The output says which file is there; new rules change it, so that this stack
    is deployed again, and before the stack sets.
    """

    def __init__(self, scope: Construct, id: str, *, bucket_name: str, stack_name: str, env: Environment) -> None:
        super().__init__(
            scope,
            id,
            stack_name=stack_name,
            env=env,
            description="Publishes the rules of the hook over data in one region",
            synthesizer=DefaultStackSynthesizer(file_assets_bucket_name=bucket_name),
            termination_protection=True,
        )
        uploaded = assets.Asset(self, "Rules", path=str(RULES))
        # A stack must hold a resource; this one is nothing in AWS.
        CfnWaitConditionHandle(self, "Nothing")
        CfnOutput(
            self,
            "RulesOfTheHook",
            description="The rules that hooks of this region read",
            value=f"s3://{bucket_name}/{uploaded.s3_object_key}",
        )
