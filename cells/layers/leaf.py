"""The leaf: what says that the cell is there and well. `cdk deploy ProductCell` names it, and the others come along."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from cells.images import contract
from cells.layers.data import DataLayer
from cells.layers.edge import EdgeLayer
from cells.layers.foundation import FoundationLayer
from cells.layers.layer import Layer, alarms_of
from cells.layers.service import ServiceLayer
from cells.plan import BLUEPRINT_VERSION, CellPlan
from constructs_lib.alerts import Alerts
from constructs_lib.amplify_domain import AmplifyDomain
from constructs_lib.canary import Canary
from constructs_lib.cell_record import CellRecord
from constructs_lib.specs.alerts import AlertsSpec


class LeafLayer(Layer):
    """Cell record, dashboard over both regions, the composite health alarm, and the check from outside."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plan: CellPlan,
        foundation: FoundationLayer,
        data: DataLayer,
        service: ServiceLayer,
        edge: EdgeLayer,
    ) -> None:
        super().__init__(
            scope, id, plan=plan, layer="cell", description="Record, dashboard and health alarm of a product cell"
        )
        self._foundation, self._data, self._service, self._edge = foundation, data, service, edge
        for layer in (foundation, data, service, edge):
            self.add_stack_dependency(layer)
        self.page_domain = self._build_page_domain()
        self.record = CellRecord(self, "Record", path=plan.identity.record_path, values=self._record_values())
        self.facade = self.monitoring(foundation.alarm_topic.topic)
        self.canary = self._build_canary(plan.settings.canary.every_minutes)
        self.dashboard = self._build_dashboard()
        self.health_alarm = self._build_health()
        self.alerts = self._build_alerts() if plan.alerts != AlertsSpec() else None

    def _build_alerts(self) -> Alerts:
        return Alerts(
            self,
            "Alerts",
            spec=self.plan.alerts,
            home=self._foundation.alarm_topic.topic,
            edge=self._edge.alarm_topic.topic,
            pagerduty_url=self._data.pagerduty_url,
            name=self.plan.identity.prefix,
        )

    def _build_page_domain(self) -> AmplifyDomain | None:
        # Here, and not beside the app: Edge has to let go of the name first, and to put the web ACL in front.
        app = self._service.amplify_app
        return AmplifyDomain(self, "PageDomain", app=app, domain=self.plan.domain) if app else None

    def _build_canary(self, every_minutes: int | None) -> Canary | None:
        if every_minutes is None:
            return None
        canary = Canary(
            self,
            "Canary",
            name=f"{self.plan.identity.prefix}-front-door",
            url=f"https://{self.plan.api_domain}{contract.HEALTH_PATH}",
            every=Duration.minutes(every_minutes),
            key=self._foundation.encryption.data_key,
            log_bucket=self._foundation.log_bucket.bucket,
            protection=self.plan.settings.protection,
        )
        canary.monitor(self.facade)
        return canary

    def _record_values(self) -> dict[str, str]:
        values = {
            "product": self.plan.identity.product,
            "environment": self.plan.identity.environment,
            "region": self.plan.identity.region,
            "size": self.plan.size,
            "domain": self.plan.domain,
            "modules": ",".join(module.reference for module in self.plan.modules),
            "blueprint-version": str(BLUEPRINT_VERSION),
        }
        if self.plan.cors_origins:
            values |= {"frontend": self.plan.frontend.kind, "api-domain": self.plan.api_domain}
        if self._service.amplify_app is not None:
            # What a pipeline releases the pages with.
            values["amplify-app"] = self._service.amplify_app.app.attr_app_id
        return values

    def _build_dashboard(self) -> cloudwatch.Dashboard:
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self.plan.identity.prefix)
        for layer in (self, self._edge, self._service, self._data, self._foundation):
            for monitoring in layer.facade.created_monitorings():
                dashboard.add_widgets(*monitoring.widgets())
        return dashboard

    def _build_health(self) -> cloudwatch.CompositeAlarm:
        # Alarms of us-east-1 cannot be part of it: a composite alarm does not reach into another region.
        alarm = cloudwatch.CompositeAlarm(
            self,
            "Health",
            composite_alarm_name=f"{self.plan.identity.prefix}-health",
            alarm_description="The cell is not well: an alarm in its home region is in alarm",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(
                    cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
                    for alarm in (
                        *(layer.health_alarm for layer in (self._foundation, self._data, self._service)),
                        *alarms_of(self.facade),
                    )
                )
            ),
        )
        alarm.add_alarm_action(actions.SnsAction(self._foundation.alarm_topic.topic))
        return alarm
