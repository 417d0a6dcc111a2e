"""Empties a zone of what ACM left: Route 53 does not delete one that holds more than its own records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cells.deploy.refusal import code_of

if TYPE_CHECKING:
    from types_boto3_route53.type_defs import ChangeTypeDef, ResourceRecordSetOutputTypeDef

    from cells.deploy.clients import Clients
    from cells.deploy.reporter import Reporter

_VALIDATION = ".acm-validations.aws."


def remove_validation_records(clients: Clients, zone: str, reporter: Reporter) -> int:
    """Delete the records by which ACM validated certificates. Return how many there were.

    CloudFormation writes them for a certificate and never deletes them. Anything else that somebody put into the zone
    stays, and keeps the zone from being deleted: it is not ours to remove.
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    from botocore.exceptions import ClientError

    changes: list[ChangeTypeDef] = []
    try:
        for page in clients.route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone):
            changes += [
                {"Action": "DELETE", "ResourceRecordSet": record}
                for record in page["ResourceRecordSets"]
                if _is_validation(record)
            ]
    except ClientError as error:
        if code_of(error) != "NoSuchHostedZone":
            raise
    if changes:
        clients.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        reporter.note(f"{len(changes)} certificate validation records left {zone}")
    return len(changes)


def _is_validation(record: ResourceRecordSetOutputTypeDef) -> bool:
    values = [value["Value"] for value in record.get("ResourceRecords", [])]
    return record["Type"] == "CNAME" and any(value.rstrip(".").endswith(_VALIDATION.rstrip(".")) for value in values)
