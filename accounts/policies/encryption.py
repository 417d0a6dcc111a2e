"""Nothing that holds data begins unencrypted."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

ENCRYPTION = Guardrail(
    name="encryption",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody makes an unencrypted volume, database, cache or file system, or switches the default off.",
    why="Whether storage is encrypted is decided when it is made and cannot be changed after.",
    reference="https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html",
    breaks="Restoring an old, unencrypted snapshot: copy it encrypted first. Instances of Aurora take the encryption "
    "of their cluster, so that only the cluster is asked.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="EncryptedVolumes",
            actions=("ec2:CreateVolume", "ec2:RunInstances"),
            resources=("arn:<partition>:ec2:*:*:volume/*",),
            when={"Bool": {"ec2:Encrypted": "false"}},
        ),
        Statement(
            sid="EncryptedClusters",
            actions=("rds:CreateDBCluster",),
            when={"Bool": {"rds:StorageEncrypted": "false"}},
        ),
        Statement(
            sid="EncryptedDatabases",
            actions=("rds:CreateDBInstance",),
            when={
                "Bool": {"rds:StorageEncrypted": "false"},
                "StringNotLike": {"rds:DatabaseEngine": "aurora*"},
            },
        ),
        Statement(
            sid="EncryptedCaches",
            actions=("elasticache:CreateReplicationGroup",),
            when={"Bool": {"elasticache:AtRestEncryptionEnabled": "false"}},
        ),
        Statement(
            sid="EncryptedFileSystems",
            actions=("elasticfilesystem:CreateFileSystem",),
            when={"Bool": {"elasticfilesystem:Encrypted": "false"}},
        ),
        Statement(sid="KeepEncryptionDefault", actions=("ec2:DisableEbsEncryptionByDefault",)),
    ),
)
