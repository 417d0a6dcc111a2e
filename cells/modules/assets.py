"""Assets: large public files, such as 3-D models and their textures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cells.modules.module import Module
from constructs_lib.specs.base import Spec

if TYPE_CHECKING:
    from cells.layers.data import DataLayer
    from cells.layers.edge import EdgeLayer
    from cells.layers.service import ServiceLayer
    from constructs_lib.asset_store import AssetStore


class AssetsSpec(Spec):
    """Where a product shows its assets."""

    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")] = "assets"
    """Their path at the front door, and the first part of every key in the bucket.

    It hides files of the site under the same path: a site whose build writes into `assets/` takes another name.
    """


class AssetsModule(Module):
    """Files that are public and large, behind CloudFront, uploaded with presigned URLs.

    An asset's name has its version or its hash in it and is written once, so that every cache may keep it for a year.
    """

    name = "assets"
    summary = "3-D models and other large public files: presigned uploads, a year in CloudFront's cache"
    reference = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"
    spec = AssetsSpec

    _store: AssetStore

    def data(self, layer: DataLayer) -> None:
        """The bucket: nothing builds an uploaded model again, so it is data."""
        self._store = layer.add_asset_store(self, "Store", prefix=self.settings_as(AssetsSpec).prefix)

    def service(self, layer: ServiceLayer) -> None:
        """Both containers sign uploads."""
        layer.set_environment("ASSETS_BUCKET", self._store.bucket.bucket_name)
        layer.set_environment("ASSETS_PREFIX", self.settings_as(AssetsSpec).prefix)
        layer.grant_containers(self._store.grant_upload)
        layer.let_pages_call(f"https://{self._store.bucket.bucket_regional_domain_name}")

    def edge(self, layer: EdgeLayer) -> None:
        """The path at the front door."""
        from constructs_lib.asset_delivery import AssetDelivery

        AssetDelivery(
            layer.module_scope(self),
            "Delivery",
            front_door=layer.front_door,
            bucket=self._store.bucket,
            prefix=self.settings_as(AssetsSpec).prefix,
            name_prefix=layer.plan.identity.prefix,
        )
