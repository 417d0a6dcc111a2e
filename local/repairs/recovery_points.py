"""What a vault holds, which the emulator underneath counts but does not list.

A copy is only recorded: nothing can be restored from it. Backup plans make none by themselves, a backup job does.
See https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html.
"""

import json

from ministack.services import backup

from local.properties import Json

Answer = tuple[int, dict[str, str], bytes]

_DAY = 86_400
_TYPES = {"dynamodb": "DynamoDB", "rds": "Aurora", "s3": "S3"}


def record_recovery_points() -> None:
    """Keep the lifecycle of what a backup job makes, and list it by vault. Call once."""
    original = backup._start_job

    def start(body: dict[str, Json]) -> Answer:
        answer: Answer = original(body)
        status, _, content = answer
        if status == 200:  # noqa: PLR2004
            backup._jobs[json.loads(content)["BackupJobId"]]["Lifecycle"] = body.get("Lifecycle") or {}
        return answer

    backup._start_job = start
    backup._list_recovery_points_by_vault = _list


def _list(vault: str, query: dict[str, str]) -> Answer:
    if vault not in backup._vaults:
        missing: Answer = backup._not_found(f"Vault '{vault}' not found.")
        return missing
    points = [_point(job) for job in backup._jobs.values() if job["BackupVaultName"] == vault]
    page: Answer = backup._paginate(points, query, "RecoveryPoints")
    return page


def _point(job: dict[str, Json]) -> dict[str, Json]:
    made, lifecycle = job["CreationDate"], job.get("Lifecycle")
    resource = str(job["ResourceArn"])
    days = lifecycle.get("DeleteAfterDays") if isinstance(lifecycle, dict) else None
    end = {"DeleteAt": made + days * _DAY} if isinstance(made, int) and isinstance(days, int) else {}
    return {
        "RecoveryPointArn": job["RecoveryPointArn"],
        "BackupVaultName": job["BackupVaultName"],
        "BackupVaultArn": job["BackupVaultArn"],
        "ResourceArn": resource,
        "ResourceType": _TYPES.get(resource.split(":")[2], ""),
        "IamRoleArn": job["IamRoleArn"],
        "Status": "COMPLETED",
        "CreationDate": made,
        "CalculatedLifecycle": dict[str, Json](end),
    }
