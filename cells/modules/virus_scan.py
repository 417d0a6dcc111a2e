"""Virus scan: what is uploaded is looked at before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module
from constructs_lib.specs.errors import CellsError
from constructs_lib.specs.queue import ConsumedQueueSpec
from constructs_lib.specs.virus_scan import VirusScanSpec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.event_bus import EventBus
    from constructs_lib.queue import Queue
    from constructs_lib.virus_scan import VirusScan

_RESULTS = ConsumedQueueSpec(retention_days=14)
"""A result that comes twice is told twice, with one id: the consumers of the bus know what they have seen."""


class VirusScanModule(Module):
    """GuardDuty scans every upload of the files bucket, and the bus says what it found.

    The events are `file.clean`, `file.infected` and `file.not-scanned`, of the source `virus-scan`. A file with a
    threat cannot be read and is deleted after a while; the first one raises an alarm.
    """

    name = "virus-scan"
    requires = ("files", "events")
    summary = "Scans uploads with GuardDuty; what has a threat cannot be read"
    reference = "https://docs.aws.amazon.com/guardduty/latest/ug/gdu-malware-protection-s3.html"
    spec = VirusScanSpec

    _scan: VirusScan
    _results: Queue
    _bus: EventBus

    def data(self, layer: DataLayer) -> None:
        """The scan of the files bucket, and a queue for what it finds."""
        if layer.bus is None:
            raise CellsError("the module virus-scan found no bus", hint="the module `events` has to come before it")
        self._bus = layer.bus
        self._scan = layer.add_virus_scan(self, "Scan", self.settings_as(VirusScanSpec))
        self._results = layer.add_queue(
            self,
            "Results",
            visibility_timeout_seconds=_RESULTS.visibility_seconds,
            retention_days=_RESULTS.retention_days,
            max_receives=_RESULTS.max_receives,
            backlog=_RESULTS.backlog,
        )
        self._scan.deliver_results("ToResults", to=self._results)

    def service(self, layer: ServiceLayer) -> None:
        """A function that tells the cell."""
        from constructs_lib.handler import LAMBDAS

        teller = layer.add_consumer(
            self,
            "Teller",
            description="Tells the cell what was found in an upload",
            code=LAMBDAS / "scan_results",
            environment={"EVENT_BUS_NAME": self._bus.bus.event_bus_name},
            queue=self._results,
            spec=_RESULTS,
        )
        self._bus.grant_put(teller.role)
