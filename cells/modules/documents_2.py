"""Documents, major 2: revisions in a bucket of their own that keeps them as they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cells.modules.module import Module
from constructs_lib.specs.base import Spec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.revision_store import RevisionStore


class Documents2Spec(Spec):
    """What a product may say about its documents."""

    revision_retention_days: Annotated[int, Field(ge=1, le=36500)] = 365
    """Nobody can change or remove a revision for this long. In disposable cells nothing is locked."""


class Documents2Module(Module):
    """Documents whose revisions cannot be rewritten: a locked bucket beside the files bucket.

    What major 1 left in the files bucket stays there and stays readable.
    """

    name = "documents"
    major = 2
    requires = ("files",)
    summary = "Documents and contracts; revisions in a locked bucket of their own"
    reference = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"
    spec = Documents2Spec
    moving = (
        "release an application that reads a revision from REVISIONS_BUCKET first, then from FILES_BUCKET",
        "deploy dev with documents@2 and look at a contract that has revisions of both",
        "copy older revisions with a job of the application when it suits; nothing forces it",
    )

    _revisions: RevisionStore

    def data(self, layer: DataLayer) -> None:
        """The bucket of revisions."""
        settings = self.settings_as(Documents2Spec)
        self._revisions = layer.add_revision_store(self, "Revisions", retention_days=settings.revision_retention_days)

    def service(self, layer: ServiceLayer) -> None:
        """Both containers add and read revisions; neither can remove one."""
        layer.set_environment("REVISIONS_BUCKET", self._revisions.bucket.bucket_name)
        layer.grant_containers(self._revisions.grant_add_and_read)
