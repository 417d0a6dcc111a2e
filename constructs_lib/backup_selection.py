"""Which stores the backup plans of the organization take."""

from aws_cdk import Tags
from constructs import IConstruct

from constructs_lib.exception import excuse
from constructs_lib.specs.landing import BACKUP_TAG
from constructs_lib.specs.protection import ProtectionSpec

NOT_BACKED_UP = "cells-not-backed-up"
"""The rule of `cells check` that a store which is kept is in a backup plan, where AWS Backup can copy it."""

_STORES = ["AWS::DynamoDB::GlobalTable", "AWS::RDS::DBCluster", "AWS::S3::Bucket"]
"""What the plans take. An instance of a database cluster is none: its rows are in the cluster."""


def back_up(store: IConstruct, protection: ProtectionSpec) -> None:
    """Put a store (a database cluster, a table, a bucket) into the backup plans that `protection` says."""
    if protection.backups != "none":
        Tags.of(store).add(BACKUP_TAG, protection.backups, include_resource_types=_STORES)


def leave_out_of_backups(store: IConstruct, protection: ProtectionSpec, *, reason: str) -> None:
    """Say beside a store why AWS Backup does not copy it. One that goes with its cell needs no reason."""
    if protection.removal == "retain":
        excuse(store, rule=NOT_BACKED_UP, reason=reason, owner="platform", expires="2027-11-30")
