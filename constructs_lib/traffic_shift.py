"""How the requests of a service move from one set of tasks to another: blue/green and canary deployments of ECS."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.exception import excuse
from constructs_lib.specs.service import ApiSpec


class TrafficShift(Construct):
    """The second target group of a service, and the role by which ECS moves the traffic of its rule.

    ECS writes the weights of the rule. A template that changes the rule would write them back, so the rule has to stay
    as it is while the service shifts traffic. See
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: ApiSpec,
        blue: elbv2.ApplicationTargetGroup,
        green: elbv2.ApplicationTargetGroup,
        rule: elbv2.ApplicationListenerRule,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self._green = green
        self._rule = rule
        self.role = self._build_role([blue, green])

    @property
    def strategy(self) -> ecs.DeploymentStrategy:
        """The strategy of the service."""
        canary = self._spec.deployment == "canary"
        return ecs.DeploymentStrategy.CANARY if canary else ecs.DeploymentStrategy.BLUE_GREEN

    @property
    def bake_time(self) -> Duration:
        """How long the old tasks stay after the new ones have all requests."""
        return Duration.minutes(self._spec.bake_minutes)

    @property
    def canary(self) -> ecs.TrafficShiftConfig | None:
        """The part of the requests that goes first, and for how long; None when all go at once."""
        if self._spec.deployment != "canary":
            return None
        return ecs.TrafficShiftConfig(step_percent=self._spec.canary_percent, step_bake_time=self.bake_time)

    @property
    def target(self) -> ecs.AlternateTarget:
        """The other target group, for the service."""
        return ecs.AlternateTarget(
            "Green",
            alternate_target_group=self._green,
            production_listener=ecs.ListenerRuleConfiguration.application_listener_rule(self._rule),
            role=self.role,
        )

    def _build_role(self, groups: list[elbv2.ApplicationTargetGroup]) -> iam.Role:
        # Inline: the role has to have its policy before the service uses it.
        role = iam.Role(
            self,
            "Role",
            description="ECS moves the requests of a service between two sets of tasks",
            assumed_by=iam.ServicePrincipal(
                "ecs.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
            ),
            inline_policies={"ShiftTraffic": iam.PolicyDocument(statements=self._statements(groups))},
        )
        excuse(
            role,
            rule="AwsSolutions-IAM5[Resource::*]",
            reason="The descriptions of Elastic Load Balancing know no resource; what changes is named",
            owner="platform",
            expires="2027-11-30",
        )
        return role

    def _statements(self, groups: list[elbv2.ApplicationTargetGroup]) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                actions=["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
                resources=[group.target_group_arn for group in groups],
            ),
            iam.PolicyStatement(actions=["elasticloadbalancing:ModifyRule"], resources=[self._rule.listener_rule_arn]),
            iam.PolicyStatement(
                actions=[
                    "elasticloadbalancing:DescribeListeners",
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                resources=["*"],
            ),
        ]
