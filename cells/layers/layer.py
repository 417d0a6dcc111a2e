"""What the five stacks of a cell have in common: identity, tags, permission boundary and monitoring."""

from aws_cdk import Environment, PermissionsBoundary, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from cdk_monitoring_constructs import (
    AlarmFactoryDefaults,
    DefaultDashboardFactory,
    MetricFactoryDefaults,
    MonitoringFacade,
    SnsAlarmActionStrategy,
)
from constructs import Construct

from cells.modules.module import Module
from cells.plan import CellPlan
from constructs_lib.specs.identity import Layer as LayerName
from constructs_lib.specs.landing import PERMISSION_BOUNDARY_NAME, RELEASE_TAG
from constructs_lib.specs.region import EDGE_REGION

# CloudFront answers 409 to any update of an attached VPC origin, a tag included (aws-cdk #35765).
_NEVER_TAGGED = ["AWS::CloudFront::VpcOrigin"]


class Layer(Stack):
    """One stack of a cell. Its construct id is constant; its stack name carries the cell's identity."""

    def __init__(
        self, scope: Construct, id: str, *, plan: CellPlan, layer: LayerName, description: str, permanent: bool = False
    ) -> None:
        super().__init__(
            scope,
            id,
            stack_name=plan.identity.stack_name(layer),
            description=description,
            env=Environment(account=plan.account, region=EDGE_REGION if layer == "edge" else plan.identity.region),
            cross_region_references=True,
            termination_protection=permanent and plan.settings.protection.termination_protection,
            permissions_boundary=PermissionsBoundary.from_name(PERMISSION_BOUNDARY_NAME),
        )
        self.plan = plan
        self.layer: LayerName = layer
        self._scopes: dict[str, Construct] = {}
        self._tag()

    @property
    def availability_zones(self) -> list[str]:
        """The zones of the plan. Without this the VPC asks for a lookup, which takes credentials, even when unused."""
        return [zone.zone for zone in self.plan.network.zones]

    def module_scope(self, module: Module) -> Construct:
        """Where a module's own constructs live in this layer. They carry its name in the tag `module`."""
        if module.name not in self._scopes:
            scope = Construct(self, module.name.title().replace("-", ""))
            Tags.of(scope).add("module", module.name)
            self._scopes[module.name] = scope
        return self._scopes[module.name]

    def _tag(self) -> None:
        identity = self.plan.identity
        tags = {
            "product": identity.product,
            "environment": identity.environment,
            "layer": self.layer,
            "owner": self.plan.owner,
        }
        if self.plan.settings.protection.removal == "destroy":
            # The Guard hook of the account baseline lets data go only when it carries this: in disposable cells, and
            # in a protected one only after its product file decommissions it.
            tags[RELEASE_TAG] = "yes"
        for name, value in tags.items():
            Tags.of(self).add(name, value, exclude_resource_types=_NEVER_TAGGED)

    def monitoring(self, topic: sns.ITopic) -> MonitoringFacade:
        """The facade that this layer's constructs add their alarms and widgets to. The leaf draws the dashboard."""
        return MonitoringFacade(
            self,
            "Monitoring",
            alarm_factory_defaults=AlarmFactoryDefaults(
                actions_enabled=True,
                # Constant, because the logical ids of the alarms contain it.
                alarm_name_prefix=f"cell-{self.layer}",
                action=SnsAlarmActionStrategy(on_alarm_topic=topic),
                dedupe_string_processor=None,
            ),
            metric_factory_defaults=MetricFactoryDefaults(region=self.region),
            dashboard_factory=DefaultDashboardFactory(
                self, "Dashboards", dashboard_name_prefix=self.plan.identity.prefix, create_dashboard=False
            ),
        )

    def health(self, facade: MonitoringFacade) -> cloudwatch.CompositeAlarm:
        """One alarm that is in alarm when any of the layer's alarms is."""
        return cloudwatch.CompositeAlarm(
            self,
            "Health",
            composite_alarm_name=f"{self.plan.identity.prefix}-{self.layer}-health",
            alarm_description="Any alarm of this layer is in alarm",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in alarms_of(facade))
            ),
        )


def alarms_of(facade: MonitoringFacade) -> list[cloudwatch.Alarm]:
    """The alarms that a facade has made, in their order.

    Its own list of them has fifty fields of each, and every field costs a call to Node: half of the synth of a cell.
    """
    return [construct for construct in facade.node.find_all() if isinstance(construct, cloudwatch.Alarm)]
