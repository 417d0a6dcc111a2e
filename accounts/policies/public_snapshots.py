"""No snapshot, image or document is shared with anybody outside its account."""

from accounts.policies.guardrail import ROOT, Guardrail, Statement

PUBLIC_SNAPSHOTS = Guardrail(
    name="public-snapshots",
    type="SERVICE_CONTROL_POLICY",
    summary="Nobody makes a snapshot, an image or a document public or shares it with another account.",
    why="A shared snapshot is a copy of a database that no log sees being read. Making it public takes one call.",
    reference="https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html",
    breaks="Changing anything about an image after it was made: what is changed cannot be told apart. Copies of "
    "snapshots to another account, also by AWS Backup: its role shares snapshots to copy them. Give that role an "
    "exemption when the vault of another account is used.",
    attached=(ROOT,),
    statements=(
        Statement(
            sid="NoSharedVolumes",
            actions=("ec2:ModifySnapshotAttribute",),
            when={"Null": {"ec2:Add/userId": "false"}},
        ),
        Statement(
            sid="NoPublicVolumes",
            actions=("ec2:ModifySnapshotAttribute",),
            when={"StringEquals": {"ec2:Add/group": "all"}},
        ),
        Statement(
            sid="NoSharedSnapshots",
            actions=(
                "ec2:DisableImageBlockPublicAccess",
                "ec2:DisableSnapshotBlockPublicAccess",
                "ec2:EnableSerialConsoleAccess",
                "ec2:ModifyImageAttribute",
                "rds:ModifyDBClusterSnapshotAttribute",
                "rds:ModifyDBSnapshotAttribute",
                "redshift:AuthorizeSnapshotAccess",
                "ssm:ModifyDocumentPermission",
            ),
        ),
    ),
)
