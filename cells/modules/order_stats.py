"""Order statistics: computed before anybody asks, and the alarm when too many orders are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from cells.modules.order_settings import LAMBDAS, MAX_ERROR_PERCENT, OrderStatsSpec, metrics_namespace

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.failure_queue import FailureQueue


class OrderStatsModule(Module):
    """Statistics of orders. A schedule asks the service to compute them and to put them into the cache.

    The share of refused orders is watched over all partners; each partner's is in the metrics.
    """

    name = "order-stats"
    requires = ("error-events", "order-feed")
    summary = "Statistics refreshed on schedule; an alarm when too many orders are refused"
    reference = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html"
    spec = OrderStatsSpec

    _failures: FailureQueue

    def data(self, layer: DataLayer) -> None:
        """A queue for a refresh that failed for good."""
        self._failures = layer.add_failure_queue(self, "Failures")

    def service(self, layer: ServiceLayer) -> None:
        """The function, its schedule, and the alarm."""
        from constructs_lib.schedule import Schedule
        from constructs_lib.share_alarm import ShareAlarm
        from constructs_lib.specs.events import ScheduleSpec
        from constructs_lib.specs.function import FunctionSpec

        settings, plan = self.settings_as(OrderStatsSpec), layer.plan
        refresh = layer.add_handler(
            self,
            "Refresh",
            description="Asks the order service to compute its statistics",
            code=LAMBDAS / "order_stats",
            environment={"REFRESH_URL": f"https://{plan.origin_domain}/internal/orders/stats", "TIMEOUT_SECONDS": "25"},
            spec=FunctionSpec(
                timeout_seconds=30,
                log_retention_days=plan.settings.api.log_retention_days,
                max_error_percent=MAX_ERROR_PERCENT,
            ),
            in_network=True,
        )
        Schedule(
            layer.module_scope(self),
            "Every",
            description="Refreshes the statistics of orders",
            spec=ScheduleSpec(
                expression=f"rate({settings.refresh_minutes} minute{'s' if settings.refresh_minutes > 1 else ''})",
                retries=1,
                max_age_minutes=settings.refresh_minutes,
            ),
            function=refresh.function,
            failures=self._failures,
            key=layer.foundation.encryption.messaging_key,
        )
        layer.watch(
            ShareAlarm(
                name="OrdersRejected",
                title="Refused orders",
                namespace=metrics_namespace(plan),
                part="OrdersRejected",
                rest="OrdersValidated",
                dimensions={"Cell": plan.identity.prefix},
                max_percent=settings.max_rejected_percent,
            ).monitor
        )
