"""A backup that no product can forget."""

from accounts.policies.guardrail import Guardrail
from accounts.topology import WORKLOADS

BACKUPS = Guardrail(
    name="backups",
    type="BACKUP_POLICY",
    summary="What carries the tag `cells:backup` with the value `daily` is backed up every night, for 35 days.",
    why="A plan of the organization cannot be changed or left out by an account. A product opts in by the tag; what "
    "its database backs up by itself comes on top.",
    reference="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html",
    breaks="Nothing. The vault and the role that it names have to be in the account before the first backup.",
    attached=(WORKLOADS,),
    content={
        "plans": {
            "cells-daily": {
                "regions": {"@@assign": ["<cell-regions>"]},
                "rules": {
                    "nightly": {
                        "schedule_expression": {"@@assign": "cron(0 3 ? * * *)"},
                        "start_backup_window_minutes": {"@@assign": "60"},
                        "complete_backup_window_minutes": {"@@assign": "360"},
                        "target_backup_vault_name": {"@@assign": "<backup-vault>"},
                        "lifecycle": {"delete_after_days": {"@@assign": "35"}},
                    }
                },
                "selections": {
                    "tags": {
                        "opted-in": {
                            "iam_role_arn": {"@@assign": "arn:<partition>:iam::$account:role/<backup-role>"},
                            "tag_key": {"@@assign": "cells:backup"},
                            "tag_value": {"@@assign": ["daily"]},
                        }
                    }
                },
            }
        }
    },
)
