"""Files: upload and download through presigned URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.modules.module import Module

if TYPE_CHECKING:
    from cells.layers.edge import EdgeLayer
    from cells.layers.service import ServiceLayer


class FilesModule(Module):
    """Files of users, in the cell's files bucket.

    Pages of the cell's own domain upload (`PUT`) and read by URLs that a container has signed for the bucket's regional
    host, `<bucket>.s3.<region>.amazonaws.com`: browsers let them call no other.
    """

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
        layer.let_pages_call(f"https://{storage.files.bucket_regional_domain_name}")
        layer.let_pages_show(f"https://{storage.files.bucket_regional_domain_name}")

    def edge(self, layer: EdgeLayer) -> None:
        """Pages of the site upload to the files bucket and show what is in it, by URLs that a container has signed."""
        origin = f"https://{layer.service.data.storage.files.bucket_regional_domain_name}"
        layer.front_door.response_headers.let_pages_call(origin)
        layer.front_door.response_headers.let_pages_show(origin)
