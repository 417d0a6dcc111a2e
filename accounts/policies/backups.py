"""A backup that no product can forget."""

from pydantic import JsonValue

from accounts.policies.guardrail import Guardrail
from accounts.recovery import COLD_AFTER_DAYS, DAILY_DAYS, MONTHLY_DAYS
from accounts.topology import WORKLOADS
from constructs_lib.specs.landing import BACKUP_TAG
from constructs_lib.specs.protection import Backups

_STORES: list[JsonValue] = [
    "arn:<partition>:dynamodb:*:*:table/*",
    "arn:<partition>:rds:*:*:cluster:*",
    "arn:<partition>:s3:::*",
]


def _rule(schedule: str, lifecycle: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "schedule_expression": {"@@assign": f"cron({schedule})"},
        "start_backup_window_minutes": {"@@assign": "60"},
        "complete_backup_window_minutes": {"@@assign": "360"},
        "target_backup_vault_name": {"@@assign": "<backup-vault>"},
        "lifecycle": lifecycle,
    }


def _stores_tagged(value: Backups) -> dict[str, JsonValue]:
    # By type and tag: what is selected by tag alone is backed up only where an account has opted in to its type, and
    # none opts in to S3 by itself.
    return {
        "iam_role_arn": {"@@assign": "arn:<partition>:iam::$account:role/<backup-role>"},
        "resource_types": {"@@assign": _STORES},
        "conditions": {
            "string_equals": {
                "tagged": {
                    "condition_key": {"@@assign": f"aws:ResourceTag/{BACKUP_TAG}"},
                    "condition_value": {"@@assign": value},
                }
            }
        },
    }


BACKUPS = Guardrail(
    name="backups",
    type="BACKUP_POLICY",
    summary=f"Databases, tables and buckets with the tag `{BACKUP_TAG}` are backed up: with the value `daily` every "
    f"night, kept for {DAILY_DAYS} days; with the value `monthly` also once a month, kept for {MONTHLY_DAYS} days.",
    why="A plan of the organization cannot be changed or left out by an account. Cells that keep data write the tag "
    "themselves. Databases and tables restore to any second of their last 35 days on their own, and buckets keep old "
    "versions: this is what is there when they are not.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html",
    breaks="Nothing. The vault and the role that it names have to be in the account before the first backup.",
    attached=(WORKLOADS,),
    content={
        "plans": {
            "cells-daily": {
                "regions": {"@@assign": ["<cell-regions>"]},
                "rules": {"nightly": _rule("0 3 ? * * *", {"delete_after_days": {"@@assign": str(DAILY_DAYS)}})},
                "selections": {"resources": {"daily": _stores_tagged("daily"), "monthly": _stores_tagged("monthly")}},
            },
            "cells-monthly": {
                "regions": {"@@assign": ["<cell-regions>"]},
                "rules": {
                    "monthly": _rule(
                        "0 5 1 * ? *",
                        {
                            "move_to_cold_storage_after_days": {"@@assign": str(COLD_AFTER_DAYS)},
                            "delete_after_days": {"@@assign": str(MONTHLY_DAYS)},
                        },
                    )
                },
                "selections": {"resources": {"monthly": _stores_tagged("monthly")}},
            },
        }
    },
)
