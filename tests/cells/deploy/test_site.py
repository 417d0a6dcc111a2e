"""Pages of a deployed cell, against moto: uploaded once, the pages last, and never a name with two contents."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cells.deploy.build import read_build
from cells.deploy.clients import Clients
from cells.deploy.reporter import Silence
from cells.deploy.site import Site
from constructs_lib.specs.errors import InputError

ORIGIN = {
    "Id": "one",
    "DomainName": "site.s3.us-east-1.amazonaws.com",
    "S3OriginConfig": {"OriginAccessIdentity": ""},
}
BEHAVIOR = {"TargetOriginId": "one", "ViewerProtocolPolicy": "https-only", "MinTTL": 0, "ForwardedValues": {}}
BEHAVIOR["ForwardedValues"] = {"QueryString": False, "Cookies": {"Forward": "none"}}


@dataclass
class FakeStack:
    name: str
    clients: Clients
    found: dict[str, tuple[str, str, str]]

    def resources(self):
        return self.found


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Clients(boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"))


@pytest.fixture
def site(clients: Clients) -> Site:
    clients.s3.create_bucket(Bucket="site")
    clients.s3.create_bucket(Bucket="assets")
    config = {
        "CallerReference": "one",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [ORIGIN]},
        "DefaultCacheBehavior": BEHAVIOR,
        "CacheBehaviors": {"Quantity": 1, "Items": [{**BEHAVIOR, "PathPattern": "/api/*"}]},
    }
    distribution = clients.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    service = {
        "AssetsSiteBucket0A1B2C3D": ("AWS::S3::Bucket", "assets", "CREATE_COMPLETE"),
        "Site03B75BBB": ("AWS::S3::Bucket", "site", "CREATE_COMPLETE"),
    }
    edge = {"FrontDoorEA298D15": ("AWS::CloudFront::Distribution", distribution, "CREATE_COMPLETE")}
    return Site.of(FakeStack("crm-dev-service", clients, service), FakeStack("crm-dev-edge", clients, edge))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app-a1b2c3d4.js").write_text("app")
    (tmp_path / "index.html").write_text("<p>1")
    return tmp_path


def names(clients: Clients) -> list[str]:
    return [found["Key"] for found in clients.s3.list_objects_v2(Bucket="site").get("Contents", [])]


def test_a_build_is_uploaded_once_and_then_only_what_changed(site: Site, folder: Path) -> None:
    site.upload(site.compare(read_build(folder)), Silence())
    again = site.compare(read_build(folder))
    (folder / "index.html").write_text("<p>2")
    changed = site.compare(read_build(folder))

    assert (again.pages, len(again.same)) == ((), 2)
    assert [page.name for page in changed.changed] == ["index.html"]


def test_files_of_an_earlier_build_stay_so_that_open_pages_go_on(site: Site, folder: Path, clients: Clients) -> None:
    site.upload(site.compare(read_build(folder)), Silence())
    (folder / "js" / "app-a1b2c3d4.js").rename(folder / "js" / "app-b2c3d4e5.js")

    site.upload(site.compare(read_build(folder)), Silence())

    assert names(clients) == ["index.html", "js/app-a1b2c3d4.js", "js/app-b2c3d4e5.js"]


def test_a_run_that_is_killed_leaves_the_pages_of_before_and_the_next_one_goes_on(
    site: Site, folder: Path, clients: Clients
) -> None:
    class Killed(Silence):
        def done(self, text: str) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.upload(site.compare(read_build(folder)), Killed())
    after_the_kill = names(clients)
    rest = site.compare(read_build(folder))

    assert after_the_kill == ["js/app-a1b2c3d4.js"]
    assert [page.name for page in rest.pages] == ["index.html"]


def test_a_name_that_says_it_never_changes_is_not_written_with_another_content(site: Site, folder: Path) -> None:
    site.upload(site.compare(read_build(folder)), Silence())
    (folder / "js" / "app-a1b2c3d4.js").write_text("another")

    with pytest.raises(InputError, match="its name says that it never changes"):
        site.compare(read_build(folder))


def test_cloudfront_forgets_what_may_have_changed_and_keeps_what_never_does(
    site: Site, folder: Path, clients: Clients
) -> None:
    id = site.forget_copies(read_build(folder))

    found = clients.cloudfront.get_invalidation(DistributionId=site.distribution, Id=id)["Invalidation"]
    assert found["InvalidationBatch"]["Paths"]["Items"] == ["/index.html"]


def test_the_paths_of_the_api_are_not_answered_from_the_bucket(site: Site) -> None:
    assert site.other_paths() == ("/api/*",)


def test_a_cell_without_a_site_is_told_so(clients: Clients) -> None:
    with pytest.raises(InputError, match="crm-dev-service has no site to publish to"):
        Site.of(FakeStack("crm-dev-service", clients, {}), FakeStack("crm-dev-edge", clients, {}))
