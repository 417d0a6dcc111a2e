"""Public buckets, snapshots and functions, sharing, encryption, instance metadata and default networks."""

from accounts.policies.calls.call import WORKING, Actor, Call, Place, Value, rows

_WHO: tuple[Actor, ...] = ("administrator", "cloudformation", "break-glass", "vending engine")
_SOME: tuple[Place, ...] = ("cell", "sandbox", "other")
_BUCKET = "arn:<partition>:s3:::acme-crm-prod-files"
_TLS: dict[str, Value] = {"aws:SecureTransport": True, "s3:TlsVersion": "1.3"}

STORAGE: tuple[Call, ...] = (
    *rows(
        "an administrator lifts the account's block of public access",
        "s3:PutAccountPublicAccessBlock",
        who=("administrator", "cloudformation", "break-glass", "stack set", "root"),
        where=WORKING,
        works=False,
    ),
    *(
        call
        for acl in ("public-read", "public-read-write", "authenticated-read")
        for call in rows(
            f"somebody sets the access list {acl}",
            "s3:PutBucketAcl",
            "s3:CreateBucket",
            "s3:PutObjectVersionAcl",
            "s3:PutObject",
            "s3:PutObjectAcl",
            who=_WHO,
            where=("cell", "sandbox"),
            resource=f"{_BUCKET}/1",
            context={"s3:x-amz-acl": acl},
            works=False,
        )
    ),
    *rows(
        "AWS's own deliveries give the bucket's owner control",
        "s3:PutObject",
        who=("administrator", "task"),
        where=("cell",),
        resource=f"{_BUCKET}/1",
        context={"s3:x-amz-acl": "bucket-owner-full-control", **_TLS},
        works=True,
    ),
)

SNAPSHOTS: tuple[Call, ...] = (
    *rows(
        "somebody makes a snapshot public",
        "ec2:ModifySnapshotAttribute",
        who=_WHO,
        where=_SOME,
        context={"ec2:Add/group": "all"},
        works=False,
    ),
    *rows(
        "somebody shares a snapshot with another account",
        "ec2:ModifySnapshotAttribute",
        who=_WHO,
        where=_SOME,
        context={"ec2:Add/userId": "444455556666"},
        works=False,
    ),
    *rows(
        "an administrator takes back whom a snapshot was shared with",
        "ec2:ModifySnapshotAttribute",
        who=("administrator",),
        where=_SOME,
        context={"ec2:Remove/userId": "444455556666"},
        works=True,
    ),
    *rows(
        "somebody shares an image, a database snapshot, a document or a console",
        "ec2:DisableImageBlockPublicAccess",
        "ec2:DisableSnapshotBlockPublicAccess",
        "ec2:EnableSerialConsoleAccess",
        "ec2:ModifyImageAttribute",
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:ModifyDBSnapshotAttribute",
        "redshift:AuthorizeSnapshotAccess",
        "ssm:ModifyDocumentPermission",
        who=_WHO,
        where=_SOME,
        works=False,
    ),
)

SHARING: tuple[Call, ...] = (
    *rows(
        "somebody gives a function an open address",
        "lambda:CreateFunctionUrlConfig",
        "lambda:UpdateFunctionUrlConfig",
        who=_WHO,
        where=_SOME,
        context={"lambda:FunctionUrlAuthType": "NONE"},
        works=False,
    ),
    *rows(
        "somebody gives a function an address with authentication",
        "lambda:CreateFunctionUrlConfig",
        who=("cloudformation",),
        where=_SOME,
        context={"lambda:FunctionUrlAuthType": "AWS_IAM"},
        works=True,
    ),
    *rows(
        "somebody lets everybody call a function",
        "lambda:AddPermission",
        who=_WHO,
        where=_SOME,
        context={"lambda:Principal": "*"},
        works=False,
    ),
    *rows(
        "the load balancer may call a function",
        "lambda:AddPermission",
        who=("cloudformation",),
        where=_SOME,
        context={"lambda:Principal": "elasticloadbalancing.amazonaws.com"},
        works=True,
    ),
    *rows(
        "somebody shares with the outside",
        "ram:CreateResourceShare",
        "ram:UpdateResourceShare",
        who=_WHO,
        where=(*_SOME, "network-hub"),
        context={"ram:RequestedAllowsExternalPrincipals": True},
        works=False,
    ),
    *rows(
        "the hub shares its transit gateway inside the organization",
        "ram:CreateResourceShare",
        who=("cloudformation",),
        where=("network-hub",),
        context={"ram:RequestedAllowsExternalPrincipals": False},
        works=True,
    ),
    *rows(
        "somebody peers networks, shares a layer or accepts a share from outside",
        "ec2:AcceptVpcPeeringConnection",
        "ec2:AcceptTransitGatewayPeeringAttachment",
        "ec2:CreateTransitGatewayPeeringAttachment",
        "ec2:CreateVpcPeeringConnection",
        "ec2:ModifyVpcEndpointServicePermissions",
        "lambda:AddLayerVersionPermission",
        "ram:AcceptResourceShareInvitation",
        who=_WHO,
        where=(*_SOME, "network-hub"),
        works=False,
    ),
    *rows(
        "somebody makes a default network",
        "ec2:CreateDefaultSubnet",
        "ec2:CreateDefaultVpc",
        who=_WHO,
        where=WORKING,
        works=False,
    ),
)

_VOLUME = "arn:<partition>:ec2:<region>:<account>:volume/*"
ENCRYPTION: tuple[Call, ...] = (
    *rows(
        "somebody makes an unencrypted volume",
        "ec2:CreateVolume",
        "ec2:RunInstances",
        who=_WHO,
        where=_SOME,
        resource=_VOLUME,
        context={"ec2:Encrypted": False},
        works=False,
    ),
    *rows(
        "somebody makes an encrypted volume",
        "ec2:CreateVolume",
        who=("administrator",),
        where=_SOME,
        resource=_VOLUME,
        context={"ec2:Encrypted": True},
        works=True,
    ),
    *rows(
        "somebody makes an unencrypted cluster",
        "rds:CreateDBCluster",
        who=_WHO,
        where=_SOME,
        context={"rds:StorageEncrypted": False, "rds:DatabaseEngine": "aurora-postgresql"},
        works=False,
    ),
    *rows(
        "somebody makes an unencrypted database",
        "rds:CreateDBInstance",
        who=_WHO,
        where=_SOME,
        context={"rds:StorageEncrypted": False, "rds:DatabaseEngine": "postgres"},
        works=False,
    ),
    *rows(
        "somebody makes an unencrypted cache",
        "elasticache:CreateReplicationGroup",
        who=_WHO,
        where=_SOME,
        context={"elasticache:AtRestEncryptionEnabled": False},
        works=False,
    ),
    *rows(
        "somebody makes an unencrypted file system",
        "elasticfilesystem:CreateFileSystem",
        who=_WHO,
        where=_SOME,
        context={"elasticfilesystem:Encrypted": False},
        works=False,
    ),
    *rows(
        "somebody switches encryption by default off",
        "ec2:DisableEbsEncryptionByDefault",
        who=(*_WHO, "stack set", "root"),
        where=WORKING,
        works=False,
    ),
)

EXPOSURE: tuple[Call, ...] = (*STORAGE, *SNAPSHOTS, *SHARING, *ENCRYPTION)
