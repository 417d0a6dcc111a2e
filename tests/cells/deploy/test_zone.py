"""What ACM leaves in a zone, against moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from cells.deploy.clients import Clients
from cells.deploy.reporter import Silence
from cells.deploy.zone import remove_validation_records


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
        yield Clients(session)


@pytest.fixture
def zone(clients: Clients) -> str:
    created = clients.route53.create_hosted_zone(Name="crm-dev.example.com", CallerReference="one")
    return created["HostedZone"]["Id"]


def add(clients: Clients, zone: str, name: str, value: str) -> None:
    record = {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]}
    clients.route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )


def names(clients: Clients, zone: str) -> set[str]:
    found = clients.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {record["Name"] for record in found if record["Type"] == "CNAME"}


def test_validation_records_go_so_that_the_zone_can_be_deleted(clients: Clients, zone: str) -> None:
    add(clients, zone, "_0123abcd.crm-dev.example.com", "_4567.zzz.acm-validations.aws.")

    removed = remove_validation_records(clients, zone, Silence())

    assert removed == 1
    assert names(clients, zone) == set()


def test_what_somebody_else_put_there_stays(clients: Clients, zone: str) -> None:
    add(clients, zone, "shop.crm-dev.example.com", "shop.example.net.")

    removed = remove_validation_records(clients, zone, Silence())

    assert removed == 0
    assert names(clients, zone) == {"shop.crm-dev.example.com."}


def test_a_zone_that_is_gone_is_no_error(clients: Clients) -> None:
    assert remove_validation_records(clients, "Z0000000000000000000", Silence()) == 0
