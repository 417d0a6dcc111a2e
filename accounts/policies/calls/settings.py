"""What the policies that set something have to come to in an account, beside what SCPs and RCPs decide."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.policies.calls.call import MEMBERS, Place
from accounts.policies.guardrail import PolicyType

_EVERYWHERE: tuple[Place, ...] = ("management", *MEMBERS)
"""Policies that set something bind the management account too, unlike SCPs and RCPs."""

Expected = str | tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """A value that holds in accounts."""

    sentence: str
    type: PolicyType
    path: tuple[str, ...]
    """The way to the value in the effective policy, without the operators of inheritance."""
    value: Expected
    """With placeholders; a tuple for a list."""
    where: tuple[Place, ...] = _EVERYWHERE


_EC2 = "ec2_attributes"
_DAILY = ("plans", "cells-daily", "rules", "nightly")
_MONTHLY = ("plans", "cells-monthly", "rules", "monthly")

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "no image is public",
        "DECLARATIVE_POLICY_EC2",
        (_EC2, "image_block_public_access", "state"),
        "block_new_sharing",
    ),
    Setting(
        "no snapshot is public",
        "DECLARATIVE_POLICY_EC2",
        (_EC2, "snapshot_block_public_access", "state"),
        "block_all_sharing",
    ),
    Setting(
        "metadata needs a session",
        "DECLARATIVE_POLICY_EC2",
        (_EC2, "instance_metadata_defaults", "http_tokens"),
        "required",
    ),
    Setting(
        "there is no serial console",
        "DECLARATIVE_POLICY_EC2",
        (_EC2, "serial_console_access", "status"),
        "disabled",
    ),
    Setting("no bucket is public", "S3_POLICY", ("s3_attributes", "public_access_block_configuration"), "all"),
    Setting(
        "Security Hub is on",
        "SECURITYHUB_POLICY",
        ("securityhub", "enable_in_regions"),
        ("<governed-regions>",),
    ),
    Setting(
        "Inspector scans machines",
        "INSPECTOR_POLICY",
        ("inspector", "enablement", "ec2_scanning", "enable_in_regions"),
        ("<governed-regions>",),
    ),
    Setting(
        "Inspector scans images",
        "INSPECTOR_POLICY",
        ("inspector", "enablement", "ecr_scanning", "enable_in_regions"),
        ("<governed-regions>",),
    ),
    Setting(
        "Inspector scans functions",
        "INSPECTOR_POLICY",
        ("inspector", "enablement", "lambda_standard_scanning", "enable_in_regions"),
        ("<governed-regions>",),
    ),
    Setting(
        "GuardDuty watches every account",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "foundational", "status"),
        "enabled",
    ),
    Setting(
        "GuardDuty watches calls of buckets",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "s3_data_events", "status"),
        "enabled",
    ),
    Setting(
        "GuardDuty watches clusters",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "eks_audit_logs", "status"),
        "enabled",
    ),
    Setting(
        "GuardDuty looks for malware on volumes",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "ebs_malware_protection", "status"),
        "enabled",
    ),
    Setting(
        "GuardDuty watches logins to databases",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "rds_login_events", "status"),
        "enabled",
    ),
    Setting(
        "GuardDuty watches the network of functions",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "lambda_network_logs", "status"),
        "enabled",
    ),
    Setting(
        "GuardDuty watches what runs",
        "GUARDDUTY_POLICY",
        ("guardduty", "enablement", "default", "runtime_monitoring", "status"),
        "enabled",
    ),
    Setting(
        "AWS trains nothing",
        "AISERVICES_OPT_OUT_POLICY",
        ("services", "default", "opt_out_policy"),
        "optOut",
    ),
    Setting(
        "environments are written one way",
        "TAG_POLICY",
        ("tags", "environment", "tag_value"),
        ("dev", "staging", "prod", "sandbox"),
    ),
    *(
        Setting(
            f"backups of a {kind} go to the vault of the platform",
            "BACKUP_POLICY",
            (*rule, "target_backup_vault_name"),
            "<backup-vault>",
            ("cell",),
        )
        for kind, rule in (("night", _DAILY), ("month", _MONTHLY))
    ),
    Setting(
        "backups of a night are kept for 35 days",
        "BACKUP_POLICY",
        (*_DAILY, "lifecycle", "delete_after_days"),
        "35",
        ("cell",),
    ),
    Setting(
        "backups of a month are kept for a year",
        "BACKUP_POLICY",
        (*_MONTHLY, "lifecycle", "delete_after_days"),
        "365",
        ("cell",),
    ),
)
