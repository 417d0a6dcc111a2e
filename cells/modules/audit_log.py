"""Audit log: who did what, when and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.failure_queue import FailureQueue
    from constructs_lib.immutable_bucket import ImmutableBucket
    from constructs_lib.table import Table


class AuditLogModule(Module):
    """Who did what: asked in a table until a record's time is over, kept in a bucket that nobody can change.

    A table can be overwritten by whoever may write to it, so it is not the record: every change of it, an overwrite
    too, goes from its stream into a bucket whose objects are locked (`storage.audit_lock_days`).
    """

    name = "audit-log"
    core = True
    summary = "Who did what: a table to ask, and a locked bucket that keeps every change of it"
    reference = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"

    _records: Table
    _archive: ImmutableBucket
    _failures: FailureQueue

    def data(self, layer: DataLayer) -> None:
        """The table by organization and time, the locked bucket, and a queue for what could not be archived."""
        from constructs_lib.specs.table import AttributeSpec, IndexSpec, TableSpec

        self._records = layer.add_table(
            self,
            "Records",
            TableSpec(
                partition_key=AttributeSpec(name="organization_id"),
                sort_key=AttributeSpec(name="time_and_id"),
                indexes=(
                    IndexSpec(
                        name="by-entity",
                        partition_key=AttributeSpec(name="entity"),
                        sort_key=AttributeSpec(name="time_and_id"),
                    ),
                ),
                time_to_live="expires_at",
                stream="both",
            ),
            classification="restricted",
        )
        self._archive = layer.add_immutable_bucket(self, "Archive")
        self._failures = layer.add_failure_queue(self, "Failures")

    def service(self, layer: ServiceLayer) -> None:
        """The containers add and query records; a function archives every change."""
        from constructs_lib.handler import LAMBDAS
        from constructs_lib.specs.function import FunctionSpec, StreamConsumerSpec

        layer.set_environment("AUDIT_TABLE", self._records.table.table_name)
        layer.grant_containers(self._records.grant_add)
        layer.grant_containers(self._records.grant_read)
        archiver = layer.add_handler(
            self,
            "Archiver",
            description="Writes every change of the audit records into the locked bucket",
            code=LAMBDAS / "table_archive",
            spec=FunctionSpec(timeout_seconds=60, log_retention_days=layer.plan.settings.api.log_retention_days),
            environment={"ARCHIVE_BUCKET": self._archive.bucket.bucket_name},
        )
        self._archive.grant_add(archiver.role)
        archiver.follow(self._records, StreamConsumerSpec(), failures=self._failures)
