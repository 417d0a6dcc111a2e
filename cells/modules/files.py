"""Files: upload and download through presigned URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.service import ServiceLayer


class FilesModule(Module):
    """Files of users, in the cell's files bucket."""

    name = "files"
    core = True
    summary = "Upload and download of files with presigned URLs"
    reference = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"

    def service(self, layer: ServiceLayer) -> None:
        """Both containers read and write the files bucket; exports go to the backups bucket."""
        storage = layer.data.storage
        layer.set_environment("FILES_BUCKET", storage.files.bucket_name)
        layer.set_environment("BACKUPS_BUCKET", storage.backups.bucket_name)
        layer.grant_containers(storage.grant_read_write_files)
        layer.grant_worker(storage.grant_write_backups)
