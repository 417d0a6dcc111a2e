"""A sandbox is cheap, and can be swept clean."""

from accounts.policies.exemption import STACK_SETS, VENDING
from accounts.policies.guardrail import Guardrail, Statement
from accounts.topology import SANDBOX

SANDBOX_LIMITS = Guardrail(
    name="sandbox",
    type="SERVICE_CONTROL_POLICY",
    summary="In a sandbox nobody buys for years, starts large machines, locks data for good or changes the budget.",
    why="Developers may do in a sandbox what they like, as long as it costs little and a sweep can remove all of it. "
    "What cannot be swept is what is bought for a term or locked against deletion. The platform's own roles, stacks "
    "and hooks survive a sweep by the guardrails of the root.",
    reference="https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/sandbox-ou.html",
    breaks="Trying out Object Lock, vault locks or large machines: ask for an account in an organizational unit of its "
    "own.",
    attached=(SANDBOX,),
    statements=(
        Statement(
            sid="NoPurchases",
            actions=(
                "acm-pca:CreateCertificateAuthority",
                "aws-marketplace:AcceptAgreementRequest",
                "aws-marketplace:Subscribe",
                "bedrock:CreateProvisionedModelThroughput",
                "dynamodb:PurchaseReservedCapacityOfferings",
                "ec2:AllocateHosts",
                "ec2:CreateCapacityReservation*",
                "ec2:Purchase*",
                "elasticache:PurchaseReservedCacheNodesOffering",
                "es:PurchaseReserved*",
                "rds:PurchaseReservedDBInstancesOffering",
                "redshift:PurchaseReservedNodeOffering",
                "route53domains:RegisterDomain",
                "route53domains:TransferDomain",
                "savingsplans:CreateSavingsPlan",
                "shield:CreateSubscription",
            ),
        ),
        Statement(
            sid="NothingForGood",
            actions=(
                "backup:CreateLogicallyAirGappedBackupVault",
                "glacier:CompleteVaultLock",
                "glacier:InitiateVaultLock",
                "s3:PutBucketObjectLockConfiguration",
                "s3:PutObjectLegalHold",
                "s3:PutObjectRetention",
            ),
        ),
        Statement(
            sid="NoVaultLock",
            actions=("backup:PutBackupVaultLockConfiguration",),
            # The vault of the baseline is locked in every account, and empty in a sandbox.
            exempt=(STACK_SETS,),
        ),
        Statement(
            sid="SmallMachines",
            actions=("ec2:RunInstances",),
            resources=("arn:<partition>:ec2:*:*:instance/*",),
            when={"StringNotLike": {"ec2:InstanceType": ("*.large", "*.medium", "*.micro", "*.nano", "*.small")}},
        ),
        Statement(
            sid="SmallDatabases",
            actions=("rds:CreateDBInstance", "rds:ModifyDBInstance"),
            when={
                "Null": {"rds:DatabaseClass": "false"},
                "StringNotLike": {"rds:DatabaseClass": ("db.serverless", "db.t*")},
            },
        ),
        Statement(
            sid="KeepBudget",
            actions=(
                "budgets:DeleteBudgetAction",
                "budgets:ModifyBudget",
                "budgets:UpdateBudgetAction",
                "ce:DeleteAnomaly*",
                "ce:UpdateAnomaly*",
            ),
            exempt=(VENDING, STACK_SETS),
        ),
    ),
)
