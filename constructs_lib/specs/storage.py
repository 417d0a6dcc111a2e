"""The buckets of a cell."""

from typing import Annotated

from pydantic import Field

from constructs_lib.specs.base import Spec


class StorageSpec(Spec):
    """Files and backups buckets: encrypted with the data key, versioned, TLS only."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """An overwritten or deleted object can be restored for this long."""
    archive_after_days: Annotated[int, Field(ge=30, le=3650)] | None
    """Files move to intelligent tiering after this. None leaves them in the standard class."""
    backup_retention_days: Annotated[int, Field(ge=1, le=3650)]
    """Exports in the backups bucket expire after this."""
    access_log_retention_days: Annotated[int, Field(ge=1, le=3650)]
    """Server access logs in the cell's log bucket expire after this."""
    audit_lock_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """Nobody, not even the root user, can delete or change an audit record for this long. None: no lock.

    A lock cannot be taken off a bucket again, nor can what is locked be deleted earlier.
    """
