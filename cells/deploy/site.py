"""The site of a deployed cell: the bucket that its pages are in, and the front door that keeps copies of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cells.deploy.build import Page
from constructs_lib.specs.errors import InputError

if TYPE_CHECKING:
    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter
    from cells.deploy.stack import LiveStack

# Of the construct `Site` of the Service layer; buckets of modules have the name of their module in front.
_BUCKET = re.compile(r"Site[0-9A-F]{8}")
_MOST_PATHS = 20


@dataclass(frozen=True)
class Upload:
    """What a release does: the files that are not there yet, or not like this."""

    new: tuple[Page, ...]
    changed: tuple[Page, ...]
    same: tuple[Page, ...]

    @property
    def pages(self) -> tuple[Page, ...]:
        """What is uploaded, in its order."""
        return tuple(sorted((*self.new, *self.changed), key=lambda page: page.turn))

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(page.size for page in self.pages)


class Site:
    """A bucket with pages and the distribution in front of it."""

    def __init__(self, clients: Clients, edge: Clients, *, bucket: str, distribution: str) -> None:
        """`edge` are clients of us-east-1, where CloudFront is."""
        self._clients, self._edge = clients, edge
        self.bucket, self.distribution = bucket, distribution

    @classmethod
    def of(cls, service: LiveStack, edge: LiveStack) -> Site:
        """The site of a cell. Raises InputError when it is not deployed yet, or its pages are somewhere else."""
        bucket = next((id for name, (_, id, _) in service.resources().items() if _BUCKET.fullmatch(name)), "")
        distributions = (id for type, id, _ in edge.resources().values() if type == "AWS::CloudFront::Distribution")
        distribution = next(distributions, "")
        if not bucket or not distribution:
            missing = service.name if not bucket else edge.name
            raise InputError(f"{missing} has no site to publish to", hint="deploy the cell first: cells deploy")
        return cls(service.clients, edge.clients, bucket=bucket, distribution=distribution)

    def other_paths(self) -> tuple[str, ...]:
        """The paths that CloudFront does not answer from this bucket, such as `/api/*`."""
        answer = self._edge.cloudfront.get_distribution_config(Id=self.distribution)
        behaviors = answer["DistributionConfig"].get("CacheBehaviors", {}).get("Items", [])
        return tuple(behavior["PathPattern"] for behavior in behaviors)

    def compare(self, build: Sequence[Page]) -> Upload:
        """What of a build has to be uploaded.

        Raises InputError for a versioned file that is there with another content: browsers keep it for a year.
        """
        there = self._digests()
        new = tuple(page for page in build if page.name not in there)
        changed = tuple(page for page in build if there.get(page.name, page.digest) != page.digest)
        for page in changed:
            # An object that came in parts says nothing of its content.
            if page.is_versioned and "-" not in there[page.name]:
                raise InputError(
                    f"{page.file}: its name says that it never changes, but the site has it with another content",
                    hint="give it another name: browsers keep the old one for a year",
                )
        same = tuple(page for page in build if there.get(page.name) == page.digest)
        return Upload(new, changed, same)

    def upload(self, upload: Upload, reporter: Reporter) -> None:
        """Put the files, the pages last. Killed in the middle it leaves the pages of before, which still work."""
        for page in upload.pages:
            with page.file.open("rb") as content:
                self._clients.s3.put_object(
                    Bucket=self.bucket,
                    Key=page.name,
                    Body=content,
                    ContentType=page.content_type,
                    CacheControl=page.cache_control,
                )
            reporter.done(f"{page.name} ({page.cache_control})")

    def forget_copies(self, build: Sequence[Page]) -> str:
        """Let CloudFront forget its copies of what may have changed. Returns the id of the invalidation.

        Also after a run that uploaded nothing: the one before may have been killed before it got here.
        """
        paths = [f"/{page.name}" for page in build if not page.is_versioned]
        batch = paths if len(paths) <= _MOST_PATHS else ["/*"]
        answer = self._edge.cloudfront.create_invalidation(
            DistributionId=self.distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(batch), "Items": batch},
                "CallerReference": str(uuid.uuid4()),
            },
        )
        return answer["Invalidation"]["Id"]

    def _digests(self) -> dict[str, str]:
        pages = self._clients.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return {found["Key"]: found["ETag"].strip('"') for page in pages for found in page.get("Contents", [])}
